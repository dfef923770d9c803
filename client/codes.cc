#include "client/codes.h"

namespace tocsin {

std::string_view client_code_name(Code code) {
  switch (static_cast<std::uint16_t>(code)) {
    case 4000:
      return "client_bad_usage";
    case 4100:
      return "net_would_block";
    case 4101:
      return "net_fault";
    case 4102:
      return "net_no_welcome";
    case 4103:
      return "net_unreachable";
    case 4104:
      return "net_handshake";
    case 4105:
      return "net_gone";
    case 4106:
      return "net_bad_relay";
    case 4107:
      return "net_not_ready";
    case 4108:
      return "net_queue_full";
    case 4109:
      return "net_bad_proxy";
    default:
      return {};
  }
}

}  // namespace tocsin
