// relay/store/work_thread.h: strangers' Argon2id checks on one thread of the lowest priority.
//
// Spec:    protocol/spec/mailbox.md MBX-6
// Shape:   as relay/store/work_executor.h; wake_fd() becomes readable when verdicts are there
// Threads: owns one; the engine's gate bounds its queue
#pragma once

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <thread>

#include "relay/store/wake.h"
#include "relay/store/work_executor.h"

namespace tocsin {

class WorkThread final : public WorkExecutor {
 public:
  static Result<std::unique_ptr<WorkThread>> create();
  ~WorkThread() override;

  void submit(WorkTicket ticket, const DearCheck& check) override;
  std::vector<WorkDone> take_done() override;
  int wake_fd() const { return wake_.fd(); }

 private:
  explicit WorkThread(Wake wake);
  void run(const std::stop_token& stop);

  Wake wake_;
  std::mutex mutex_;
  std::condition_variable_any arrived_;
  std::deque<std::pair<WorkTicket, DearCheck>> queue_;
  std::vector<WorkDone> done_;
  std::jthread thread_;  // last: it uses all of the above
};

}  // namespace tocsin
