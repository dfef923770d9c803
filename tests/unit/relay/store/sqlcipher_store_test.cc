#include "relay/store/sqlcipher_store.h"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <fstream>

#include "relay/codes.h"
#include "relay/store/sqlcipher_schema.h"
#include "tests/support/store_rows.h"
#include "tests/support/temporary_folder.h"

namespace tocsin {
namespace {

class SqlcipherStoreTest : public testing::Test {
 protected:
  std::unique_ptr<SqlcipherStore> create() { return SqlcipherStore::create(paths_, key_).value(); }
  Result<std::unique_ptr<SqlcipherStore>> open() { return SqlcipherStore::open(paths_, key_); }
  std::uintmax_t wal_bytes() const {
    std::error_code missing;
    const auto size = std::filesystem::file_size(folder_.file("store.db-wal"), missing);
    return missing ? 0 : size;
  }

  TemporaryFolder folder_;
  StorePaths paths_{folder_.file("store.db"), folder_.file("boot_epoch")};
  SeededRng rng_{1};
  DatabaseKey key_ = DatabaseKey::random(rng_);
};

// STO-2.1
TEST_F(SqlcipherStoreTest, TheBootEpochRisesWithEveryRunAndItsCopyFollows) {
  ASSERT_EQ(create()->begin_run().value(), BootEpoch{1});
  EXPECT_EQ(read_boot_epoch(paths_.boot_epoch).value(), BootEpoch{1});
  ASSERT_EQ(open().value()->begin_run().value(), BootEpoch{2});
  EXPECT_EQ(read_boot_epoch(paths_.boot_epoch).value(), BootEpoch{2});
  EXPECT_EQ(std::filesystem::file_size(paths_.boot_epoch), 8U);
}

// STO-2.2
TEST_F(SqlcipherStoreTest, AStoreBroughtBackFromACopyIsRefused) {
  ASSERT_TRUE(create()->begin_run().has_value());
  const Path copy = folder_.file("copy.db");
  std::filesystem::copy_file(paths_.database, copy);
  ASSERT_TRUE(open().value()->begin_run().has_value());
  std::filesystem::copy_file(copy, paths_.database,
                             std::filesystem::copy_options::overwrite_existing);
  const auto opened = open();
  ASSERT_FALSE(opened.has_value());
  EXPECT_EQ(opened.error().code, kStaleStore);
}

// STO-2.3: the store is ahead of its copy by the run that died.
TEST_F(SqlcipherStoreTest, ACrashBetweenStoreAndCopyOpensAgain) {
  ASSERT_TRUE(create()->begin_run().has_value());
  std::filesystem::copy_file(paths_.boot_epoch, folder_.file("before"));
  ASSERT_TRUE(open().value()->begin_run().has_value());
  std::filesystem::rename(folder_.file("before"), paths_.boot_epoch);
  EXPECT_EQ(open().value()->begin_run().value(), BootEpoch{3});
}

TEST_F(SqlcipherStoreTest, AnEpochCopyThatIsNoEpochIsRefused) {
  ASSERT_TRUE(create()->begin_run().has_value());
  for (const std::size_t size : {0U, 7U, 9U}) {
    std::ofstream(paths_.boot_epoch, std::ios::trunc) << std::string(size, '\1');
    EXPECT_FALSE(open().has_value()) << size;
  }
  std::ofstream(paths_.boot_epoch, std::ios::trunc) << std::string(8, '\xff');
  EXPECT_EQ(open().error().code, kMalformed);
  std::filesystem::remove(paths_.boot_epoch);
  ASSERT_TRUE(open().has_value());  // epoch 1: the first run may have died before its copy
}

TEST_F(SqlcipherStoreTest, AMissingCopyOfALaterRunIsRefused) {
  ASSERT_TRUE(create()->begin_run().has_value());
  ASSERT_TRUE(open().value()->begin_run().has_value());
  std::filesystem::remove(paths_.boot_epoch);
  EXPECT_EQ(open().error().code, kFileNotFound);
}

// STO-1.1
TEST_F(SqlcipherStoreTest, TheFileIsARelaysDatabaseOfPagesThatHoldTwoCells) {
  create();
  const Sql another[] = {"CREATE TABLE other(a)"};
  const auto with = [&](std::int32_t application, int page_bytes) {
    const DatabaseOptions options{
        .schema = kStoreSchema, .application_id = application, .page_bytes = page_bytes};
    return Database::open(paths_.database, key_, options);
  };
  EXPECT_EQ(with(kStoreApplicationId + 1, kRelayPageBytes).error().code, kDamaged);
  EXPECT_EQ(with(kStoreApplicationId, kClientPageBytes).error().code, kDamaged);
  EXPECT_TRUE(with(kStoreApplicationId, kRelayPageBytes).has_value());
  const DatabaseOptions older{.schema = std::span(another).first(0),
                              .application_id = kStoreApplicationId,
                              .page_bytes = kRelayPageBytes};
  EXPECT_EQ(Database::open(paths_.database, key_, older).error().code, kTooNew);
}

// STO-1.2: within a batch, nobody who takes the store learns in which order two mailboxes got mail.
TEST_F(SqlcipherStoreTest, CellsOfOneBatchLieByMailboxAndNotByArrival) {
  {
    const auto store = create();
    ASSERT_TRUE(store->begin().has_value());
    const MailboxNumber first = store->insert_mailbox(mailbox_row(1)).value();
    const MailboxNumber second = store->insert_mailbox(mailbox_row(2)).value();
    for (const auto& [mailbox, sequence] :
         {std::pair{second, 1U}, {first, 1U}, {second, 2U}, {first, 2U}})
      ASSERT_TRUE(store->append_cell(mailbox, cell_row(sequence)).has_value());
    ASSERT_TRUE(store->commit().has_value());
  }
  const DatabaseOptions options{
      .schema = kStoreSchema, .application_id = kStoreApplicationId, .page_bytes = kRelayPageBytes};
  auto database = Database::open(paths_.database, key_, options).value();
  auto query = database.statement("SELECT mailbox FROM cell ORDER BY place").value();
  std::vector<std::int64_t> mailboxes;
  while (query.next().value()) mailboxes.push_back(query.integer(0));
  EXPECT_EQ(mailboxes, (std::vector<std::int64_t>{1, 1, 2, 2}));
}

// STO-4.1: what is acknowledged before its batch ends is not written and does not fill the batch.
TEST_F(SqlcipherStoreTest, OnlyCellsStillWantedAreToBeWritten) {
  const auto store = create();
  ASSERT_TRUE(store->begin().has_value());
  const MailboxNumber mailbox = store->insert_mailbox(mailbox_row(1)).value();
  for (const std::uint32_t sequence : {1U, 2U, 3U})
    ASSERT_TRUE(store->append_cell(mailbox, cell_row(sequence)).has_value());
  EXPECT_EQ(store->cells_to_write(), 3U);
  ASSERT_EQ(store->erase_cells(mailbox, {2}).value(), 2U);
  EXPECT_EQ(store->cells_to_write(), 1U);
  ASSERT_TRUE(store->commit().has_value());
  EXPECT_EQ(store->cells_to_write(), 0U);
  ASSERT_TRUE(store->begin().has_value());
  ASSERT_EQ(store->erase_cells(mailbox, {3}).value(), 1U);  // of an earlier batch
  EXPECT_EQ(store->cells_to_write(), 0U);
  ASSERT_TRUE(store->append_cell(mailbox, cell_row(4)).has_value());
  store->rollback();
  EXPECT_EQ(store->cells_to_write(), 0U);
}

TEST_F(SqlcipherStoreTest, AnotherKeyOpensNothing) {
  create();
  EXPECT_EQ(SqlcipherStore::open(paths_, DatabaseKey::random(rng_)).error().code, kDamaged);
}

TEST_F(SqlcipherStoreTest, AStoreIsOpenedByOneProcessAtATime) {
  const auto store = create();
  EXPECT_EQ(open().error().code, kLocked);
}

// STO-1.3, trap D1: one second after the last deletion nothing of it is in the log.
TEST_F(SqlcipherStoreTest, TheLogIsEmptyOneSecondAfterADeletion) {
  const auto store = create();
  ASSERT_TRUE(store->begin().has_value());
  const MailboxNumber mailbox = store->insert_mailbox(mailbox_row(1)).value();
  ASSERT_TRUE(store->append_cell(mailbox, cell_row(1)).has_value());
  ASSERT_TRUE(store->commit().has_value());
  ASSERT_TRUE(store->begin().has_value());
  ASSERT_EQ(store->erase_cells(mailbox, {1}).value(), 1U);
  ASSERT_TRUE(store->commit().has_value());
  ASSERT_TRUE(store->maintain({10'000}).has_value());
  EXPECT_GT(wal_bytes(), 0U);
  ASSERT_TRUE(store->maintain({11'001}).has_value());
  EXPECT_EQ(wal_bytes(), 0U);
}

// Nothing accepted is lost by kill -9: every batch whose commit returned is there afterwards.
TEST_F(SqlcipherStoreTest, EveryCommittedBatchSurvivesAKill) {
  constexpr std::uint64_t kBatch = 16;
  create();
  std::uint64_t expected = 0;
  for (int round = 0; round < 5; ++round) {
    std::array<int, 2> pipe{};
    ASSERT_EQ(::pipe(pipe.data()), 0);
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      const auto store = open().value();
      std::uint64_t next = store->counts().cells + 1;
      for (;;) {
        if (!store->begin().has_value()) ::_exit(1);
        if (next == 1) store->insert_mailbox(mailbox_row(1)).value();
        for (std::uint64_t i = 0; i < kBatch; ++i, ++next)
          if (!store->append_cell({1}, cell_row(next)).has_value()) ::_exit(1);
        if (!store->commit().has_value()) ::_exit(1);
        const std::uint64_t committed = next - 1;
        if (::write(pipe[1], &committed, sizeof committed) != sizeof committed) ::_exit(1);
      }
    }
    ::close(pipe[1]);
    std::uint64_t committed = 0;
    for (int reports = 0; reports < 10 + round; ++reports)
      ASSERT_EQ(::read(pipe[0], &committed, sizeof committed),
                static_cast<ssize_t>(sizeof committed));
    ASSERT_EQ(::kill(child, SIGKILL), 0);
    ASSERT_EQ(::waitpid(child, nullptr, 0), child);
    while (::read(pipe[0], &committed, sizeof committed) == static_cast<ssize_t>(sizeof committed))
      expected = committed;
    expected = std::max(expected, committed);
    ::close(pipe[0]);

    const auto store = open().value();
    ASSERT_TRUE(store->check().has_value());
    const std::uint64_t stored = store->counts().cells;
    EXPECT_GE(stored, expected);
    EXPECT_EQ(stored % kBatch, 0U) << "half a batch";
    const auto cells = store->read_cells({1}, {0}, stored).value();
    ASSERT_EQ(cells.size(), stored);
    for (std::uint64_t i = 0; i < stored; ++i) ASSERT_EQ(cells[i], cell_row(i + 1));
  }
}

}  // namespace
}  // namespace tocsin
