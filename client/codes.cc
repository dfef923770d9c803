#include "client/codes.h"

namespace tocsin {

std::string_view client_code_name(Code code) {
  switch (static_cast<std::uint16_t>(code)) {
    case 4000:
      return "client_bad_usage";
    case 4001:
      return "no_relay";
    case 4002:
      return "relay_refused";
    case 4003:
      return "used_or_withdrawn";
    case 4004:
      return "already_known";
    case 4005:
      return "own_invitation";
    case 4006:
      return "no_such_contact";
    case 4007:
      return "no_such_organisation";
    case 4008:
      return "no_such_alert";
    case 4009:
      return "not_ready";
    case 4010:
      return "not_confirmed";
    case 4011:
      return "no_vault";
    case 4012:
      return "owner_gone";
    case 4013:
      return "two_of_one_name";
    case 4014:
      return "no_such_file";
    case 4015:
      return "file_in_the_way";
    case 4016:
      return "vault_exists";
    case 4017:
      return "output_lost";
    case 4018:
      return "nobody_typed";
    case 4019:
      return "moved_away";
    case 4020:
      return "no_code_in_picture";
    case 4021:
      return "no_picture_reader";
    case 4022:
      return "signed_another";
    case 4023:
      return "requester_left";
    case 4024:
      return "contact_ended";
    case 4025:
      return "other_file";
    case 4026:
      return "no_such_seat";
    case 4027:
      return "organisation_not_confirmed";
    case 4028:
      return "onion_without_tor";
    case 4029:
      return "no_terminal";
    case 4030:
      return "broken_off";
    case 4031:
      return "weak_passphrase";
    case 4032:
      return "no_bulk_plane";
    case 4033:
      return "file_changed";
    case 4034:
      return "blob_gone";
    case 4035:
      return "no_such_evidence";
    case 4036:
      return "no_space";
    case 4037:
      return "bad_recipient";
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
