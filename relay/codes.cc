#include "relay/codes.h"

namespace tocsin {

std::string_view relay_code_name(Code code) {
  switch (static_cast<std::uint16_t>(code)) {
    case 3000:
      return "relay_bad_usage";
    case 3100:
      return "boundary_full";
    case 3101:
      return "boundary_closed";
    case 3102:
      return "stale_store";
    default:
      return {};
  }
}

}  // namespace tocsin
