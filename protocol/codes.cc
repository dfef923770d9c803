#include "protocol/codes.h"

namespace tocsin {

std::string_view protocol_code_name(Code code) {
  switch (static_cast<std::uint16_t>(code)) {
    case 2000:
      return "unsupported_version";
    default:
      return {};
  }
}

}  // namespace tocsin
