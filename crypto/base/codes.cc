#include "crypto/base/codes.h"

namespace tocsin {

std::string_view crypto_code_name(Code code) {
  switch (static_cast<std::uint16_t>(code)) {
    case 1000:
      return "malformed";
    case 1001:
      return "too_large";
    case 1002:
      return "bad_ciphertext";
    case 1003:
      return "bad_key";
    case 1004:
      return "bad_signature";
    case 1005:
      return "no_memory";
    case 1007:
      return "library_fault";
    case 1008:
      return "self_check_failed";
    case 1009:
      return "out_of_range";
    case 1100:
      return "peer_silent";
    case 1101:
      return "unopenable";
    case 1102:
      return "cannot_now";
    case 1103:
      return "no_session";
    case 1104:
      return "forbidden_message";
    case 1200:
      return "file_not_found";
    case 1201:
      return "file_exists";
    case 1202:
      return "file_fault";
    case 1203:
      return "disk_full";
    case 1204:
      return "locked";
    case 1205:
      return "wrong_passphrase";
    case 1206:
      return "damaged";
    case 1207:
      return "too_new";
    case 1208:
      return "database_fault";
    case 1209:
      return "constraint";
    case 1210:
      return "wiped";
    case 1211:
      return "slots_full";
    case 1212:
      return "not_found";
    case 1300:
      return "no_recipient";
    case 1301:
      return "bad_armor";
    default:
      return {};
  }
}

}  // namespace tocsin
