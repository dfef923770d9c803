#include "client/codes.h"

namespace tocsin {

std::string_view client_code_name(Code code) {
  switch (static_cast<std::uint16_t>(code)) {
    case 4000:
      return "client_bad_usage";
    default:
      return {};
  }
}

}  // namespace tocsin
