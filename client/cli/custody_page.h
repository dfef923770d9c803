// client/cli/custody_page.h: what the signed log in a bag proves, as `evidence verify` tells it.
//
// Spec:    protocol/spec/custody.md CUS-4.6 … CUS-4.8
// Threads: one
#pragma once

#include "client/cli/report.h"
#include "client/custody/custody_verdict.h"
#include "crypto/base/files.h"

namespace tocsin {

// Nothing when there is no log in it. What does not hold makes the report one with
// Exit::kNotVerified. `authorities`: certificates (PEM) of those who stamp times; may be empty.
Status add_custody_of_bag(const Path& bag, const Payload& payload, BytesView authorities,
                          Report& report);

}  // namespace tocsin
