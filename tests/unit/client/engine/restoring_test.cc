// What a backup carries, and how a vault out of one begins anew.
#include "client/engine/restoring.h"

#include "client/engine/renewal.h"
#include "client/store/card_rows.h"
#include "client/store/message_rows.h"
#include "client/store/setting.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/client/hostile/two_people.h"

namespace tocsin::testing_support {
namespace {

class RestoringTest : public TwoPeople {
 protected:
  void SetUp() override {
    TwoPeople::SetUp();
    befriend();
    rounds(4);
  }
  Database backup_of(Person& person) {
    const Path path = folder_.file("copy");
    EXPECT_TRUE(fill_backup(person.db(), path, key_).has_value());
    return Database::open(path, key_, vault_database_options()).value();
  }
  static std::int64_t count(Database& db, Sql sql) {
    Statement find = db.statement(sql).value();
    EXPECT_TRUE(find.next().value());
    return find.integer(0);
  }

  TemporaryFolder folder_;
  DatabaseKey key_ = DatabaseKey::random(rng_);
};

// VLT-9.3
TEST_F(RestoringTest, ABackupCarriesNoRatchetNoPrekeyAndNothingThatWasSaid) {
  ASSERT_TRUE(hostile_.say(ContentKind::kText, as_bytes("a canary")).has_value());
  ASSERT_TRUE(victim_.say(ContentKind::kText, as_bytes("another")).has_value());
  rounds(4);
  Database copy = backup_of(victim_);
  for (const Sql none : {Sql("SELECT count(*) FROM session"), Sql("SELECT count(*) FROM card"),
                         Sql("SELECT count(*) FROM replay"), Sql("SELECT count(*) FROM accepted"),
                         Sql("SELECT count(*) FROM incoming"), Sql("SELECT count(*) FROM outgoing"),
                         Sql("SELECT count(*) FROM copy"), Sql("SELECT count(*) FROM sent"),
                         Sql("SELECT count(*) FROM alert"), Sql("SELECT count(*) FROM draft"),
                         Sql("SELECT count(*) FROM fragment"), Sql("SELECT count(*) FROM notice")})
    EXPECT_EQ(count(copy, none), 0) << none.text();
  EXPECT_EQ(count(copy, "SELECT count(*) FROM contact"), 1);
  EXPECT_EQ(count(copy, "SELECT count(*) FROM mailbox"), 1);
  EXPECT_EQ(count(copy, "SELECT count(*) FROM setting WHERE name IN ('identity', 'signing')"), 2);
  EXPECT_GT(count(copy, "SELECT least_generation FROM contact"), 0);
}

// VLT-9.4, PAI-3.3
TEST_F(RestoringTest, NothingIsBegunAnewInAVaultThatWasNotRestored) {
  const auto restored = finish_restore(victim_.engine());
  ASSERT_TRUE(restored.has_value());
  EXPECT_FALSE(restored->has_value());
}

// VLT-9.4
TEST_F(RestoringTest, AContactWithoutACardIsNamedAndTheOthersAreWrittenTo) {
  ContactRow contact = victim_.friend_row();
  ASSERT_TRUE(contact.peer_card.has_value());
  ASSERT_TRUE(save_setting(victim_.db(), setting::kCopy, Bytes{1}).has_value());
  ASSERT_TRUE(victim_.db().run("DELETE FROM session").has_value());
  const auto restored = finish_restore(victim_.engine());
  ASSERT_TRUE(restored.has_value() && restored->has_value());
  EXPECT_TRUE((*restored)->out_of_reach.empty());
  EXPECT_EQ(session_rows_of_contact(victim_.db(), contact.id)->size(), 1U);
  EXPECT_FALSE(find_setting(victim_.db(), setting::kCopy)->has_value()) << "once is enough";

  ASSERT_TRUE(save_setting(victim_.db(), setting::kCopy, Bytes{1}).has_value());
  contact = victim_.friend_row();
  contact.peer_card.reset();
  ASSERT_TRUE(update_contact(victim_.db(), contact).has_value());
  const auto again = finish_restore(victim_.engine());
  ASSERT_TRUE(again.has_value() && again->has_value());
  EXPECT_EQ((*again)->out_of_reach, std::vector<std::string>{contact.petname});
}

// PAI-6.8
TEST_F(RestoringTest, ARenewedContactIsReachedAtANewMailboxAndHeardAtTheOldOne) {
  const MailboxId old = *victim_.friend_row().mailbox;
  const auto renewal = renew_contacts(victim_.engine());
  ASSERT_TRUE(renewal.has_value());
  EXPECT_EQ(renewal->renewed.size(), 1U);
  EXPECT_NE(*victim_.friend_row().mailbox, old);
  EXPECT_TRUE(load_mailbox(victim_.db(), old)->last_day.has_value());
  // Sealed before they hear of it: it still comes.
  ASSERT_TRUE(hostile_.say(ContentKind::kText, as_bytes("on its way")).has_value());
  rounds(6);
  EXPECT_EQ(incoming_texts(victim_.db(), std::nullopt, Which::kAll)->size(), 1U);
  ASSERT_TRUE(victim_.say(ContentKind::kText, as_bytes("from the new one")).has_value());
  rounds(6);
  EXPECT_EQ(incoming_texts(hostile_.db(), std::nullopt, Which::kAll)->size(), 1U);
  EXPECT_EQ(failures_, 0);
}

// PAI-6.8
TEST_F(RestoringTest, WhoseRelayDoesNotAnswerIsLeftForLater) {
  relay_.creating_fails_with = kNoRelay;
  const auto renewal = renew_contacts(victim_.engine());
  ASSERT_TRUE(renewal.has_value());
  EXPECT_EQ(renewal->not_yet.size(), 1U);
  EXPECT_FALSE(load_mailbox(victim_.db(), *victim_.friend_row().mailbox)->last_day.has_value());
}

}  // namespace
}  // namespace tocsin::testing_support
