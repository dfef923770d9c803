#include "crypto/db/database.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "tests/support/temporary_folder.h"

namespace tocsin {
namespace {

constexpr Sql kFirst[] = {"CREATE TABLE note(body BLOB NOT NULL) STRICT"};
constexpr Sql kSecond[] = {"CREATE TABLE note(body BLOB NOT NULL) STRICT",
                           "ALTER TABLE note ADD COLUMN day INTEGER; CREATE INDEX d ON note(day)"};
constexpr Sql kBroken[] = {"CREATE TABLE note(body BLOB NOT NULL) STRICT",
                           "CREATE TABLE extra(a); INSERT INTO missing VALUES(1)"};
constexpr DatabaseOptions kOptions{.schema = kFirst, .application_id = 42};

class DatabaseTest : public testing::Test {
 protected:
  Database create() { return Database::create(path_, key_, kOptions).value(); }
  Result<Database> open(DatabaseOptions options = kOptions) {
    return Database::open(path_, key_, options);
  }
  static void add(Database& db, BytesView body) {
    ASSERT_TRUE(db.run("INSERT INTO note(body) VALUES(?1)", body).has_value());
  }
  static std::int64_t count(Database& db) {
    auto query = db.statement("SELECT count(*) FROM note").value();
    return query.next().value() ? query.integer(0) : -1;
  }
  static std::int64_t setting(Database& db, Sql pragma) {
    auto query = db.statement(pragma).value();
    return query.next().value() ? query.integer(0) : -1;
  }
  static std::string text_setting(Database& db, Sql pragma) {
    auto query = db.statement(pragma).value();
    return query.next().value() ? std::string(query.text(0)) : "no row";
  }
  std::uintmax_t wal_size() const {
    std::error_code error;
    const auto size = std::filesystem::file_size(folder_.file("test.db-wal"), error);
    return error ? 0 : size;
  }
  static Bytes content_of(const Path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  static bool contains(const Bytes& bytes, std::string_view part) {
    return as_text(bytes).find(part) != std::string_view::npos;
  }
  void damage(std::streamoff offset) {
    std::fstream file(path_, std::ios::binary | std::ios::in | std::ios::out);
    file.seekg(offset);
    const int byte = file.get();
    file.seekp(offset);
    file.put(static_cast<char>(byte ^ 1));
  }

  TemporaryFolder folder_;
  Path path_ = folder_.file("test.db");
  SeededRng rng_{1};
  DatabaseKey key_ = DatabaseKey::random(rng_);
};

TEST_F(DatabaseTest, RowsSurviveClosingAndOpening) {
  {
    Database db = create();
    add(db, as_bytes("hello"));
    ASSERT_TRUE(std::move(db).close().has_value());
  }
  Database db = open().value();
  EXPECT_EQ(count(db), 1);
  EXPECT_TRUE(db.check_integrity().has_value());
}

// VLT-7.1: every setting that protects what is stored is on.
TEST_F(DatabaseTest, TheSettingsAreMade) {
  Database db = create();
  EXPECT_EQ(setting(db, "PRAGMA synchronous"), 2);
  EXPECT_EQ(setting(db, "PRAGMA secure_delete"), 1);
  EXPECT_EQ(setting(db, "PRAGMA temp_store"), 2);
  EXPECT_EQ(setting(db, "PRAGMA foreign_keys"), 1);
  EXPECT_EQ(setting(db, "PRAGMA trusted_schema"), 0);
  EXPECT_EQ(setting(db, "PRAGMA cipher_page_size"), kClientPageBytes);
  EXPECT_EQ(text_setting(db, "PRAGMA journal_mode"), "wal");
  EXPECT_EQ(text_setting(db, "PRAGMA locking_mode"), "exclusive");
  EXPECT_EQ(text_setting(db, "PRAGMA cipher_log_level"), "NONE");
}

TEST_F(DatabaseTest, ThePageSizeIsAnOption) {
  DatabaseOptions options = kOptions;
  options.page_bytes = kRelayPageBytes;
  {
    Database db = Database::create(path_, key_, options).value();
    EXPECT_EQ(setting(db, "PRAGMA page_size"), kRelayPageBytes);
  }
  EXPECT_TRUE(open(options).has_value());
  EXPECT_EQ(open().error().code, kDamaged);  // read with the wrong page size
}

// Once on, it is on for the whole process.
TEST_F(DatabaseTest, MemoryWipingIsAnOption) {
  DatabaseOptions options = kOptions;
  options.wiping = MemoryWiping::kOn;
  Database db = Database::create(path_, key_, options).value();
  EXPECT_EQ(setting(db, "PRAGMA cipher_memory_security"), 1);
}

TEST_F(DatabaseTest, FilesAreForTheirOwnerOnly) {
  Database db = create();
  add(db, as_bytes("x"));
  for (const auto& entry : std::filesystem::directory_iterator(folder_.path())) {
    struct stat status{};
    ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U) << entry.path();
  }
}

TEST_F(DatabaseTest, NothingIsReadableOnDisk) {
  Database db = create();
  add(db, as_bytes("canary-in-a-row"));
  EXPECT_GT(wal_size(), 0U);
  EXPECT_FALSE(contains(content_of(folder_.file("test.db-wal")), "canary"));
  ASSERT_TRUE(std::move(db).close().has_value());
  const Bytes file = content_of(path_);
  EXPECT_GT(file.size(), 0U);
  EXPECT_FALSE(contains(file, "canary"));
  EXPECT_FALSE(contains(file, "SQLite"));
}

TEST_F(DatabaseTest, AnotherKeyOpensNothingAndSaysNothing) {
  {
    create();
  }
  const DatabaseKey other = DatabaseKey::random(rng_);
  testing::internal::CaptureStderr();  // D3
  EXPECT_EQ(Database::open(path_, other, kOptions).error().code, kDamaged);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
  EXPECT_TRUE(open().has_value());
}

// VLT-7.2
TEST_F(DatabaseTest, AnotherKindOfDatabaseIsRefused) {
  {
    create();
  }
  DatabaseOptions options = kOptions;
  options.application_id = 43;
  EXPECT_EQ(open(options).error().code, kDamaged);
}

TEST_F(DatabaseTest, AnEmptyFileIsNotADatabase) {
  std::ofstream(path_).close();
  EXPECT_EQ(open().error().code, kDamaged);
}

TEST_F(DatabaseTest, AMissingFileIsNotCreatedByOpening) {
  EXPECT_EQ(open().error().code, kFileNotFound);
  EXPECT_FALSE(std::filesystem::exists(path_));
}

TEST_F(DatabaseTest, CreatingOverAFileIsRefused) {
  {
    create();
  }
  EXPECT_EQ(Database::create(path_, key_, kOptions).error().code, kFileExists);
  EXPECT_TRUE(open().has_value());
}

TEST_F(DatabaseTest, RemainsOfAnInterruptedCreationAreReplaced) {
  std::ofstream(folder_.file("test.db.building")) << "half a file";
  Database db = create();
  EXPECT_EQ(count(db), 0);
  EXPECT_FALSE(std::filesystem::exists(folder_.file("test.db.building")));
}

TEST_F(DatabaseTest, ASecondOwnerIsTold) {
  Database db = create();
  EXPECT_EQ(open().error().code, kLocked);
  DatabaseOptions unguarded = kOptions;
  unguarded.locking = Locking::kByCaller;
  EXPECT_EQ(open(unguarded).error().code, kLocked);  // SQLite's own lock holds as well
}

TEST_F(DatabaseTest, MigrationsRunOnceAndOnlyForward) {
  {
    Database db = create();
    add(db, as_bytes("old"));
  }
  DatabaseOptions newer = kOptions;
  newer.schema = kSecond;
  {
    Database db = open(newer).value();
    EXPECT_EQ(setting(db, "PRAGMA user_version"), 2);
    EXPECT_TRUE(db.run("UPDATE note SET day = 3").has_value());
  }
  EXPECT_TRUE(open(newer).has_value());
  EXPECT_EQ(open().error().code, kTooNew);
}

TEST_F(DatabaseTest, AFailedMigrationChangesNothing) {
  {
    create();
  }
  DatabaseOptions broken = kOptions;
  broken.schema = kBroken;
  EXPECT_EQ(open(broken).error().code, kDatabaseFault);
  Database db = open().value();
  EXPECT_EQ(setting(db, "PRAGMA user_version"), 1);
  EXPECT_FALSE(db.statement("SELECT * FROM extra").has_value());
}

TEST_F(DatabaseTest, ATransactionIsAllOrNothing) {
  Database db = create();
  {
    Transaction abandoned = db.begin().value();
    add(db, as_bytes("x"));
  }
  EXPECT_EQ(count(db), 0);
  {
    Transaction kept = db.begin().value();
    add(db, as_bytes("x"));
    EXPECT_FALSE(db.begin().has_value());  // no transaction inside another
    ASSERT_TRUE(std::move(kept).commit().has_value());
  }
  EXPECT_EQ(count(db), 1);
}

TEST_F(DatabaseTest, AFullDiskLosesNothingThatWasCommitted) {
  Database db = create();
  add(db, as_bytes("kept"));
  ASSERT_GT(setting(db, "PRAGMA max_page_count = 8"), 0);
  const Bytes big(20000, 7);
  {
    Transaction transaction = db.begin().value();
    Status status;
    for (int i = 0; i < 10 && status.has_value(); ++i)
      status = db.run("INSERT INTO note(body) VALUES(?1)", big);
    ASSERT_FALSE(status.has_value());
    EXPECT_EQ(status.error().code, kDiskFull);
  }
  EXPECT_EQ(count(db), 1);
  EXPECT_TRUE(db.check_integrity().has_value());
}

TEST_F(DatabaseTest, WhatWasCommittedSurvivesADeathOfTheProcess) {
  {
    create();
  }
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    Database db = Database::open(path_, key_, kOptions).value();
    (void)db.run("INSERT INTO note(body) VALUES(x'01')");
    auto transaction = db.begin();
    (void)db.run("INSERT INTO note(body) VALUES(x'02')");
    ::_exit(transaction.has_value() ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  EXPECT_GT(wal_size(), 0U);
  Database db = open().value();
  EXPECT_EQ(count(db), 1);
  EXPECT_EQ(wal_size(), 0U);  // VLT-7.3: opening leaves nothing in the log
}

// VLT-7.3, trap D1.
TEST_F(DatabaseTest, TheLogIsTruncatedASecondAfterACommit) {
  Database db = create();
  EXPECT_EQ(db.next_maintenance(), std::nullopt);
  add(db, as_bytes("x"));
  ASSERT_TRUE(db.maintain(Instant{5000}).has_value());
  EXPECT_GT(wal_size(), 0U);
  EXPECT_EQ(db.next_maintenance(), Instant{6000});
  add(db, as_bytes("y"));
  ASSERT_TRUE(db.maintain(Instant{5999}).has_value());
  EXPECT_GT(wal_size(), 0U);
  ASSERT_TRUE(db.maintain(Instant{6000}).has_value());
  EXPECT_EQ(wal_size(), 0U);
  EXPECT_EQ(db.next_maintenance(), std::nullopt);
}

TEST_F(DatabaseTest, AClockSetBackDoesNotKeepTheLog) {
  Database db = create();
  add(db, as_bytes("x"));
  ASSERT_TRUE(db.maintain(Instant{1'000'000}).has_value());
  ASSERT_TRUE(db.maintain(Instant{5000}).has_value());
  ASSERT_TRUE(db.maintain(Instant{6000}).has_value());
  EXPECT_EQ(wal_size(), 0U);
}

TEST_F(DatabaseTest, ALongLogIsTruncatedAtOnce) {
  Database db = create();
  const Bytes megabyte(1 << 20, 9);
  for (int i = 0; i < 5; ++i) add(db, megabyte);
  EXPECT_GT(wal_size(), static_cast<std::uintmax_t>(kWalTruncateBytes));
  ASSERT_TRUE(db.maintain(Instant{0}).has_value());
  EXPECT_EQ(wal_size(), 0U);
}

TEST_F(DatabaseTest, HowLongTheLogMayBecomeIsItsOwnersChoice) {
  DatabaseOptions options = kOptions;
  options.wal_truncate_bytes = 2 * kWalTruncateBytes;
  Database db = Database::create(path_, key_, options).value();
  const Bytes megabyte(1 << 20, 9);
  for (int i = 0; i < 5; ++i) add(db, megabyte);
  ASSERT_TRUE(db.maintain(Instant{0}).has_value());
  EXPECT_GT(wal_size(), static_cast<std::uintmax_t>(kWalTruncateBytes));
  for (int i = 0; i < 5; ++i) add(db, megabyte);
  ASSERT_TRUE(db.maintain(Instant{0}).has_value());
  EXPECT_EQ(wal_size(), 0U);
}

TEST_F(DatabaseTest, ClosingRemovesTheLog) {
  Database db = create();
  add(db, as_bytes("x"));
  ASSERT_TRUE(std::move(db).close().has_value());
  EXPECT_FALSE(std::filesystem::exists(folder_.file("test.db-wal")));
}

// VLT-7.4
TEST_F(DatabaseTest, ADamagedPageIsFound) {
  {
    Database db = create();
    for (int i = 0; i < 40; ++i) add(db, Bytes(1000, 5));
    ASSERT_TRUE(std::move(db).close().has_value());
  }
  damage(5 * kClientPageBytes + 100);
  testing::internal::CaptureStderr();
  Database db = open().value();
  EXPECT_EQ(db.check_integrity().error().code, kDamaged);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST_F(DatabaseTest, ADamagedFirstPageDoesNotOpen) {
  {
    create();
  }
  damage(200);
  EXPECT_EQ(open().error().code, kDamaged);
}

TEST_F(DatabaseTest, ACopyHoldsEverythingUnderItsOwnKey) {
  Database db = create();
  for (int i = 0; i < 10; ++i) add(db, Bytes(5000, 5));
  const DatabaseKey other = DatabaseKey::random(rng_);
  const Path copy = folder_.file("copy.db");
  ASSERT_TRUE(db.copy_to(copy, other).has_value());
  EXPECT_EQ(count(db), 10);
  EXPECT_EQ(db.copy_to(copy, other).error().code, kFileExists);
  EXPECT_EQ(Database::open(copy, key_, kOptions).error().code, kDamaged);
  Database copied = Database::open(copy, other, kOptions).value();
  EXPECT_EQ(count(copied), 10);
  EXPECT_EQ(setting(copied, "PRAGMA user_version"), 1);
  EXPECT_TRUE(copied.check_integrity().has_value());
}

TEST_F(DatabaseTest, ADatabaseInMemoryLeavesNoFile) {
  Database db = Database::create_in_memory(kOptions).value();
  add(db, as_bytes("x"));
  EXPECT_EQ(count(db), 1);
  EXPECT_TRUE(db.maintain(Instant{0}).has_value());
  EXPECT_TRUE(db.check_integrity().has_value());
  EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

}  // namespace
}  // namespace tocsin
