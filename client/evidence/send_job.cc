// Frames of a file into a blob.
#include <algorithm>
#include <deque>

#include "client/codes.h"
#include "client/evidence/jobs.h"
#include "client/evidence/local_file.h"
#include "client/net/calls.h"
#include "crypto/box/agree.h"
#include "protocol/blob/limits.h"
#include "protocol/blob/reply.h"
#include "protocol/evidence/frame.h"

namespace tocsin::evidence {
namespace {

constexpr net::Milliseconds kTurn = 200;
// How much of what was answered a kill may cost: it is sent again, and answered the same.
constexpr net::Milliseconds kTellEvery = 250;

// One that was put and not answered yet, and the tree with it.
struct Put {
  RequestId id;
  std::uint64_t index = 0;
  bool answered = false;
  FrameTree tree;
};

class Sending {
 public:
  Sending(const SendJob& job, SourceFile source, BlobLine& line, const Tell& tell)
      : job_(job),
        source_(std::move(source)),
        line_(line),
        tell_(tell),
        keys_(frame_keys_of(job.file.secret, job.file.id)),
        done_(job.tree),
        ahead_(job.tree) {
    x25519_public_of(job.owner.expose(kExpose), owner_.mutable_view());
  }

  Result<Outcome> run() {
    const std::optional<Reply> made =
        TRY(line_.ask(CreateBlob{owner_, job_.frames, kBlobDays},
                      net::as_new_owner(owner_keys(), job_.relay.password)));
    if (!made.has_value()) return Outcome{JobWaits{}};
    if (made->answer == Answer::kFull)
      return Outcome{BlobFull{TRY(decode_free_frames(made->body))}};
    if (made->answer != Answer::kOk)
      return fail(kRelayRefused, "room for evidence", static_cast<std::int64_t>(made->answer));
    blob_ = TRY(ReadId::from(made->body));
    tell_(BlobMade{blob_});
    TRY(find_gaps());
    while (is_under_way() && !line_.stopped() && !line_.is_turn_over()) TRY(step());
    tell_now();
    TRY(source_.check_unchanged());
    if (is_under_way()) return Outcome{JobWaits{}};
    const std::optional<Reply> sealed =
        TRY(line_.ask(SealBlob{blob_}, net::as_owner(owner_keys())));
    if (!sealed.has_value()) return Outcome{JobWaits{}};
    if (sealed->answer != Answer::kOk) return fail(kBlobGone, "seal");
    return Outcome{JobDone{}};
  }

 private:
  std::uint64_t end() const { return job_.first + job_.frames; }
  bool is_under_way() const { return done_.count() < end() || !gaps_.empty() || !puts_.empty(); }
  net::OwnerKeys owner_keys() const { return {owner_, job_.owner}; }

  // BLB-8.2: a blob that expired since was made anew, empty. What was there once and is not any
  // more is put again: the tree is over it already.
  Status find_gaps() {
    if (job_.tree.count() == job_.first) return {};
    const std::optional<Reply> told = TRY(line_.ask(StatBlob{blob_}, {}));
    if (!told.has_value()) return {};
    if (told->answer != Answer::kOk) return fail(kBlobGone, "stat");
    const BlobStat stat = TRY(decode_stat(told->body));
    if (stat.map.frames() != job_.frames) return fail(kBlobGone, "stat");
    for (std::uint64_t index = job_.first; index < job_.tree.count(); ++index) {
      if (!stat.map.has(static_cast<std::uint32_t>(index - job_.first))) gaps_.push_back(index);
    }
    return {};
  }

  Status step() {
    TRY(put_more());
    const std::vector<net::NetEvent> events = TRY(line_.turn(kTurn));
    for (const net::NetEvent& event : events) {
      if (std::holds_alternative<net::Lost>(event)) begin_again();
      if (const auto* reply = std::get_if<Reply>(&event); reply != nullptr) TRY(on_reply(*reply));
    }
    while (!puts_.empty() && puts_.front().answered) {
      done_ = std::move(puts_.front().tree);
      puts_.pop_front();
    }
    if (net::steady_now() - told_at_ >= kTellEvery) tell_now();
    return {};
  }

  Status put_more() {
    if (!line_.ready() || net::steady_now() < not_before_) return {};
    const std::size_t most =
        std::min(line_.connection().welcome()->limits.in_flight, kBulkInFlight);
    const MutableBytes plaintext = room_.expose_mutable(kExpose);
    while (puts_.size() < most && (!gaps_.empty() || ahead_.count() < end()) && may_put_another()) {
      const bool is_gap = !gaps_.empty();
      const std::uint64_t index = is_gap ? gaps_.front() : ahead_.count();
      TRY(source_.read_frame(index, plaintext));
      Bytes frame(kFrameBytes);
      TRY(seal_frame(keys_, {job_.file.id, index, job_.file.count}, plaintext, frame));
      if (is_gap) {
        gaps_.pop_front();
      } else {
        ahead_.append(frame_leaf(frame));
      }
      const auto place = static_cast<std::uint32_t>(index - job_.first);
      const RequestId id = TRY(
          line_.connection().put({blob_, place}, std::move(frame), net::as_owner(owner_keys())));
      puts_.push_back({id, index, false, ahead_});
    }
    return source_.check_unchanged();
  }

  // By the rate the person chose, counted from the beginning of this job.
  bool may_put_another() {
    if (job_.bytes_per_second == 0) return true;
    const auto seconds = static_cast<double>(net::steady_now() - begun_at_) / 1000;
    const double due = seconds * static_cast<double>(job_.bytes_per_second);
    if (static_cast<double>(put_) * kFramePlainBytes > due) {
      if (puts_.empty()) line_.note_progress();  // it is we who wait
      return false;
    }
    ++put_;
    return true;
  }

  Status on_reply(const Reply& reply) {
    for (Put& put : puts_) {
      if (put.id != reply.id) continue;
      if (reply.answer == Answer::kBusy) {
        begin_again();
        not_before_ = net::steady_now() + 1'000;
        return {};
      }
      if (reply.answer != Answer::kOk)
        return fail(kBlobGone, "frame", static_cast<std::int64_t>(reply.answer));
      put.answered = true;
      line_.note_progress();
    }
    return {};
  }

  // From the last frame of which it is known: the same bytes again are answered the same.
  void begin_again() {
    for (const Put& put : puts_) {
      if (!put.answered && put.index < job_.tree.count()) gaps_.push_back(put.index);
    }
    puts_.clear();
    ahead_ = done_;
  }

  void tell_now() {
    told_at_ = net::steady_now();
    if (told_ == done_.count()) return;
    told_ = done_.count();
    tell_(FramesMoved{done_});
  }

  const SendJob& job_;
  SourceFile source_;
  BlobLine& line_;
  const Tell& tell_;
  FrameKeys keys_;
  OwnerPublic owner_;
  ReadId blob_;
  FrameTree done_;   // answered, without a gap
  FrameTree ahead_;  // put
  std::deque<Put> puts_;
  std::deque<std::uint64_t> gaps_;
  net::Milliseconds begun_at_ = net::steady_now();
  std::uint64_t put_ = 0;  // by this job, repeated ones too
  net::Milliseconds not_before_ = 0;
  net::Milliseconds told_at_ = 0;
  std::uint64_t told_ = 0;
  SecretBytes room_{Bytes(kFramePlainBytes, 0)};
};

}  // namespace

Result<Outcome> run_job(const SendJob& job, const LineParts& parts, const Tell& tell) {
  SourceFile source = TRY(SourceFile::open(job.path, job.mark, job.inside));
  if (source.length() != job.file.length) return fail(kFileChanged, "file to send");
  const std::unique_ptr<BlobLine> line = TRY(BlobLine::connect(parts, job.relay.address));
  return Sending(job, std::move(source), *line, tell).run();
}

}  // namespace tocsin::evidence
