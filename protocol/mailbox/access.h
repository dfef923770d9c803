// protocol/mailbox/access.h: who may create mailboxes and boards, or write to a stranger.
//
// Spec:    protocol/spec/mailbox.md MBX-5
// Shape:   access_need says whether a request needs it; judge_access judges before decide: cheaply
//          at once, by Argon2id elsewhere
// Errors:  none: a verdict
// Threads: values only
#pragma once

#include <optional>
#include <variant>

#include "protocol/board/rows.h"
#include "protocol/mailbox/password.h"
#include "protocol/mailbox/rows.h"
#include "protocol/mailbox/work.h"
#include "protocol/wire/welcome.h"

namespace tocsin {

enum class AccessVerdict : std::uint8_t {
  kNone,     // not needed, or needed and not offered: decide knows which
  kGranted,  // the proof holds
  kRefused,  // it does not
  kBusy,     // the budget of dear checks is spent: try later
};

// What this relay asks of strangers now.
struct AccessRule {
  AccessPolicy policy = AccessPolicy::kOpen;
  std::uint32_t work_bits = 0;          // of Argon2id, as told in welcome
  const AccessKey* password = nullptr;  // policy password
};

// Argon2id is still to be run, by the low-priority worker: check_argon(challenge, proof, bits).
struct DearCheck {
  WorkChallenge challenge;
  WorkProof proof;
  std::uint32_t bits = 0;
};

// Whether this command needs access at all, given what was loaded for it: creating a mailbox or a
// board, depositing in a public mailbox.
enum class AccessNeed : std::uint8_t { kNo, kYes };
AccessNeed access_need(const Command& command, const MailboxRow* mailbox, const BoardRow* board);

// The cheap part: a verdict, or the dear part still to do.
std::variant<AccessVerdict, DearCheck> judge_access(const AccessRule& rule,
                                                    const SessionFacts& facts,
                                                    const Request& request);

}  // namespace tocsin
