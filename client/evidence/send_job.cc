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
    const Reply made = TRY(line_.ask(CreateBlob{owner_, job_.frames, kBlobDays},
                                     net::as_new_owner(owner_keys(), job_.relay.password)));
    if (made.answer == Answer::kFull) return Outcome{BlobFull{TRY(decode_free_frames(made.body))}};
    if (made.answer != Answer::kOk)
      return fail(kRelayRefused, "room for evidence", static_cast<std::int64_t>(made.answer));
    blob_ = TRY(ReadId::from(made.body));
    tell_(BlobMade{blob_});
    while (done_.count() < end() && !line_.stopped()) TRY(step());
    tell_now();
    TRY(source_.check_unchanged());
    if (done_.count() < end()) return Outcome{JobWaits{}};
    const Reply sealed = TRY(line_.ask(SealBlob{blob_}, net::as_owner(owner_keys())));
    if (sealed.answer != Answer::kOk) return fail(kBlobGone, "seal");
    return Outcome{JobDone{}};
  }

 private:
  std::uint64_t end() const { return job_.first + job_.frames; }
  net::OwnerKeys owner_keys() const { return {owner_, job_.owner}; }

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
    Bytes plaintext(kFramePlainBytes);
    while (puts_.size() < most && ahead_.count() < end()) {
      const std::uint64_t index = ahead_.count();
      TRY(source_.read_frame(index, plaintext));
      Bytes frame(kFrameBytes);
      TRY(seal_frame(keys_, {job_.file.id, index, job_.file.count}, plaintext, frame));
      ahead_.append(frame_leaf(frame));
      const auto place = static_cast<std::uint32_t>(index - job_.first);
      const RequestId id = TRY(
          line_.connection().put({blob_, place}, std::move(frame), net::as_owner(owner_keys())));
      puts_.push_back({id, false, ahead_});
    }
    wipe(plaintext);
    return source_.check_unchanged();
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
    }
    return {};
  }

  // From the last frame of which it is known: the same bytes again are answered the same.
  void begin_again() {
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
  net::Milliseconds not_before_ = 0;
  net::Milliseconds told_at_ = 0;
  std::uint64_t told_ = 0;
};

}  // namespace

Result<Outcome> run_job(const SendJob& job, const LineParts& parts, const Tell& tell) {
  SourceFile source = TRY(SourceFile::open(job.path, job.mark));
  const std::unique_ptr<BlobLine> line = TRY(BlobLine::connect(parts, job.relay.address));
  return Sending(job, std::move(source), *line, tell).run();
}

}  // namespace tocsin::evidence
