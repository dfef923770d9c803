// tests/model/model_port.h: the engine's relays without sockets: the same cells, welcomes, tags and
// prices as client/net, in memory.
#pragma once

#include <map>

#include "client/engine/engine.h"
#include "client/net/calls.h"
#include "client/net/reader.h"
#include "tests/model/key_ledger.h"
#include "tests/model/model_line.h"

namespace tocsin::model {

class ModelPort final : public RelayPort {
 public:
  struct Parts {
    std::vector<ModelRelay*> relays;
    Faults& faults;
    KeyLedger& ledger;
    int client;    // for the ledger
    Database& db;  // for the ledger
  };
  explicit ModelPort(const Parts& parts);

  // No cell passes while the client is cut off.
  enum class Link : std::uint8_t { kWorks, kCut };
  void set_link(Link link);
  // A relay that says ok to every deposit and keeps none of them.
  enum class Deposits : std::uint8_t { kWork, kSwallowed };
  void set_deposits(Deposits deposits) { deposits_are_ = deposits; }
  void deliver_last_swallowed();
  // Something waits to be received, or a line has to be dialled again.
  bool has_news() const;
  std::size_t deposits() const { return deposits_; }

  Result<Welcome> welcome(const RelayRow& relay) override;
  Result<CreatedMailbox> create_mailbox(const RelayRow& relay, const MailboxOrder& order) override;
  Status delete_mailbox(const RelayRow& relay, const OwnMailbox& mailbox) override;
  Status put_board(const RelayRow& relay, BytesView record) override;
  Status delete_board(const RelayRow& relay, const WriterSecret& writer) override;
  Result<Bytes> get_board(const RelayRow& relay, const BoardId& board) override;
  std::optional<Day> rough_day() const override;
  void watch(std::span<const RelayRow> relays, std::span<const OwnMailbox> mailboxes) override;
  std::vector<Delivery> receive(Instant until) override;
  void acknowledge(MailboxId mailbox, Sequence through) override;
  std::vector<Deposited> deposit(std::span<const DepositOrder> orders) override;
  void settle(Instant until) override;
  std::vector<MailboxId> superseded() override;

 private:
  // What is open to one relay.
  struct Side {
    ModelRelay& relay;
    std::unique_ptr<ModelLine> reading, depositing;
    std::map<RequestId, int> unanswered;  // of the reading line, and for how many rounds
  };
  struct Box {
    OwnMailbox mailbox;
    Side* side;
    std::optional<RequestId> subscription;
    Instant ask_at;                   // not before
    bool superseded = false;          // only a new line asks again
    std::optional<Sequence> through;  // to be acknowledged
    std::uint32_t taken = 0;          // credit to give back
  };

  Side& at(const RelayAddress& address);
  Result<std::unique_ptr<ModelLine>> dial(Side& side,
                                          ModelLine::Bits bits = ModelLine::Bits::kMayFlip);
  // One question over a line of its own.
  template <class Ask>
  Result<Reply> once(const RelayRow& relay, Ask&& ask,
                     ModelLine::Bits bits = ModelLine::Bits::kMayFlip);
  bool is_read(const Side& side) const;
  bool is_reading(Side& side, Instant now);
  void flush(Side& side);
  void hear(Side& side, Instant now, std::vector<Delivery>& deliveries);
  // A line whose answers do not come is given up, as client/net does after its watchdog's time.
  static void lose_patience(Side& side);
  void deposit_at(Side& side, std::span<const DepositOrder> orders,
                  std::vector<Deposited>& answers);

  Parts parts_;
  Link link_ = Link::kWorks;
  std::vector<std::unique_ptr<Side>> sides_;
  std::map<MailboxId, Box> boxes_;
  std::vector<MailboxId> superseded_;
  std::size_t deposits_ = 0;
  Deposits deposits_are_ = Deposits::kWork;
  std::optional<std::pair<Route, Envelope>> swallowed_;
};

}  // namespace tocsin::model
