// client/net/reader.h: one reading connection: subscriptions, pushed cells, acknowledgements on
// their tick.
//
// Spec:    protocol/spec/mailbox.md (subscribe, ack), delivery.md DLV-7
// Errors:  none of its own: a lost line is dialled again and everything subscribed anew
// Threads: one
#pragma once

#include <map>

#include "client/engine/relay_port.h"
#include "client/net/connection.h"

namespace tocsin::net {

// Mailboxes one connection reads: below the relay's limit of subscriptions.
inline constexpr std::size_t kMailboxesPerReader = 48;
// Pushes a relay may be ahead of our acknowledgements, per mailbox.
inline constexpr std::uint32_t kReaderCredit = 64;

// A relay pushes what waits right after its answer to a subscribe or an acknowledgement; silence
// for so long after it means that nothing more waits.
inline constexpr Milliseconds kDrainedMs = 1'000;

// How long after this answer to a subscribe the same line asks again; nothing: it does not.
std::optional<Milliseconds> ask_again_after(Answer answer);

struct ReaderOutcome {
  std::vector<Delivery> deliveries;
  std::vector<MailboxId> superseded;
  bool lost = false;  // the line
};

class Reader {
 public:
  Reader(const ZmqContext& context, Destination destination, Rng& rng)
      : connection_(context, std::move(destination), rng) {}

  // The mailboxes to read from now on; those no longer named are forgotten.
  void watch(std::vector<OwnMailbox> mailboxes);
  bool reads(MailboxId mailbox) const { return boxes_.contains(mailbox); }
  std::vector<MailboxId> mailboxes() const;
  void acknowledge(MailboxId mailbox, Sequence through);
  // Every mailbox is subscribed, or was refused, on the line as it stands.
  bool listening() const;
  // Everything acknowledged has been answered.
  bool settled() const;
  // Listening, and all that came was acknowledged and answered, and nothing follows.
  bool drained(Milliseconds now) const;

  ReaderOutcome step(Milliseconds now);
  // Acknowledgements leave now, whatever the tick.
  void flush();
  Milliseconds due() const;
  ReadingConnection& connection() { return connection_; }

 private:
  enum class Standing : std::uint8_t {
    kUnanswered,  // to be asked for, or asked for
    kSubscribed,
    kRefused,     // the relay does not know it, or says so: asked for again, seldom
    kSuperseded,  // another reader took over: only a new line asks again
  };
  struct Box {
    OwnMailbox mailbox;
    std::optional<RequestId> subscription;
    Milliseconds ask_at = 0;  // not before
    Standing standing = Standing::kUnanswered;
    std::uint32_t unacknowledged = 0;  // pushes taken since the last ack: credit to give back
    std::optional<Sequence> acknowledge_through;
  };

  void subscribe_all();
  void on_reply(const Reply& reply, ReaderOutcome& outcome);
  void on_push(const Push& push, ReaderOutcome& outcome);

  ReadingConnection connection_;
  std::map<MailboxId, Box> boxes_;
  std::map<RequestId, MailboxId> subscriptions_;
  std::map<RequestId, MailboxId> acks_;
  Milliseconds ack_at_ = 0;    // 0: nothing waits
  Milliseconds heard_at_ = 0;  // last push or answer
};

}  // namespace tocsin::net
