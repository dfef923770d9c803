#include "protocol/wire/message.h"

namespace tocsin {

std::string_view answer_name(Answer answer) {
  switch (answer) {
    case Answer::kOk:
      return "ok";
    case Answer::kRefused:
      return "refused";
    case Answer::kFull:
      return "full";
    case Answer::kTooLargeCommand:
      return "too_large";
    case Answer::kMalformedCommand:
      return "malformed";
    case Answer::kBusy:
      return "busy";
    case Answer::kExpired:
      return "expired";
    case Answer::kUnsupported:
      return "unsupported";
    case Answer::kSuperseded:
      return "superseded";
  }
  return {};
}

}  // namespace tocsin
