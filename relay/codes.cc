#include "relay/codes.h"

namespace tocsin {

std::string_view relay_code_name(Code code) {
  switch (static_cast<std::uint16_t>(code)) {
    case 3000:
      return "relay_bad_usage";
    default:
      return {};
  }
}

}  // namespace tocsin
