#include "protocol/mailbox/access.h"

#include "crypto/base/overloaded.h"

namespace tocsin {

AccessNeed access_need(const Command& command, const MailboxRow* mailbox, const BoardRow* board) {
  const auto need = [](bool needed) { return needed ? AccessNeed::kYes : AccessNeed::kNo; };
  return std::visit(
      Overloaded{
          [&](const CreateMailbox&) { return AccessNeed::kYes; },
          [&](const Deposit&) {
            return need(mailbox != nullptr && mailbox->mailbox_class == MailboxClass::kPublic);
          },
          [&](const PutBoard&) { return need(board == nullptr); },
          [](const auto&) { return AccessNeed::kNo; },
      },
      command);
}

std::variant<AccessVerdict, DearCheck> judge_access(const AccessRule& rule,
                                                    const SessionFacts& facts,
                                                    const Request& request) {
  if (request.access.empty()) return AccessVerdict::kNone;
  switch (rule.policy) {
    case AccessPolicy::kOpen: {
      const auto proof = decode_work(request.access);
      if (!proof.has_value()) return AccessVerdict::kRefused;
      const WorkChallenge challenge = work_challenge(facts, request.id, request.command);
      if (!check_hashcash(challenge, *proof).has_value()) return AccessVerdict::kRefused;
      if (rule.work_bits == 0) return AccessVerdict::kGranted;
      return DearCheck{challenge, *proof, rule.work_bits};
    }
    case AccessPolicy::kPassword:
      return rule.password != nullptr &&
                     check_access_proof(*rule.password, facts, request).has_value()
                 ? AccessVerdict::kGranted
                 : AccessVerdict::kRefused;
    case AccessPolicy::kToken:
      break;  // no relay of this version offers it
  }
  return AccessVerdict::kRefused;
}

}  // namespace tocsin
