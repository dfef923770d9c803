#include "client/engine/removal.h"

#include "client/engine/organisation.h"
#include "client/store/alert_rows.h"
#include "client/store/message_rows.h"
#include "client/store/session_rows.h"
#include "crypto/box/sign.h"
#include "tests/unit/client/hostile/two_people.h"

namespace tocsin::testing_support {
namespace {

class RemovalTest : public TwoPeople {
 protected:
  void SetUp() override {
    TwoPeople::SetUp();
    befriend();
    rounds(4);
  }
  bool is_empty(Sql find_any) {
    Statement find = victim_.db().statement(find_any).value();
    return !find.next().value();
  }
};

// PAI-6.7
TEST_F(RemovalTest, NothingOfAForgottenContactIsLeftHereNorAtTheRelay) {
  ASSERT_TRUE(hostile_.say(ContentKind::kText, as_bytes("remember me")).has_value());
  rounds(4);
  ASSERT_TRUE(victim_.say(ContentKind::kText, as_bytes("on its way")).has_value());
  const std::size_t boxes = relay_.boxes.size();
  const std::size_t ours = all_mailboxes(victim_.db()).value().size();
  ASSERT_GT(ours, 0U);
  ASSERT_TRUE(remove_contact(victim_.engine(), victim_.friend_row().id).has_value());
  EXPECT_EQ(victim_.engine().outbox().size(), 0U);
  rounds(4);
  for (const Sql find_any :
       {Sql("SELECT 1 FROM contact"), Sql("SELECT 1 FROM session"), Sql("SELECT 1 FROM card"),
        Sql("SELECT 1 FROM incoming"), Sql("SELECT 1 FROM outgoing"), Sql("SELECT 1 FROM copy"),
        Sql("SELECT 1 FROM sent"), Sql("SELECT 1 FROM seen"), Sql("SELECT 1 FROM fragment"),
        Sql("SELECT 1 FROM notice"), Sql("SELECT 1 FROM mailbox")}) {
    EXPECT_TRUE(is_empty(find_any)) << find_any.text();
  }
  EXPECT_EQ(relay_.boxes.size(), boxes - ours);
  // Who was forgotten can send no more, and comes back by no old way.
  ASSERT_TRUE(hostile_.say(ContentKind::kText, as_bytes("are you there?")).has_value());
  rounds(4);
  EXPECT_TRUE(is_empty("SELECT 1 FROM contact"));
  EXPECT_EQ(failures_, 0);
}

// PAI-6.7: a draft names its recipient's key and what befell them.
TEST_F(RemovalTest, AlertsInTheMakingAboutTheForgottenGoToo) {
  for (const std::optional<std::int64_t> recipient :
       {std::optional(victim_.friend_row().id.value), std::optional<std::int64_t>()}) {
    ASSERT_TRUE(victim_.db()
                    .run("INSERT INTO draft(body_hash, alert, request, charter, requester, "
                         "recipient, answered, message, created) VALUES(?1, x'01', x'01', x'01', "
                         "NULL, ?2, 0, NULL, 0)",
                         Bytes{static_cast<std::uint8_t>(recipient.has_value())}, recipient)
                    .has_value());
  }
  ASSERT_TRUE(remove_contact(victim_.engine(), victim_.friend_row().id).has_value());
  Statement find = victim_.db().statement("SELECT body_hash FROM draft").value();
  ASSERT_TRUE(find.next().value());
  EXPECT_EQ(to_bytes(find.bytes(0)), Bytes{0}) << "another person's";
  EXPECT_FALSE(find.next().value());
}

TEST_F(RemovalTest, AnotherOneIsNotTouchedAndTheForgottenCanBeInvitedAgain) {
  ASSERT_TRUE(remove_contact(victim_.engine(), victim_.friend_row().id).has_value());
  EXPECT_EQ(remove_contact(victim_.engine(), ContactId{1'000}).error().code, kNotFound);
  ASSERT_TRUE(remove_contact(hostile_.engine(), hostile_.friend_row().id).has_value());
  const std::string text =
      invite(victim_.engine(), {.petname = "again", .days = 14, .relay = relay_id_}).value();
  const Link link = parse_link(text).value();
  ASSERT_TRUE(accept(hostile_.engine(), {link, "victim", std::nullopt}).has_value());
  befriend();
  ASSERT_TRUE(hostile_.say(ContentKind::kText, as_bytes("anew")).has_value());
  rounds(4);
  EXPECT_EQ(incoming_texts(victim_.db(), std::nullopt, Which::kAll).value().size(), 1U);
}

// A line, a circuit or a list that was shown may still name the one who left.
TEST_F(RemovalTest, WhoComesNextGetsNoNumberOfTheForgotten) {
  const ContactId forgotten = victim_.friend_row().id;
  const MailboxId mailbox = all_mailboxes(victim_.db()).value().back().id;
  ASSERT_TRUE(remove_contact(victim_.engine(), forgotten).has_value());
  rounds(2);
  ASSERT_TRUE(all_mailboxes(victim_.db()).value().empty());
  ASSERT_TRUE(remove_contact(hostile_.engine(), hostile_.friend_row().id).has_value());
  const std::string text =
      invite(victim_.engine(), {.petname = "next", .days = 14, .relay = relay_id_}).value();
  EXPECT_GT(all_mailboxes(victim_.db()).value().front().id, mailbox);
  const Link link = parse_link(text).value();
  ASSERT_TRUE(accept(hostile_.engine(), {link, "victim", std::nullopt}).has_value());
  befriend();
  EXPECT_GT(victim_.friend_row().id, forgotten);
}

TEST_F(RemovalTest, AnOrganisationInTheMakingIsGivenUpWithItsHolder) {
  const FoundingOrder order{
      .organisation = "Hope Lab",
      .threshold = 2,
      .our_name = "victim",
      .others = {{"hostile", victim_.friend_row().id, std::nullopt},
                 {"safe", std::nullopt, signing_public_of(SigningSecret::random(rng_))}}};
  ASSERT_TRUE(found_organisation(victim_.engine(), order).has_value());
  const auto given_up = remove_contact(victim_.engine(), victim_.friend_row().id);
  ASSERT_TRUE(given_up.has_value());
  EXPECT_EQ(*given_up, std::vector<std::string>{"Hope Lab"});
  EXPECT_TRUE(all_foundings(victim_.db()).value().empty());
  EXPECT_TRUE(is_empty("SELECT 1 FROM holder"));
}

class EarlyRemovalTest : public TwoPeople {};

// The first contact was taken a moment ago: the board of their invitation still lies at the relay.
TEST_F(EarlyRemovalTest, TheBoardOfTheirInvitationGoesToo) {
  rounds(1);
  while (all_contacts(victim_.db()).value().empty()) rounds(1);
  ASSERT_EQ(relay_.boards.size(), 1U);
  ASSERT_TRUE(remove_contact(victim_.engine(), victim_.friend_row().id).has_value());
  rounds(3);
  EXPECT_TRUE(relay_.boards.empty());
  EXPECT_TRUE(all_mailboxes(victim_.db()).value().empty());
}

// PAI-6.10
TEST_F(RemovalTest, AFarewellGivesUpTheMailboxesOnBothSides) {
  ASSERT_TRUE(hostile_.say(ContentKind::kText, as_bytes("remember me")).has_value());
  rounds(4);
  ASSERT_TRUE(take_leave(victim_.engine(), victim_.friend_row().id).has_value());
  EXPECT_EQ(victim_.friend_row().standing, ContactStanding::kLeaving);
  rounds(6);
  EXPECT_TRUE(is_empty("SELECT 1 FROM contact"));
  EXPECT_TRUE(relay_.boxes.empty()) << "of either side";
  // There the person's row and words stay, and nothing else.
  EXPECT_EQ(hostile_.friend_row().standing, ContactStanding::kEnded);
  EXPECT_TRUE(session_rows_of_contact(hostile_.db(), hostile_.friend_row().id).value().empty());
  EXPECT_FALSE(sent_to(hostile_.db(), hostile_.friend_row().id).value().empty());
  EXPECT_EQ(hostile_.say(ContentKind::kText, as_bytes("wait")).error().code, kContactEnded);
  EXPECT_EQ(failures_, 0);
}

// PAI-6.10
TEST_F(RemovalTest, WhomNoRelayReachesIsForgottenAfterAWeekAllTheSame) {
  for (const auto& [read, box] : relay_.boxes) relay_.deaf.insert(box.drop);
  ASSERT_TRUE(take_leave(victim_.engine(), victim_.friend_row().id).has_value());
  rounds(4);
  ASSERT_FALSE(is_empty("SELECT 1 FROM contact")) << "it may still be told";
  now_ = milliseconds_after(now_, 8 * kDaySpan);
  rounds(4);
  EXPECT_TRUE(is_empty("SELECT 1 FROM contact"));
}

// PAI-6.10
TEST_F(RemovalTest, WhoSaidFarewellComesBackByAnInvitation) {
  ASSERT_TRUE(take_leave(victim_.engine(), victim_.friend_row().id).has_value());
  rounds(6);
  ASSERT_EQ(hostile_.friend_row().standing, ContactStanding::kEnded);
  const std::string text =
      invite(victim_.engine(), {.petname = "again", .days = 14, .relay = relay_id_}).value();
  const Link link = parse_link(text).value();
  ASSERT_TRUE(accept(hostile_.engine(), {link, "victim", std::nullopt}).has_value());
  rounds(12);
  EXPECT_EQ(hostile_.friend_row().standing, ContactStanding::kAccepted);
  ASSERT_TRUE(hostile_.say(ContentKind::kText, as_bytes("once more")).has_value());
  rounds(4);
  EXPECT_EQ(incoming_texts(victim_.db(), std::nullopt, Which::kAll).value().size(), 1U);
  EXPECT_EQ(failures_, 0);
}

// PAI-6.10
TEST_F(RemovalTest, TwoWhoLeaveAtOnceAreBothForgotten) {
  ASSERT_TRUE(take_leave(victim_.engine(), victim_.friend_row().id).has_value());
  ASSERT_TRUE(take_leave(hostile_.engine(), hostile_.friend_row().id).has_value());
  rounds(12);
  EXPECT_TRUE(all_contacts(victim_.db()).value().empty());
  EXPECT_TRUE(all_contacts(hostile_.db()).value().empty());
  EXPECT_EQ(failures_, 0);
}

// PAI-6.10
TEST_F(RemovalTest, WhatHasNoReceiptWhenAFarewellComesCountsAsNotDelivered) {
  const std::vector<OwnMailbox> mailboxes = all_mailboxes(victim_.db()).value();
  for (const OwnMailbox& mailbox : mailboxes)
    relay_.deaf.insert(mailbox.drop_id);  // sealed, and at no relay
  ASSERT_TRUE(hostile_.say(ContentKind::kText, as_bytes("did you get it?")).has_value());
  rounds(2);
  const ContactId friend_there = hostile_.friend_row().id;
  ASSERT_TRUE(take_leave(victim_.engine(), victim_.friend_row().id).has_value());
  rounds(6);
  ASSERT_EQ(hostile_.friend_row().standing, ContactStanding::kEnded);
  const std::vector<SentRow> sent = sent_to(hostile_.db(), friend_there).value();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_TRUE(sent.front().undelivered);
}

}  // namespace
}  // namespace tocsin::testing_support
