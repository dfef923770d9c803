#include "protocol/codes.h"

namespace tocsin {

std::string_view protocol_code_name(Code code) {
  switch (static_cast<std::uint16_t>(code)) {
    case 2000:
      return "unsupported_version";
    case 2001:
      return "wrong_store";
    case 2100:
      return "refused_work";
    case 2101:
      return "refused_access";
    case 2102:
      return "wrong_board";
    case 2103:
      return "stale";
    case 2104:
      return "equivocation";
    case 2105:
      return "expired_board";
    case 2106:
      return "long_lived";
    case 2200:
      return "bad_card";
    case 2201:
      return "bad_link";
    case 2400:
      return "bad_charter";
    case 2401:
      return "charter_unchained";
    case 2402:
      return "charter_lower";
    case 2403:
      return "charter_fork";
    case 2404:
      return "too_few_signers";
    case 2405:
      return "not_plain_text";
    case 2406:
      return "wrong_recipient";
    case 2407:
      return "not_a_holder";
    case 2408:
      return "forbidden_value";
    case 2409:
      return "catalogue_differs";
    case 2410:
      return "charter_not_newest";
    case 2500:
      return "custody_broken";
    case 2501:
      return "custody_cut";
    case 2502:
      return "custody_fork";
    default:
      return {};
  }
}

}  // namespace tocsin
