// protocol/alert/answer.h: what the person at risk answers to an alert.
//
// Spec:    protocol/spec/alert.md ALT-10
// Layout:  version 1 | kind 1 | message id 16 | alert id 16
// Errors:  malformed, unsupported_version
// Threads: values only
#pragma once

#include "protocol/alert/body.h"

namespace tocsin {

// Said by the person, not by the program: receipts are delivery's (content.md).
enum class AlertAnswerKind : std::uint8_t { kAcknowledged = 1 };

struct AlertAnswer {
  AlertAnswerKind kind = AlertAnswerKind::kAcknowledged;
  MessageId message;  // under which the alert came
  AlertId alert;
  friend bool operator==(const AlertAnswer&, const AlertAnswer&) = default;
};
Bytes encode_alert_answer(const AlertAnswer& answer);
Result<AlertAnswer> decode_alert_answer(BytesView bytes);

}  // namespace tocsin
