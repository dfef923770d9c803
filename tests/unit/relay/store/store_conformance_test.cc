// One suite over every implementation of the store port.
#include <gtest/gtest.h>

#include <memory>

#include "relay/store/memory_store.h"
#include "relay/store/sqlcipher_store.h"
#include "tests/support/store_rows.h"
#include "tests/support/temporary_folder.h"

namespace tocsin {
namespace {

class InMemory {
 public:
  Store& store() { return store_; }

 private:
  MemoryStore store_;
};

class InSqlcipher {
 public:
  InSqlcipher()
      : store_(SqlcipherStore::create({folder_.file("store.db"), folder_.file("epoch")},
                                      DatabaseKey::random(rng_))
                   .value()) {}
  Store& store() { return *store_; }

 private:
  TemporaryFolder folder_;
  SeededRng rng_{1};
  std::unique_ptr<SqlcipherStore> store_;
};

template <class Place>
class StoreTest : public testing::Test {
 protected:
  Store& store() { return place_.store(); }
  MailboxNumber insert(std::uint8_t seed, Month last_month = {1'000}) {
    return store().insert_mailbox(mailbox_row(seed, last_month)).value();
  }
  void append(MailboxNumber mailbox, std::uint64_t sequence, Day last_day = {20'000}) {
    ASSERT_TRUE(store().append_cell(mailbox, cell_row(sequence, last_day)).has_value());
  }
  std::vector<std::uint64_t> sequences(MailboxNumber mailbox, std::uint64_t after = 0,
                                       std::size_t limit = 100) {
    std::vector<std::uint64_t> found;
    const auto cells = store().read_cells(mailbox, {after}, limit);
    for (const CellRow& cell : cells.value()) {
      EXPECT_EQ(cell, cell_row(cell.sequence.value, cell.last_day));
      found.push_back(cell.sequence.value);
    }
    return found;
  }
  void begin() { ASSERT_TRUE(store().begin().has_value()); }
  void commit() { ASSERT_TRUE(store().commit().has_value()); }
  Expired sweep(Day today) {
    Expired all;
    for (int step = 0; step < 1'000; ++step) {
      Expired some = store().expire(today, 3).value();
      all.lost_cells.insert(all.lost_cells.end(), some.lost_cells.begin(), some.lost_cells.end());
      all.erased.insert(all.erased.end(), some.erased.begin(), some.erased.end());
      if (some.progress == Expired::Progress::kDone) return all;
    }
    ADD_FAILURE() << "the sweep does not end";
    return all;
  }

  Place place_;
};

using Places = testing::Types<InMemory, InSqlcipher>;
TYPED_TEST_SUITE(StoreTest, Places);

TYPED_TEST(StoreTest, ANewStoreIsEmptyAndItsFirstRunIsOne) {
  EXPECT_EQ(this->store().counts(), StoreCounts{});
  EXPECT_EQ(this->store().begin_run().value(), BootEpoch{1});
  EXPECT_EQ(this->store().begin_run().value(), BootEpoch{2});
}

// MBX-1.1: a row comes back as it went in.
TYPED_TEST(StoreTest, AMailboxIsFoundByItsReadHashAndItsDropHashAlone) {
  this->begin();
  const MailboxNumber number = this->insert(1);
  this->insert(2);
  this->commit();
  MailboxRow expected = mailbox_row(1);
  expected.number = number;
  EXPECT_EQ(this->store().mailbox_by_read(expected.read).value(), expected);
  EXPECT_EQ(this->store().mailbox_by_drop(expected.drop).value(), expected);
  EXPECT_FALSE(this->store().mailbox_by_read(expected.drop).value().has_value());
  EXPECT_FALSE(this->store().mailbox_by_drop(expected.read).value().has_value());
  EXPECT_EQ(this->store().counts().mailboxes, 2U);
}

TYPED_TEST(StoreTest, ARotatedMailboxIsFoundByBothDropHashesUntilTheOldOneIsGone) {
  this->begin();
  MailboxRow row = mailbox_row(1);
  row.number = this->insert(1);
  row.old_drop = OldDrop{.drop = row.drop, .dies = {7}, .first_on_new = {(1ULL << 32) + 5}};
  row.drop = filled<LookupHash>(9);
  ASSERT_TRUE(this->store().update_mailbox(row).has_value());
  this->commit();
  EXPECT_EQ(this->store().mailbox_by_drop(row.drop).value(), row);
  EXPECT_EQ(this->store().mailbox_by_drop(row.old_drop->drop).value(), row);
  const LookupHash old = row.old_drop->drop;
  row.old_drop.reset();
  this->begin();
  ASSERT_TRUE(this->store().update_mailbox(row).has_value());
  this->commit();
  EXPECT_FALSE(this->store().mailbox_by_drop(old).value().has_value());
  EXPECT_EQ(this->store().mailbox_by_read(row.read).value(), row);
}

TYPED_TEST(StoreTest, CellsComeBackOldestFirstAfterASequenceAndUpToALimit) {
  this->begin();
  const MailboxNumber mailbox = this->insert(1), other = this->insert(2);
  for (const std::uint64_t sequence : {1U, 2U, 3U}) this->append(mailbox, sequence);
  this->append(other, 7);
  this->commit();
  this->begin();
  this->append(mailbox, 4);
  using Sequences = std::vector<std::uint64_t>;
  EXPECT_EQ(this->sequences(mailbox), (Sequences{1, 2, 3, 4}));
  EXPECT_EQ(this->sequences(mailbox, 2), (Sequences{3, 4}));
  EXPECT_EQ(this->sequences(mailbox, 1, 2), (Sequences{2, 3}));
  EXPECT_EQ(this->sequences(mailbox, 4), Sequences{});
  EXPECT_EQ(this->store().count_cells(mailbox).value(), (CellCount{4, {4}}));
  this->commit();
  EXPECT_EQ(this->sequences(mailbox), (Sequences{1, 2, 3, 4}));
  EXPECT_EQ(this->store().counts().cells, 5U);
}

TYPED_TEST(StoreTest, ErasingGoesUpToAndIncludingTheSequenceInOneMailboxOnly) {
  this->begin();
  const MailboxNumber mailbox = this->insert(1), other = this->insert(2);
  this->append(mailbox, 1);
  this->append(mailbox, 2);
  this->append(other, 1);
  this->commit();
  this->begin();
  this->append(mailbox, 3);
  this->append(mailbox, 4);
  // Two that were committed and one of the open batch.
  EXPECT_EQ(this->store().erase_cells(mailbox, {3}).value(), 3U);
  EXPECT_EQ(this->store().erase_cells(mailbox, {3}).value(), 0U);
  this->commit();
  EXPECT_EQ(this->sequences(mailbox), std::vector<std::uint64_t>{4});
  EXPECT_EQ(this->sequences(other), std::vector<std::uint64_t>{1});
  EXPECT_EQ(this->store().count_cells(mailbox).value(), (CellCount{1, {4}}));
  EXPECT_EQ(this->store().counts().cells, 2U);
}

TYPED_TEST(StoreTest, SequencesOfALaterRunKeepTheirOrder) {
  this->begin();
  const MailboxNumber mailbox = this->insert(1);
  const std::uint64_t early = (1ULL << 32) + 9, late = (0x7fff'ffffULL << 32) + 1;
  this->append(mailbox, early);
  this->append(mailbox, late);
  this->commit();
  EXPECT_EQ(this->sequences(mailbox), (std::vector<std::uint64_t>{early, late}));
  EXPECT_EQ(this->store().count_cells(mailbox).value(), (CellCount{2, {late}}));
}

TYPED_TEST(StoreTest, AnErasedMailboxTakesItsCellsWithIt) {
  this->begin();
  const MailboxNumber mailbox = this->insert(1);
  this->append(mailbox, 1);
  this->commit();
  this->begin();
  this->append(mailbox, 2);
  ASSERT_TRUE(this->store().erase_mailbox(mailbox).has_value());
  this->commit();
  EXPECT_EQ(this->store().counts(), StoreCounts{});
  EXPECT_FALSE(this->store().mailbox_by_read(mailbox_row(1).read).value().has_value());
  EXPECT_EQ(this->store().count_cells(mailbox).value(), CellCount{});
}

TYPED_TEST(StoreTest, NothingOfARolledBackBatchHappened) {
  this->begin();
  const MailboxNumber kept = this->insert(1), erased = this->insert(2);
  this->append(kept, 1);
  this->append(erased, 1);
  ASSERT_TRUE(this->store().put_board(board_row(5, 1)).has_value());
  ASSERT_TRUE(this->store().put_board(board_row(6, 1)).has_value());
  this->commit();
  const StoreCounts before = this->store().counts();

  this->begin();
  MailboxRow changed = mailbox_row(1);
  changed.number = kept;
  changed.drop = filled<LookupHash>(77);
  ASSERT_TRUE(this->store().update_mailbox(changed).has_value());
  this->insert(3);
  this->append(kept, 2);
  EXPECT_EQ(this->store().erase_cells(kept, {1}).value(), 1U);
  ASSERT_TRUE(this->store().erase_mailbox(erased).has_value());
  ASSERT_TRUE(this->store().put_board(board_row(5, 2)).has_value());
  ASSERT_TRUE(this->store().erase_board(filled<BoardId>(6)).has_value());
  ASSERT_TRUE(this->store().put_board(board_row(7, 1)).has_value());
  this->store().rollback();

  EXPECT_EQ(this->store().counts(), before);
  EXPECT_EQ(this->store().mailbox_by_drop(mailbox_row(1).drop).value()->number, kept);
  EXPECT_FALSE(this->store().mailbox_by_drop(changed.drop).value().has_value());
  EXPECT_FALSE(this->store().mailbox_by_read(mailbox_row(3).read).value().has_value());
  EXPECT_EQ(this->sequences(kept), std::vector<std::uint64_t>{1});
  EXPECT_EQ(this->sequences(erased), std::vector<std::uint64_t>{1});
  EXPECT_EQ(this->store().board(filled<BoardId>(5)).value(), board_row(5, 1));
  EXPECT_EQ(this->store().board(filled<BoardId>(6)).value(), board_row(6, 1));
  EXPECT_FALSE(this->store().board(filled<BoardId>(7)).value().has_value());
  this->begin();
  this->append(kept, 2);
  this->commit();
  EXPECT_EQ(this->sequences(kept), (std::vector<std::uint64_t>{1, 2}));
}

// BRD-3.1
TYPED_TEST(StoreTest, ABoardIsReplacedByItsNextVersionWhateverItsNumber) {
  this->begin();
  ASSERT_TRUE(this->store().put_board(board_row(5, 1)).has_value());
  ASSERT_TRUE(this->store().put_board(board_row(5, UINT64_MAX)).has_value());
  this->commit();
  EXPECT_EQ(this->store().board(filled<BoardId>(5)).value(), board_row(5, UINT64_MAX));
  EXPECT_EQ(this->store().counts().boards, 1U);
  this->begin();
  ASSERT_TRUE(this->store().erase_board(filled<BoardId>(5)).has_value());
  ASSERT_TRUE(this->store().erase_board(filled<BoardId>(5)).has_value());
  this->commit();
  EXPECT_EQ(this->store().counts().boards, 0U);
}

// MBX-2.1: 21 days, in whole days: kept up to and including the last day.
TYPED_TEST(StoreTest, CellsPastTheirLastDayAreErasedAndNoOthers) {
  const Day today{20'000};
  this->begin();
  std::vector<MailboxNumber> mailboxes;
  for (std::uint8_t seed = 1; seed <= 10; ++seed) {
    mailboxes.push_back(this->insert(seed));
    this->append(mailboxes.back(), 1, days_before(today, 1));
  }
  for (const MailboxNumber mailbox : mailboxes) this->append(mailbox, 2, today);
  this->commit();
  this->begin();
  const Expired expired = this->sweep(today);
  this->commit();
  EXPECT_EQ(expired.lost_cells.size(), mailboxes.size());
  EXPECT_TRUE(expired.erased.empty());
  for (const MailboxNumber mailbox : mailboxes)
    EXPECT_EQ(this->sequences(mailbox), std::vector<std::uint64_t>{2});
  EXPECT_EQ(this->store().counts().cells, mailboxes.size());
}

TYPED_TEST(StoreTest, ACellDatedByAWrongClockDoesNotKeepTheOthersAlive) {
  const Day today{20'000};
  this->begin();
  const MailboxNumber wrong = this->insert(1), right = this->insert(2);
  this->append(wrong, 1, days_after(today, 5'000));
  this->append(right, 1, days_before(today, 1));
  this->commit();
  this->begin();
  this->sweep(today);
  this->commit();
  EXPECT_EQ(this->store().counts().cells, 1U);
  EXPECT_TRUE(this->sequences(right).empty());
}

TYPED_TEST(StoreTest, MailboxesPastTheirLastMonthGoWithAllTheirCells) {
  const Day today{20'000};
  const Month now = month_of(today);
  this->begin();
  std::vector<MailboxNumber> old;
  for (std::uint8_t seed = 1; seed <= 8; ++seed) {
    const MailboxNumber mailbox = this->insert(seed, {now.value - seed % 2});
    this->append(mailbox, 1, today);
    if (seed % 2 == 1) old.push_back(mailbox);
  }
  this->commit();
  this->begin();
  const Expired expired = this->sweep(today);
  this->commit();
  EXPECT_EQ(expired.erased, old);
  EXPECT_EQ(this->store().counts(), (StoreCounts{.mailboxes = 4, .cells = 4, .boards = 0}));
}

TYPED_TEST(StoreTest, BoardsUnwrittenForTooLongAreErased) {
  const Day today{20'000};
  this->begin();
  for (std::uint8_t seed = 1; seed <= 7; ++seed) {
    const std::uint32_t age = seed % 2 == 0 ? kUnwrittenBoardDays : kUnwrittenBoardDays + 1;
    ASSERT_TRUE(this->store().put_board(board_row(seed, 1, days_before(today, age))).has_value());
  }
  this->commit();
  this->begin();
  this->sweep(today);
  this->commit();
  EXPECT_EQ(this->store().counts().boards, 3U);
}

TYPED_TEST(StoreTest, MaintenanceBetweenBatchesLosesNothing) {
  this->begin();
  const MailboxNumber mailbox = this->insert(1);
  for (std::uint64_t sequence = 1; sequence <= 50; ++sequence) this->append(mailbox, sequence);
  this->commit();
  ASSERT_TRUE(this->store().maintain({1'000}).has_value());
  ASSERT_TRUE(this->store().maintain({5'000}).has_value());
  EXPECT_EQ(this->store().count_cells(mailbox).value(), (CellCount{50, {50}}));
}

}  // namespace
}  // namespace tocsin
