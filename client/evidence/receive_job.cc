// Frames out of a blob, into a file.
#include <algorithm>
#include <map>

#include "client/codes.h"
#include "client/evidence/jobs.h"
#include "client/evidence/local_file.h"
#include "protocol/blob/limits.h"
#include "protocol/evidence/frame.h"
#include "protocol/evidence/padding.h"

namespace tocsin::evidence {
namespace {

constexpr net::Milliseconds kTurn = 200;
constexpr net::Milliseconds kSyncEvery = 500;
// What is not there yet is asked for again so often, for so long; then other jobs have their turn.
constexpr net::Milliseconds kAskAgain = 500;
constexpr net::Milliseconds kLongestWait = 5'000;

class Receiving {
 public:
  Receiving(const ReceiveJob& job, TargetFile target, BlobLine& line, const Tell& tell)
      : job_(job),
        target_(std::move(target)),
        line_(line),
        tell_(tell),
        keys_(frame_keys_of(job.file.secret, job.file.id)),
        done_(job.tree),
        next_(job.tree.count()) {}

  Result<Outcome> run() {
    while (done_.count() < end() && !line_.stopped() && !line_.is_turn_over()) {
      TRY(step());
      if (waiting_since_ != 0 && net::steady_now() - waiting_since_ > kLongestWait) break;
    }
    TRY(sync_and_tell());
    return done_.count() < end() ? Outcome{JobWaits{}} : Outcome{JobDone{}};
  }

 private:
  std::uint64_t end() const { return job_.first + job_.frames; }

  Status step() {
    if (line_.ready()) TRY(ask_more());
    const std::vector<net::NetEvent> events = TRY(line_.turn(kTurn));
    for (const net::NetEvent& event : events) {
      if (std::holds_alternative<net::Lost>(event)) begin_again();
      if (const auto* got = std::get_if<net::GotFrame>(&event); got != nullptr) TRY(on_frame(*got));
      if (const auto* reply = std::get_if<Reply>(&event); reply != nullptr) TRY(on_reply(*reply));
    }
    if (net::steady_now() - synced_at_ >= kSyncEvery) return sync_and_tell();
    return {};
  }

  Status ask_more() {
    if (net::steady_now() < not_before_) return {};
    const std::size_t most =
        std::min(line_.connection().welcome()->limits.in_flight, kBulkInFlight);
    while (asked_.size() + leaves_.size() < most && next_ < end()) {
      const auto place = static_cast<std::uint32_t>(next_ - job_.first);
      const RequestId id = TRY(line_.connection().request(GetFrame{job_.blob, place}));
      asked_.emplace(id, next_++);
    }
    return {};
  }

  Status on_frame(const net::GotFrame& got) {
    const auto asked = asked_.extract(got.request);
    if (asked.empty()) return {};
    waiting_since_ = 0;
    const std::uint64_t index = asked.mapped();
    const MutableBytes plaintext = room_.expose_mutable(kExpose);
    TRY(open_frame(keys_, {job_.file.id, index, job_.file.count}, got.stored, plaintext));
    TRY(check_padding(job_.file.length, index, plaintext));
    TRY(target_.write_frame(index, plaintext));
    line_.note_progress();
    leaves_.emplace(index, frame_leaf(got.stored));
    for (auto leaf = leaves_.begin(); leaf != leaves_.end() && leaf->first == done_.count();
         leaf = leaves_.erase(leaf))
      done_.append(leaf->second);
    return {};
  }

  Status on_reply(const Reply& reply) {
    if (!asked_.contains(reply.id)) return {};
    if (reply.answer != Answer::kOk && reply.answer != Answer::kBusy)
      return fail(kBlobGone, "blob", static_cast<std::int64_t>(reply.answer));
    // Not there yet, or too much at once: again from the first that is missing, after a pause.
    line_.note_progress();  // kLongestWait bounds this
    if (waiting_since_ == 0) waiting_since_ = net::steady_now();
    not_before_ = net::steady_now() + kAskAgain;
    begin_again();
    return {};
  }

  void begin_again() {
    asked_.clear();
    leaves_.clear();
    next_ = done_.count();
  }

  Status sync_and_tell() {
    synced_at_ = net::steady_now();
    if (told_ == done_.count()) return {};
    TRY(target_.sync());
    told_ = done_.count();
    tell_(FramesMoved{done_});
    return {};
  }

  const ReceiveJob& job_;
  TargetFile target_;
  BlobLine& line_;
  const Tell& tell_;
  FrameKeys keys_;
  FrameTree done_;  // written, without a gap
  std::uint64_t next_;
  std::map<RequestId, std::uint64_t> asked_;
  std::map<std::uint64_t, Sha256> leaves_;  // written, behind a gap
  net::Milliseconds not_before_ = 0;
  net::Milliseconds waiting_since_ = 0;  // 0: frames come
  net::Milliseconds synced_at_ = net::steady_now();
  std::uint64_t told_ = 0;
  SecretBytes room_{Bytes(kFramePlainBytes, 0)};
};

}  // namespace

Result<Outcome> run_job(const ReceiveJob& job, const LineParts& parts, const Tell& tell) {
  TargetFile target = TRY(TargetFile::open(job.path, job.file.length));
  const std::unique_ptr<BlobLine> line = TRY(BlobLine::connect(parts, job.relay));
  return Receiving(job, std::move(target), *line, tell).run();
}

}  // namespace tocsin::evidence
