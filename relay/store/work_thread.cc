#include "relay/store/work_thread.h"

#include <sys/resource.h>
#include <unistd.h>

namespace tocsin {

namespace {
constexpr int kLowestPriority = 19;
}  // namespace

Result<std::unique_ptr<WorkThread>> WorkThread::create() {
  Wake wake = TRY(Wake::create());
  return std::unique_ptr<WorkThread>(new WorkThread(std::move(wake)));
}

WorkThread::WorkThread(Wake wake)
    : wake_(std::move(wake)), thread_([this](const std::stop_token& stop) { run(stop); }) {}

WorkThread::~WorkThread() {
  thread_.request_stop();
  arrived_.notify_all();
}

void WorkThread::submit(WorkTicket ticket, const DearCheck& check) {
  {
    const std::lock_guard lock(mutex_);
    queue_.emplace_back(ticket, check);
  }
  arrived_.notify_one();
}

std::vector<WorkDone> WorkThread::take_done() {
  wake_.clear();
  const std::lock_guard lock(mutex_);
  return std::exchange(done_, {});
}

void WorkThread::run(const std::stop_token& stop) {
  // Linux: the calling thread alone. Owners and contacts must not notice what strangers cost; where
  // the system refuses, the gate's rate still holds.
  (void)::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), kLowestPriority);
  std::unique_lock lock(mutex_);
  while (arrived_.wait(lock, stop, [this] { return !queue_.empty(); })) {
    const auto [ticket, check] = queue_.front();
    queue_.pop_front();
    lock.unlock();
    const AccessVerdict verdict = verdict_of(check);
    lock.lock();
    done_.push_back({ticket, verdict});
    wake_.ring();
  }
}

}  // namespace tocsin
