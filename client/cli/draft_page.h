// client/cli/draft_page.h: what whoever signs an alert must see before, and how drafts are named.
//
// Errors:  no_such_alert
// Threads: values only
#pragma once

#include <string>

#include "client/cli/report.h"
#include "protocol/alert/cosign.h"
#include "protocol/alert/phrases/catalogue.h"

namespace tocsin {

// Received alerts are shown as numbers, drafts as d1, d2 …: two tables, one list.
inline constexpr char kDraftMark = 'd';
std::string draft_name(std::int64_t id);
Result<std::int64_t> draft_number(std::string_view text);

const char* kind_name(AlertKind kind);

// Case, who asks (nobody: a draft of one's own), the recipient's half of the safety number, how
// the person was verified, and the page (ALT-6.2, ALT-6.5).
Report signing_page(const CheckedRequest& checked, const Charter& charter,
                    std::string_view asked_by, Language language);

}  // namespace tocsin
