// Another person in the same vault, and what stays of the old one.
#include "client/engine/new_identity.h"

#include "client/engine/alerts.h"
#include "client/store/card_rows.h"
#include "client/store/message_rows.h"
#include "client/store/organisation_rows.h"
#include "tests/unit/client/hostile/two_people.h"
#include "tests/unit/protocol/alert/alert_world.h"

namespace tocsin::testing_support {
namespace {

class NewIdentityTest : public TwoPeople {
 protected:
  void SetUp() override {
    TwoPeople::SetUp();
    befriend();
    rounds(4);
  }
  NewIdentity become_somebody_new() {
    NewIdentity told = begin_new_identity(victim_.engine()).value();
    victim_.restart();
    return told;
  }
  std::size_t texts_at(Person& person) {
    return incoming_texts(person.db(), std::nullopt, Which::kAll).value().size();
  }
  // What a fresh invitation does, given by another way.
  void invite_again() {
    const std::string text =
        invite(victim_.engine(), {.petname = "again", .days = 14, .relay = relay_id_}).value();
    const Link link = parse_link(text).value();
    ASSERT_TRUE(accept(hostile_.engine(), {link, "victim anew", std::nullopt}).has_value());
    rounds(12);
  }
};

// PAI-6.9
TEST_F(NewIdentityTest, KeysAreNewAndNothingOfTheOldOneSpeaksOrListens) {
  ASSERT_TRUE(hostile_.say(ContentKind::kText, as_bytes("before")).has_value());
  rounds(4);
  ASSERT_EQ(texts_at(victim_), 1U);
  ContactRow contact = victim_.friend_row();
  contact.verified = Verified::kDigits;
  ASSERT_TRUE(update_contact(victim_.db(), contact).has_value());
  const IdentityPublic identity = victim_.engine().identity();
  const SigningPublic signing = victim_.engine().signing();

  EXPECT_EQ(become_somebody_new().to_invite, std::vector<std::string>{"hostile"});
  EXPECT_NE(victim_.engine().identity(), identity);
  EXPECT_NE(victim_.engine().signing(), signing);
  rounds(4);
  EXPECT_EQ(relay_.boxes.size(), 1U) << "the other one has its for the old identity";
  EXPECT_TRUE(session_rows_of_contact(victim_.db(), contact.id).value().empty());
  EXPECT_EQ(victim_.friend_row().verified, Verified::kDigits) << "their key is what it was";
  // Who still holds the old sessions reaches nobody.
  ASSERT_TRUE(hostile_.say(ContentKind::kText, as_bytes("to the old one")).has_value());
  rounds(8);
  EXPECT_EQ(texts_at(victim_), 1U) << "and what came before is still there";
  EXPECT_EQ(failures_, 0);
}

// PAI-6.9
TEST_F(NewIdentityTest, AnInvitationBringsAKnownContactBackAndMakesANewOneThere) {
  become_somebody_new();
  invite_again();
  ASSERT_EQ(all_contacts(victim_.db()).value().size(), 1U) << "the same person, under the same key";
  ASSERT_EQ(all_contacts(hostile_.db()).value().size(), 2U) << "another key is another person";
  const ContactRow anew = find_contact_by_petname(hostile_.db(), "victim anew").value().value();
  EXPECT_EQ(anew.verified, Verified::kNot);
  EXPECT_EQ(anew.identity, victim_.engine().identity());
  ASSERT_TRUE(victim_.say(ContentKind::kText, as_bytes("it is me")).has_value());
  ASSERT_TRUE(send_message(hostile_.engine(), anew.id, {ContentKind::kText, as_bytes("prove it")})
                  .has_value());
  rounds(8);
  EXPECT_EQ(texts_at(victim_), 1U);
  EXPECT_EQ(texts_at(hostile_), 1U);
  EXPECT_EQ(failures_, 0);
}

// PAI-6.9
TEST_F(NewIdentityTest, WhatNoRelayHadCountsAsNotDeliveredAndOldCardsAnswerNobody) {
  const std::string text =
      invite(victim_.engine(), {.petname = "open", .days = 14, .relay = relay_id_}).value();
  ASSERT_TRUE(victim_.say(ContentKind::kText, as_bytes("never left")).has_value());
  become_somebody_new();
  const std::vector<SentRow> sent = sent_to(victim_.db(), victim_.friend_row().id).value();
  ASSERT_EQ(sent.size(), 1U);
  EXPECT_TRUE(sent.front().undelivered);
  const std::vector<OwnCard> cards = all_cards(victim_.db()).value();
  for (const OwnCard& card : cards) EXPECT_FALSE(card.secrets.has_value()) << card.number;
  rounds(4);
  EXPECT_TRUE(relay_.boards.empty()) << "nobody finds the open invitation any more";
}

// PAI-6.9: alerts are judged for whom they came to.
TEST_F(NewIdentityTest, AnAlertIsJudgedForTheIdentityThatItCameTo) {
  AlertWorld world;
  world.target = victim_.engine().identity();
  AlertBody body = world.body();
  body.issued = victim_.engine().today();
  body.valid_until = days_after(body.issued, 30);
  body.window_from = body.window_until = {};
  const Bytes message = encode_alert_message(world.message(body, {0, 1})).value();
  ASSERT_TRUE(save_organisation(victim_.db(), {.chain = *world.chain,
                                               .petname = {},
                                               .confirmed = ConfirmedBy::kSpokenWords,
                                               .confirmed_on = body.issued,
                                               .offered_by = std::nullopt})
                  .has_value());
  const auto received = [&](std::uint8_t number) {
    const AlertRow row{.id = 0,
                       .contact = victim_.friend_row().id,
                       .message = MessageId({number}),
                       .alert = body.id,
                       .bytes = message,
                       .received = now_};
    EXPECT_TRUE(insert_alert(victim_.db(), row).has_value());
    return all_alerts(victim_.db()).value().back();
  };
  const AlertRow before = received(1);
  EXPECT_EQ(judge_alert(victim_.engine(), before)->verdict, Verdict::kAuthentic);
  become_somebody_new();
  EXPECT_EQ(judge_alert(victim_.engine(), before)->verdict, Verdict::kAuthentic);
  // Sent again to the new one, it is for somebody else, whatever a clock says.
  now_ = milliseconds_after(now_, -kMinute);
  EXPECT_EQ(judge_alert(victim_.engine(), received(2))->verdict, Verdict::kNotVerified);
}

}  // namespace
}  // namespace tocsin::testing_support
