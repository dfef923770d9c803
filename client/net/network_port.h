// client/net/network_port.h: the engine's relays over real sockets.
//
// Spec:    protocol/spec/wire.md WIR-11, WIR-12; delivery.md DLV-4.5
// Shape:   reading: a few standing connections per relay, through a proxy one per mailbox
//          (lanes.h); depositing: connections of their own; everything an owner asks once (a new
//          mailbox, a board): a fresh connection, used once
// Errors:  no_relay, relay_refused
// Threads: one; blocks as relay_port.h says
#pragma once

#include <memory>

#include "client/engine/engine.h"
#include "client/net/lanes.h"
#include "client/net/reader.h"

namespace tocsin::net {

struct NetworkParts {
  Rng& rng;
  Clock clock;
  std::optional<Proxy> proxy;
};

class NetworkPort final : public RelayPort {
 public:
  static Result<std::unique_ptr<NetworkPort>> create(NetworkParts parts);

  Result<Welcome> welcome(const RelayRow& relay) override;
  Result<CreatedMailbox> create_mailbox(const RelayRow& relay, const MailboxOrder& order) override;
  Status delete_mailbox(const RelayRow& relay, const OwnMailbox& mailbox) override;
  Status put_board(const RelayRow& relay, BytesView record) override;
  Status delete_board(const RelayRow& relay, const WriterSecret& writer) override;
  Result<Bytes> get_board(const RelayRow& relay, const BoardId& board) override;
  void watch(std::span<const RelayRow> relays, std::span<const OwnMailbox> mailboxes) override;
  std::vector<MailboxId> unheard() const override;
  void ask_all() override;
  std::vector<Delivery> receive(Instant until) override;
  void acknowledge(MailboxId mailbox, Sequence through) override;
  std::vector<Deposited> deposit(std::span<const DepositOrder> orders) override;
  void settle(Instant until) override;
  std::vector<MailboxId> superseded() override;
  std::optional<Day> rough_day() const override;

  // receive() returns early when one of these becomes readable (the socket of `tocsin run`).
  void set_wakeups(std::vector<int> descriptors) { wakeups_ = std::move(descriptors); }

 private:
  explicit NetworkPort(NetworkParts parts, ZmqContext context);

  struct Watched {
    OwnMailbox mailbox;
    RelayAddress relay;
  };
  // A relay's address, and the number of a lane; through a proxy that of the one mailbox read.
  using ReaderKey = std::pair<std::string, std::int64_t>;

  void watch_in_bulk(std::span<const RelayRow> relays, std::span<const OwnMailbox> mailboxes);
  void watch_by_lane(std::span<const RelayRow> relays, std::span<const OwnMailbox> mailboxes);
  // Through a proxy: opens and closes lines as the lanes' plan says.
  void arrange_lanes(Milliseconds now);
  void step_readers(Milliseconds now, std::vector<Delivery>& deliveries);
  Destination destination(const RelayAddress& relay);
  template <class Kind, class Ask>
  Result<Reply> once(const RelayRow& relay, Ask&& ask);
  struct OpenDeposit {
    CopyKey copy;
    Milliseconds since = 0;
  };
  struct Depositor {
    DepositConnection connection;
    Milliseconds used = 0;
    std::map<RequestId, OpenDeposit> open = {};  // not answered yet, oldest first
    bool silent = false;                         // a wait for it ran out, and it still owes answers
  };
  Depositor& depositor(const DepositOrder& order);
  void step_depositors(Milliseconds now);
  void drop_depositors(Milliseconds now);

  NetworkParts parts_;
  ZmqContext context_;
  std::map<ReaderKey, std::unique_ptr<Reader>> readers_;
  std::map<MailboxId, Watched> watched_;  // through a proxy
  Lanes lanes_;                           // through a proxy
  std::map<std::pair<std::string, std::int64_t>, std::unique_ptr<Depositor>> depositors_;
  std::vector<Deposited> answered_;  // by relays, to be told by the next deposit()
  std::vector<Delivery> early_;      // pushed while something else was waited for
  std::vector<MailboxId> superseded_;
  std::vector<int> wakeups_;
};

}  // namespace tocsin::net
