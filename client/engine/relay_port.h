// client/engine/relay_port.h: what the engine asks of relays.
//
// Spec:    protocol/spec/mailbox.md, board.md, wire.md WIR-12
// Shape:   calls block until the relay's durable answer or the port's own limit; sockets in
//          client/net, queues in the model test
// Errors:  no_relay (not reached in time), relay_refused (detail = Answer), malformed (an answer
//          that cannot be)
// Threads: the engine's
#pragma once

#include <span>
#include <vector>

#include "client/store/relay_rows.h"
#include "crypto/ratchet/envelope.h"
#include "protocol/delivery/outbox.h"
#include "protocol/pairing/route.h"
#include "protocol/wire/reply.h"
#include "protocol/wire/welcome.h"

namespace tocsin {

struct DepositOrder {
  CopyKey copy;       // its answer is told under this name
  ContactId contact;  // through a proxy the deposits for each have a line of their own (WIR-12)
  Route target;
  const Envelope& envelope;
};

// What became of a copy that was handed over.
struct Deposited {
  CopyKey copy;
  DepositAnswer answer;
};

struct MailboxOrder {
  OwnerPublic owner;
  const OwnerSecret& owner_secret;
  MailboxClass mailbox_class = MailboxClass::kContact;
};

// A cell that a relay pushed.
struct Delivery {
  MailboxId mailbox;
  Sequence sequence;
  Envelope envelope;
};

class RelayPort {
 public:
  virtual ~RelayPort() = default;

  // What the relay says of itself; connects when there is no connection yet.
  virtual Result<Welcome> welcome(const RelayRow& relay) = 0;

  // Over a connection of its own, so that the relay cannot join it to what this vault reads.
  virtual Result<CreatedMailbox> create_mailbox(const RelayRow& relay,
                                                const MailboxOrder& order) = 0;
  virtual Status delete_mailbox(const RelayRow& relay, const OwnMailbox& mailbox) = 0;
  virtual Status put_board(const RelayRow& relay, BytesView record) = 0;
  virtual Status delete_board(const RelayRow& relay, const WriterSecret& writer) = 0;
  // The record as it stands, or nothing.
  virtual Result<Bytes> get_board(const RelayRow& relay, const BoardId& board) = 0;

  // Over reading connections: asks for pushes of exactly these mailboxes from now on, and again
  // whenever a connection was lost; through a proxy of those that were active lately, while the
  // others are visited in turn (WIR-12). Never blocks.
  virtual void watch(std::span<const RelayRow> relays, std::span<const OwnMailbox> mailboxes) = 0;
  // The mailboxes watched that still have to be asked. None: what waited in any of them has come or
  // is on its way.
  virtual std::vector<MailboxId> unheard() const { return {}; }
  // Somebody wants to know now what has come: those that are only visited are visited at once.
  virtual void ask_all() {}
  // The day it is, roughly, as the relays of the standing lines say; the earliest of them.
  virtual std::optional<Day> rough_day() const { return std::nullopt; }
  // Pushed cells that have arrived; waits until there is one, or a late answer to a deposit, or
  // `until` has come.
  virtual std::vector<Delivery> receive(Instant until) = 0;
  // After the durable commit of everything up to `through`.
  virtual void acknowledge(MailboxId mailbox, Sequence through) = 0;

  // Over depositing connections: one answer per order, and late ones to orders of earlier calls,
  // which were told kNoAnswer. Waits for answers a moment only, and for a relay that let such a
  // moment pass in silence not at all until it owes none: nobody else waits because of it.
  // Without orders it only tells the late ones.
  virtual std::vector<Deposited> deposit(std::span<const DepositOrder> orders) = 0;

  // Sends what is held back for a tick (acknowledgements) and waits for the answers, at the latest
  // until then.
  virtual void settle(Instant until) = 0;

  // What a relay did that its client should tell the person (a reader elsewhere took over a
  // mailbox).
  virtual std::vector<MailboxId> superseded() = 0;
};

}  // namespace tocsin
