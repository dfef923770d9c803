// protocol/alert/export.h: an alert as files that a stranger can check with `openssl` and `b2sum`.
//
// Spec:    protocol/spec/alert.md ALT-11
// Shape:   in   the message, the organisation's charter chain, the page
//          out  files of one folder: signed bytes, signatures, keys, DSSE JSON, page, VERIFY.txt
// Errors:  not_found (the chain lacks the charter that the alert names), malformed
// Threads: values only
#pragma once

#include <string>
#include <vector>

#include "protocol/alert/body.h"
#include "protocol/alert/charter.h"
#include "protocol/alert/render.h"
#include "protocol/alert/verdict.h"

namespace tocsin {

struct ExportedFile {
  std::string name;  // ours alone: letters, digits, dots and hyphens
  Bytes bytes;
};

// What the exporter's device knew of the alert, and when.
struct ExportedState {
  Life life = Life::kCurrent;
  Day today;
};

// The recipient's nonce is left out: whoever had it could test whom the alert was for.
Result<std::vector<ExportedFile>> export_alert(const AlertMessage& message,
                                               const CharterChain& chain, const Page& page,
                                               const ExportedState& state);

}  // namespace tocsin
