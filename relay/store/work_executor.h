// relay/store/work_executor.h: where strangers' Argon2id proofs are checked, away from the store.
//
// Spec:    protocol/spec/mailbox.md MBX-6
// Shape:   submit(ticket, check) now; the verdict comes out of take_done() later
// Errors:  none: a check that does not hold is a verdict
// Threads: submit and take_done from the store's thread
#pragma once

#include <utility>
#include <vector>

#include "protocol/mailbox/access.h"

namespace tocsin {

using WorkTicket = Strong<struct WorkTicketTag, std::uint64_t>;
struct WorkDone {
  WorkTicket ticket;
  AccessVerdict verdict = AccessVerdict::kRefused;
};

class WorkExecutor {
 public:
  virtual ~WorkExecutor() = default;
  WorkExecutor(const WorkExecutor&) = delete;
  WorkExecutor& operator=(const WorkExecutor&) = delete;
  virtual void submit(WorkTicket ticket, const DearCheck& check) = 0;
  virtual std::vector<WorkDone> take_done() = 0;

 protected:
  WorkExecutor() = default;
};

inline AccessVerdict verdict_of(const DearCheck& check) {
  return check_argon(check.challenge, check.proof, check.bits).has_value()
             ? AccessVerdict::kGranted
             : AccessVerdict::kRefused;
}

// Checks at once on the caller's thread: model and unit tests, where nobody waits.
class InlineWorkExecutor final : public WorkExecutor {
 public:
  void submit(WorkTicket ticket, const DearCheck& check) override {
    done_.push_back({ticket, verdict_of(check)});
  }
  std::vector<WorkDone> take_done() override { return std::exchange(done_, {}); }

 private:
  std::vector<WorkDone> done_;
};

}  // namespace tocsin
