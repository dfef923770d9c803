#include "crypto/db/statement.h"

#include <gtest/gtest.h>

#include <type_traits>

#include "crypto/db/database.h"

namespace tocsin {
namespace {

static_assert(!std::is_constructible_v<Sql, std::string>);
static_assert(!std::is_constructible_v<Sql, std::string_view>);
static_assert(!std::is_constructible_v<Sql, const char*>);
static_assert(!std::is_copy_constructible_v<Statement> && !std::is_copy_assignable_v<Statement>);

constexpr Sql kSchema[] = {
    "CREATE TABLE note(id INTEGER PRIMARY KEY, body BLOB, title TEXT, owner BLOB UNIQUE) STRICT"};

class StatementTest : public testing::Test {
 protected:
  Database db_ = Database::create_in_memory({.schema = kSchema, .application_id = 1}).value();
};

TEST_F(StatementTest, WhatIsBoundIsRead) {
  SeededRng rng(1);
  const auto owner = rng.draw<MessageId>();
  const Bytes body{1, 0, 2};
  ASSERT_TRUE(db_.run("INSERT INTO note VALUES(?1, ?2, ?3, ?4)", std::uint32_t{7}, body,
                      std::string_view("a\0b", 3), owner)
                  .has_value());
  EXPECT_EQ(db_.changes(), 1);
  EXPECT_EQ(db_.last_row_id(), 7);
  auto find = db_.statement("SELECT id, body, title, owner FROM note").value();
  ASSERT_TRUE(find.next().value());
  EXPECT_EQ(find.integer(0), 7);
  EXPECT_EQ(to_bytes(find.bytes(1)), body);
  EXPECT_EQ(find.text(2), std::string_view("a\0b", 3));
  EXPECT_EQ(find.fixed<MessageId>(3).value(), owner);
  EXPECT_EQ(find.fixed<CardId>(3).error().code, kDamaged);
  EXPECT_FALSE(find.next().value());
}

TEST_F(StatementTest, EmptyIsNotNull) {
  ASSERT_TRUE(
      db_.run("INSERT INTO note VALUES(1, ?1, ?2, ?3)", BytesView(), "", std::optional<Bytes>())
          .has_value());
  auto find = db_.statement("SELECT body, title, owner FROM note").value();
  ASSERT_TRUE(find.next().value());
  EXPECT_FALSE(find.is_null(0));
  EXPECT_TRUE(find.bytes(0).empty());
  EXPECT_FALSE(find.is_null(1));
  EXPECT_TRUE(find.is_null(2));
}

TEST_F(StatementTest, AFinishedStatementDoesNotRunAgainUntilBoundAgain) {
  auto insert = db_.statement("INSERT INTO note(title) VALUES(?1)").value();
  ASSERT_TRUE(insert.bind("x").run().has_value());
  ASSERT_FALSE(insert.next().value());
  ASSERT_TRUE(insert.bind("y").run().has_value());
  auto count = db_.statement("SELECT count(*) FROM note").value();
  ASSERT_TRUE(count.next().value());
  EXPECT_EQ(count.integer(0), 2);
}

TEST_F(StatementTest, AValueTooFewOrTooManyIsAFaultAndRunsNothing) {
  EXPECT_FALSE(db_.run("INSERT INTO note(title, owner) VALUES(?1, ?2)", "x").has_value());
  EXPECT_FALSE(db_.run("INSERT INTO note(title) VALUES(?1)", "x", "y").has_value());
  EXPECT_FALSE(db_.run("INSERT INTO note(title) VALUES(?1)").has_value());
  auto count = db_.statement("SELECT count(*) FROM note").value();
  ASSERT_TRUE(count.next().value());
  EXPECT_EQ(count.integer(0), 0);
}

TEST_F(StatementTest, TheSameSqlMayRunInsideItself) {
  for (int i = 0; i < 3; ++i)
    ASSERT_TRUE(db_.run("INSERT INTO note(title) VALUES('t')").has_value());
  int pairs = 0;
  auto outer = db_.statement("SELECT id FROM note").value();
  while (outer.next().value()) {
    auto inner = db_.statement("SELECT id FROM note").value();
    while (inner.next().value()) ++pairs;
  }
  EXPECT_EQ(pairs, 9);
}

TEST_F(StatementTest, BadValuesAndBadSqlAreErrorsNotRows) {
  EXPECT_EQ(db_.run("INSERT INTO note(id) VALUES(?1)", "text").error().code, kConstraint);
  EXPECT_EQ(db_.run("INSERT INTO note(id) VALUES(?1)", ~std::uint64_t{0}).error().code, kTooLarge);
  EXPECT_EQ(db_.run("INSERT INTO note(id) VALUES(?1)", 1, 2).error().code, kLibraryFault);
  EXPECT_EQ(db_.run("INSERT INTO nothing VALUES(1)").error().code, kDatabaseFault);
  EXPECT_EQ(db_.run("DELETE FROM note; DELETE FROM note").error().code, kDatabaseFault);
  EXPECT_EQ(db_.run("").error().code, kDatabaseFault);
  EXPECT_EQ(db_.run("INSERT INTO note(body) VALUES(zeroblob(?1))", kMaxRowBytes + 1).error().code,
            kTooLarge);
  ASSERT_TRUE(db_.run("INSERT INTO note(owner) VALUES(x'01')").has_value());
  EXPECT_EQ(db_.run("INSERT INTO note(owner) VALUES(x'01')").error().code, kConstraint);
}

TEST_F(StatementTest, AStatementThatOutlivesItsDatabaseAborts) {
  EXPECT_DEATH(
      {
        auto count = db_.statement("SELECT count(*) FROM note");
        (void)std::move(db_).close();
      },
      "");
}

}  // namespace
}  // namespace tocsin
