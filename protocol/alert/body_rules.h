// protocol/alert/body_rules.h: which combinations of fields an alert may have.
//
// Spec:    protocol/spec/alert.md ALT-3
// Errors:  forbidden_value, not_plain_text, too_large, malformed
// Threads: values only
#pragma once

#include "protocol/alert/body.h"

namespace tocsin {

Status check_alert_body(const AlertBody& body);

}  // namespace tocsin
