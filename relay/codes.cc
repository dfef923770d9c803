#include "relay/codes.h"

namespace tocsin {

std::string_view relay_code_name(Code code) {
  switch (static_cast<std::uint16_t>(code)) {
    case 3100:
      return "boundary_full";
    case 3101:
      return "boundary_closed";
    case 3102:
      return "stale_store";
    case 3103:
      return "slot_fault";
    case 3200:
      return "relay_would_block";
    case 3201:
      return "relay_peer_gone";
    case 3202:
      return "relay_address_in_use";
    case 3203:
      return "relay_interrupted";
    case 3204:
      return "relay_transport_fault";
    case 3205:
      return "relay_bad_endpoint";
    case 3301:
      return "relay_bad_key_file";
    case 3302:
      return "relay_not_running";
    case 3304:
      return "relay_keys_readable";
    case 3305:
      return "relay_system_fault";
    default:
      return {};
  }
}

}  // namespace tocsin
