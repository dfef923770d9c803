// The outbox against relays, readers and restarts that do as they please, from a seed.
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "protocol/delivery/outbox.h"

namespace tocsin {
namespace {

constexpr Instant kStart{1'800'000'000'000};
constexpr std::int64_t kContacts = 3;

// One vault with its engine around the outbox, and the world beyond it.
class World {
 public:
  explicit World(std::uint64_t seed) : rng_(seed) {}

  void step() {
    now_ = milliseconds_after(now_, rng_.below(100) < 5 ? 6 * kHourSpan : rng_.below(5'000));
    switch (rng_.below(12)) {
      case 0:
        write_message();
        break;
      case 1:
        read_and_answer();
        break;
      case 2:
        if (rng_.below(10) == 0) restart();
        break;
      case 3:
        if (rng_.below(20) == 0) replace_session();
        break;
      case 4:
        if (rng_.below(20) == 0) {
          outbox_.on_routes_changed(any_contact(), Outbox::RoutesChange::kOneIsGone, now_);
          commit();
        }
        break;
      default:
        break;
    }
    answer_something();
    run();
  }

  // Everything works from here on, for as long as the outbox has something to do.
  void settle() {
    calm_ = true;
    for (int i = 0; i < 20'000 && !all_received(); ++i) {
      now_ = milliseconds_after(now_, 20 * kMinute);
      while (!flying_.empty()) answer_something();
      read_and_answer();
      run();
    }
  }

  bool all_received() const {
    return std::ranges::all_of(written_, [&](const auto& entry) {
      return received_.contains(entry.first) || given_up_.contains(entry.first);
    });
  }
  std::size_t written() const { return written_.size(); }
  std::size_t received() const { return received_.size(); }
  std::size_t given_up() const { return given_up_.size(); }

 private:
  struct Cell {
    CopyKey copy;
    std::uint8_t fragments;
    SessionId session;
    Instant laid;
  };

  ContactId any_contact() { return {1 + static_cast<std::int64_t>(rng_.below(kContacts))}; }

  void write_message() {
    const auto id = rng_.draw<MessageId>();
    const ContactId contact = any_contact();
    const ContentKind kind = rng_.below(4) == 0 ? ContentKind::kAlert : ContentKind::kText;
    ASSERT_TRUE(outbox_.enqueue({id, contact, kind, Opening::kOrdinary, {}}, now_));
    written_[id] = contact;
    commit();
  }

  // What the engine does with decisions, each in a transaction of its own.
  void run() {
    for (const OutboxDecision& decision : outbox_.due(now_, rng_)) {
      if (const auto* seal = std::get_if<SealMessage>(&decision)) {
        on_seal(seal->message);
      } else if (const auto* deposit = std::get_if<DepositCopy>(&decision)) {
        ASSERT_TRUE(envelopes_.contains(deposit->copy)) << "its bytes are still there";
        flying_.push_back(deposit->copy);
      } else if (const auto* gone = std::get_if<GiveUp>(&decision)) {
        given_up_.insert(gone->message);
      } else if (const auto* erase = std::get_if<EraseCopies>(&decision)) {
        erase_envelopes(erase->message);
      } else if (const auto* forget = std::get_if<ForgetMessage>(&decision)) {
        erase_envelopes(forget->message);
        EXPECT_TRUE(received_.contains(forget->message) || given_up_.contains(forget->message));
      }
    }
    EXPECT_LE(outbox_.in_flight(), kMaxDepositsInFlight);
    commit();
  }

  void on_seal(const MessageId& id) {
    if (!calm_ && rng_.below(8) == 0) {
      ASSERT_TRUE(outbox_.on_seal_failed(id, now_, rng_));
      return;
    }
    const auto fragments = static_cast<std::uint8_t>(1U << rng_.below(3));
    const auto routes = static_cast<std::uint8_t>(1 + rng_.below(3));
    erase_envelopes(id);
    ASSERT_TRUE(outbox_.on_sealed(id, {sessions_[written_[id]], fragments, routes}, now_));
    const OutboxRow& row = *outbox_.find(id);
    for (const CopyRow& copy : row.copies) {
      Bytes bytes(8);
      rng_.fill(bytes);
      envelopes_[{id, row.sealings, copy.fragment, copy.route}] = {bytes, fragments, row.session};
    }
  }

  void answer_something() {
    if (flying_.empty()) return;
    const std::size_t which = rng_.below(static_cast<std::uint32_t>(flying_.size()));
    const CopyKey copy = flying_[which];
    flying_.erase(flying_.begin() + static_cast<std::ptrdiff_t>(which));
    const std::uint32_t luck = calm_ ? 0 : rng_.below(100);
    DepositAnswer answer = DepositAnswer::kOk;
    if (luck >= 45) answer = DepositAnswer::kNoAnswer;
    if (luck >= 75) answer = DepositAnswer::kBusy;
    if (luck >= 85) answer = DepositAnswer::kFull;
    if (luck >= 97) answer = DepositAnswer::kRefused;
    // A lost answer may belong to a deposit that the relay took.
    if (answer == DepositAnswer::kOk || (answer == DepositAnswer::kNoAnswer && luck % 2 == 0))
      lay(copy);
    if (luck >= 60 && luck < 63) return;  // never answered at all
    ASSERT_TRUE(outbox_.on_answer(copy, answer, now_, rng_));
    commit();
  }

  void lay(const CopyKey& copy) {
    const auto place = envelopes_.find(copy);
    if (place == envelopes_.end()) return;  // sealed anew meanwhile
    const auto& [bytes, fragments, session] = place->second;
    const auto [known, fresh] = sent_bytes_.emplace(copy, bytes);
    EXPECT_EQ(known->second, bytes) << "a retry sends the identical bytes";
    cells_.push_back({copy, fragments, session, now_});
  }

  // A reader fetches what has not expired, assembles, answers; receipts get lost too.
  void read_and_answer() {
    for (const Cell& cell : cells_) {
      const bool expired = now_.milliseconds - cell.laid.milliseconds > kRetentionDays * kDaySpan;
      const MessageId& id = cell.copy.message;
      if (expired || sessions_[written_[id]] != cell.session) continue;
      if (!calm_ && rng_.below(3) == 0) continue;
      auto& parts = assembled_[{id, cell.copy.sealing}];
      parts.insert(cell.copy.fragment);
      if (parts.size() < cell.fragments) continue;
      received_.insert(id);
      if (calm_ || rng_.below(2) == 0) {
        outbox_.on_receipt(written_[id], {id, rng_.below(2) == 0 ? ReceiptState::kRead
                                                                 : ReceiptState::kDelivered});
      }
    }
    cells_.clear();
    commit();
  }

  void replace_session() {
    const ContactId contact = any_contact();
    sessions_[contact] = rng_.draw<SessionId>();
    assembled_.clear();
    outbox_.on_session_replaced(contact, sessions_[contact], now_);
    commit();
  }

  void restart() {
    std::vector<OutboxRow> rows;
    for (const auto& [id, bytes] : stored_) rows.push_back(decode_outbox_row(bytes).value());
    outbox_ = Outbox::restore(std::move(rows)).value();
    flying_.clear();
  }

  void erase_envelopes(const MessageId& id) {
    std::erase_if(envelopes_, [&](const auto& entry) { return entry.first.message == id; });
  }

  void commit() {
    const OutboxChanges changes = outbox_.take_changes();
    for (const MessageId& id : changes.erased) stored_.erase(id);
    for (const MessageId& id : changes.written) {
      const OutboxRow& row = *outbox_.find(id);
      EXPECT_GE(row.progress, progress_[id]) << "progress never goes back";
      progress_[id] = row.progress;
      stored_[id] = encode_outbox_row(row);
    }
  }

  SeededRng rng_;
  Instant now_ = kStart;
  bool calm_ = false;
  Outbox outbox_;
  std::map<MessageId, Bytes> stored_;
  std::map<CopyKey, std::tuple<Bytes, std::uint8_t, SessionId>> envelopes_;
  std::map<CopyKey, Bytes> sent_bytes_;
  std::vector<CopyKey> flying_;
  std::vector<Cell> cells_;
  std::map<ContactId, SessionId> sessions_;
  std::map<MessageId, ContactId> written_;
  std::map<MessageId, Progress> progress_;
  std::map<std::pair<MessageId, std::uint16_t>, std::set<std::uint8_t>> assembled_;
  std::set<MessageId> received_;
  std::set<MessageId> given_up_;
};

// DLV-2.1, DLV-2.3, DLV-3.1, DLV-4.1 together: bounds, identical bytes, progress, nothing lost.
TEST(OutboxRandomTest, NothingWrittenIsLostWhateverRelaysReadersAndRestartsDo) {
  std::size_t written = 0;
  std::size_t given_up = 0;
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    SCOPED_TRACE(seed);
    World world(seed);
    for (int i = 0; i < 600; ++i) world.step();
    world.settle();
    EXPECT_TRUE(world.all_received());
    EXPECT_GE(world.received() + world.given_up(), world.written());
    written += world.written();
    given_up += world.given_up();
    if (HasFailure()) return;
  }
  EXPECT_GT(written, 1'000U);
  EXPECT_LT(given_up, written / 50) << "being given up is the exception, not the way out";
}

}  // namespace
}  // namespace tocsin
