// A contact, or a relay, that does whatever hurts: nothing of it may reach the person's other
// contacts.
#include "client/cli/commands.h"
#include "client/engine/alerts.h"
#include "client/engine/notices.h"
#include "client/engine/organisation.h"
#include "client/engine/session_opening.h"
#include "client/store/alert_rows.h"
#include "client/store/message_rows.h"
#include "client/store/organisation_rows.h"
#include "client/store/session_rows.h"
#include "client/store/setting.h"
#include "protocol/alert/cosign.h"
#include "protocol/alert/founding.h"
#include "protocol/alert/phrases/catalogue.h"
#include "protocol/session/bodies.h"
#include "tests/unit/client/hostile/two_people.h"

namespace tocsin {
namespace {

using testing_support::route_on;
using testing_support::TwoPeople;

class HostileContactTest : public TwoPeople {
 protected:
  // A charter of two holders, both the hostile contact's.
  Dsse charter_named(const std::string& name) {
    Charter charter;
    charter.issued = now_.day();
    charter.threshold = 2;
    charter.names = {{LanguageCode::from(as_bytes("en")).value(), name}};
    for (const auto& key : keys_) charter.holders.push_back({"holder", signing_public_of(key)});
    charter.holders.back().name = "another";
    Dsse document{DocumentKind::kCharter, encode_charter(charter).value(), {}};
    for (const auto& key : keys_)
      document.signatures.push_back(sign_document(key, DocumentKind::kCharter, document.body));
    return document;
  }
  void offer(const std::string& name) {
    const Dsse document = charter_named(name);
    const CharterId id = charter_id_of(document.body);
    const Bytes chain = CharterChain::found(document, id, now_.day()).value().to_offer();
    const Bytes message = encode_charter_message(CharterOffer{id, chain}).value();
    ASSERT_TRUE(hostile_.say(ContentKind::kCharter, message).has_value());
  }

  // The victim is asked to found "Our Lab", gives a key, and is sent a charter of that name.
  FoundingId propose(const std::string& name) {
    const FoundingId id = rng_.draw<FoundingId>();
    const FoundingRequest asked{id, "Our Lab", "victim", 2};
    EXPECT_TRUE(
        hostile_.say(ContentKind::kCharter, encode_charter_message(asked).value()).has_value());
    rounds(2);
    EXPECT_EQ(take_part(victim_.engine(), id).value().step, FoundingStep::kKeyGiven);
    Statement find = victim_.db().statement("SELECT public FROM holder").value();
    find.bind();
    EXPECT_TRUE(find.next().value());
    Charter charter = decode_charter(charter_named(name).body).value();
    charter.holders.push_back({"victim", find.fixed<SigningPublic>(0).value()});
    Dsse document{DocumentKind::kCharter, encode_charter(charter).value(), {}};
    document.signatures.push_back(sign_document(keys_[0], DocumentKind::kCharter, document.body));
    const Bytes proposal = encode_charter_message(CharterProposal{id, document}).value();
    EXPECT_TRUE(hostile_.say(ContentKind::kCharter, proposal).has_value());
    rounds(3);
    return id;
  }

  std::array<SigningSecret, 2> keys_{SigningSecret::random(rng_), SigningSecret::random(rng_)};
};

// DLV-7.3: a mailbox that takes no receipts does not fill the outbox of the vault with them.
TEST_F(HostileContactTest, AContactThatTakesNoReceiptsDoesNotFillTheOutbox) {
  befriend();
  for (const Route& route : victim_.friend_row().routes) relay_.deaf.insert(route.drop);
  const std::size_t before = victim_.engine().outbox().size();
  for (int i = 0; i < 40; ++i) {
    ASSERT_TRUE(hostile_.say(ContentKind::kText, as_bytes("hear me")).has_value());
    rounds(2);
  }
  EXPECT_EQ(failures_, 0);
  EXPECT_LE(victim_.engine().outbox().size(), before + 2);
}

TEST_F(HostileContactTest, AFullOutboxOfOneContactStopsNothingElse) {
  befriend();
  for (const Route& route : victim_.friend_row().routes) relay_.deaf.insert(route.drop);
  while (victim_.say(ContentKind::kText, as_bytes("are you there?")).has_value()) {
  }
  EXPECT_LE(victim_.engine().outbox().size(), kMaxOutboxMessages / 2);
  ASSERT_TRUE(hostile_.say(ContentKind::kText, as_bytes("hear me")).has_value());
  rounds(3);
  EXPECT_EQ(failures_, 0) << last_failure_.where;
  EXPECT_EQ(incoming_texts(victim_.db(), std::nullopt, Which::kAll).value().size(), 1U);
}

TEST_F(HostileContactTest, ARelayWithAnotherKeyGivesNoMailboxAndStopsNothingElse) {
  relay_.creating_fails_with = kNetHandshake;
  rounds(3);
  EXPECT_EQ(failures_, 0) << last_failure_.where;
  relay_.creating_fails_with.reset();
  now_ = milliseconds_after(now_, kMinute);
  befriend();
}

TEST_F(HostileContactTest, ARelayThatDoesNotAnswerIsLeftAloneForAWhile) {
  relay_.creating_fails_with = kNoRelay;
  relay_.asked_for_mailboxes = 0;
  rounds(9);  // 27 seconds
  EXPECT_EQ(relay_.asked_for_mailboxes, 1);
}

TEST_F(HostileContactTest, ARelayThatGivesOneMailboxTwiceStopsNothingElse) {
  const OwnMailbox first = std::move(all_mailboxes(victim_.db()).value().front());
  relay_.always = CreatedMailbox{first.read_id, first.drop_id};
  rounds(3);
  EXPECT_EQ(failures_, 0) << last_failure_.where;
}

// CHA-6.1: the name a holder was asked about is the name he signs.
TEST_F(HostileContactTest, AProposalUnderAnotherNameThanAskedIsNotKept) {
  befriend();
  const FoundingId id = propose("A Known Helpline");
  EXPECT_FALSE(find_founding(victim_.db(), id).value()->proposal.has_value());
}

TEST_F(HostileContactTest, TwoFoundingsOfOneNameAreToldApartByNumberAndByWhoAsks) {
  befriend();
  const std::array ids{rng_.draw<FoundingId>(), rng_.draw<FoundingId>()};
  for (const FoundingId& id : ids) {
    const FoundingRequest asked{id, "Our Lab", "victim", 2};
    ASSERT_TRUE(
        hostile_.say(ContentKind::kCharter, encode_charter_message(asked).value()).has_value());
  }
  rounds(4);
  CommandRequest request;
  request.command = "org sign";
  request.options["yes"] = {""};
  request.options["organisation"] = {"Our Lab"};
  EXPECT_EQ(run_command(victim_.engine(), request).exit, Exit::kUsage);
  request.options["organisation"] = {to_hex(ids[0].view())};
  const Report done = run_command(victim_.engine(), request);
  EXPECT_EQ(done.exit, Exit::kDone) << done.error;
  EXPECT_NE(to_json(done.data).find("\"asked_by\":\"hostile\""), std::string::npos);
}

// CNT-7.2
TEST_F(HostileContactTest, OffersOfManyChartersAreBounded) {
  befriend();
  for (int i = 0; i < 20; ++i) {
    offer("Help " + std::to_string(i));
    rounds(1);
  }
  rounds(3);
  EXPECT_EQ(failures_, 0);
  EXPECT_LE(all_organisations(victim_.db()).value().size(), 8U);
}

TEST_F(HostileContactTest, RequestsToFoundManyOrganisationsAreBounded) {
  befriend();
  for (int i = 0; i < 40; ++i) {
    const FoundingRequest request{rng_.draw<FoundingId>(), "Help", "victim", 2};
    ASSERT_TRUE(
        hostile_.say(ContentKind::kCharter, encode_charter_message(request).value()).has_value());
    rounds(1);
  }
  rounds(3);
  EXPECT_LE(all_foundings(victim_.db()).value().size(), 16U);
}

// ALT-6.2: whoever knows a charter but is no colleague could otherwise collect k signatures one by
// one.
TEST_F(HostileContactTest, OnlyAColleagueCanAskForASignature) {
  befriend();
  const SigningSecret offline = SigningSecret::random(rng_);
  const FoundingId founding =
      found_organisation(victim_.engine(),
                         {.organisation = "Lab",
                          .threshold = 2,
                          .our_name = "victim",
                          .others = {{"offline", std::nullopt, signing_public_of(offline)}}})
          .value();
  ASSERT_TRUE(sign_founding_with(victim_.engine(), founding, offline).has_value());
  AlertOrder order;
  order.recipient = victim_.friend_row().id;
  order.organisation = all_organisations(victim_.db()).value().front().chain.id();
  order.case_label = "case";
  order.said.kind = AlertKind::kAdvisory;
  order.said.text = "Look out.";
  order.said.text_language = LanguageCode::from(as_bytes("en")).value();
  order.said.page_languages = {order.said.text_language};
  const std::int64_t draft = draft_alert(victim_.engine(), order).value();

  CosignRequest request = find_draft(victim_.db(), draft).value()->request;
  AlertBody body = decode_alert_body(request.body).value();
  body.id = rng_.draw<AlertId>();
  body.text = "Something else.";
  request.body = encode_alert_body(body).value();
  ASSERT_TRUE(hostile_.say(ContentKind::kCosignRequest, encode_cosign_request(request).value())
                  .has_value());
  rounds(4);
  EXPECT_EQ(failures_, 0);
  EXPECT_EQ(all_drafts(victim_.db()).value().size(), 1U);
}

// ALT-6.6
TEST_F(HostileContactTest, ARequestForAnUnknownCharterIsKeptOnlyWhileOneIsAwaited) {
  befriend();
  const auto ask = [&] {
    AlertBody body;
    body.id = rng_.draw<AlertId>();
    body.kind = AlertKind::kAdvisory;
    body.charter_id = rng_.draw<CharterId>();
    body.charter_hash = rng_.draw<CharterHash>();
    body.issued = now_.day();
    body.valid_until = days_after(now_.day(), 7);
    body.catalogue = catalogue_hash();
    body.text = "Look out.";
    body.text_language = LanguageCode::from(as_bytes("en")).value();
    body.page_languages = {body.text_language};
    CosignRequest request{.case_label = "case",
                          .verified = RecipientVerified::kNotVerified,
                          .note = {},
                          .recipient = hostile_.engine().identity(),
                          .nonce = rng_.draw<RecipientNonce>(),
                          .body = {}};
    body.recipient = recipient_digest(request.nonce, request.recipient);
    request.body = encode_alert_body(body).value();
    ASSERT_TRUE(hostile_.say(ContentKind::kCosignRequest, encode_cosign_request(request).value())
                    .has_value());
    rounds(4);
  };
  ask();
  EXPECT_TRUE(all_drafts(victim_.db()).value().empty());

  // The victim signed a founding charter of theirs; the finished one has not come yet.
  const FoundingId id = propose("Our Lab");
  ASSERT_EQ(take_part(victim_.engine(), id).value().step, FoundingStep::kCharterSigned);
  ask();
  const std::vector<DraftRow> drafts = all_drafts(victim_.db()).value();
  ASSERT_EQ(drafts.size(), 1U);
  // It cannot be signed before its charter is there.
  const Status signed_early =
      sign_draft(victim_.engine(), {.draft = drafts[0].id, .typed_label = "case"});
  ASSERT_FALSE(signed_early.has_value());
  EXPECT_EQ(signed_early.error().code, kNoSuchOrganisation);
  EXPECT_EQ(failures_, 0);
}

// CNT-7.3
TEST_F(HostileContactTest, AContactMovesThisDeviceToNewHostsOnlySoOftenADay) {
  befriend();
  const auto move_to = [&](const std::string& host) {
    const std::vector<Route> routes{route_on(host, rng_)};
    ASSERT_TRUE(hostile_.say(ContentKind::kRoutes, encode_routes(routes).value()).has_value());
    rounds(2);
  };
  const Route before = victim_.friend_row().routes.front();
  for (int i = 0; i < 20; ++i) {
    move_to("host" + std::to_string(i) + ".example");
    victim_
        .restart();  // one command after the other: the count is the contact's, not the process's
  }
  const std::string host = victim_.friend_row().routes.front().relay.host;
  EXPECT_NE(host, before.relay.host);
  EXPECT_NE(host, "host19.example");
  now_ = milliseconds_after(now_, kDaySpan);
  move_to("tomorrow.example");
  EXPECT_EQ(victim_.friend_row().routes.front().relay.host, "tomorrow.example");
}

// FCT-7.4
TEST_F(HostileContactTest, AfterTheFirstAnswerEachSideHoldsTheOthersCard) {
  befriend();
  EXPECT_TRUE(victim_.friend_row().peer_card.has_value());
  EXPECT_TRUE(hostile_.friend_row().peer_card.has_value());
}

// DLV-5.2: what found no session to leave by goes with the new one, not at its next retry.
TEST_F(HostileContactTest, WhatWaitedForASessionLeavesByTheNewOne) {
  befriend();
  rounds(4);
  const std::vector<SessionRow> rows =
      session_rows_of_contact(victim_.db(), victim_.friend_row().id).value();
  for (SessionRow row : rows) {
    row.standing = SessionStanding::kStopped;
    ASSERT_TRUE(save_session_row(victim_.db(), row).has_value());
  }
  ASSERT_TRUE(victim_.say(ContentKind::kText, as_bytes("it waits")).has_value());
  rounds(60);  // until its retries lie far apart
  ASSERT_TRUE(reset_session(victim_.engine(), victim_.friend_row().id).has_value());
  rounds(4);
  EXPECT_EQ(incoming_texts(hostile_.db(), std::nullopt, Which::kAll).value().size(), 1U);
}

// FCT-6.6
TEST_F(HostileContactTest, ANewSessionOfAKnownPersonIsToldAndTaken) {
  befriend();
  rounds(4);
  const auto is_told = [&] {
    const std::vector<NoticeRow> rows = all_notices(victim_.engine()).value();
    return std::ranges::any_of(
        rows, [](const NoticeRow& row) { return row.notice.kind == NoticeKind::kNewSession; });
  };
  EXPECT_FALSE(is_told());
  ASSERT_TRUE(reset_session(hostile_.engine(), hostile_.friend_row().id).has_value());
  rounds(4);
  EXPECT_TRUE(is_told());
  ASSERT_TRUE(hostile_.say(ContentKind::kText, as_bytes("it goes on")).has_value());
  rounds(4);
  EXPECT_EQ(incoming_texts(victim_.db(), std::nullopt, Which::kAll).value().size(), 1U);
}

// FCT-6.6
TEST_F(HostileContactTest, AKnownIdentityWithAnotherSigningKeyIsToldAndNotTaken) {
  befriend();
  rounds(4);
  const SigningSecret other = SigningSecret::random(rng_);
  ASSERT_TRUE(
      save_setting(hostile_.db(), setting::kSigningSecret, other.expose(kExpose)).has_value());
  hostile_.restart();
  const std::size_t before =
      session_rows_of_contact(victim_.db(), victim_.friend_row().id).value().size();
  ASSERT_TRUE(reset_session(hostile_.engine(), hostile_.friend_row().id).has_value());
  rounds(4);
  EXPECT_EQ(session_rows_of_contact(victim_.db(), victim_.friend_row().id).value().size(), before);
  const std::vector<NoticeRow> rows = all_notices(victim_.engine()).value();
  EXPECT_TRUE(std::ranges::any_of(
      rows, [](const NoticeRow& row) { return row.notice.kind == NoticeKind::kKeysChanged; }));
}

// A cell that met a full disk is not acknowledged with the next one that does not.
TEST_F(HostileContactTest, ACellThatMetAFaultOfThisDeviceIsNotLost) {
  befriend();
  rounds(4);
  ASSERT_TRUE(hostile_.say(ContentKind::kText, as_bytes("first")).has_value());
  ASSERT_TRUE(victim_.db().run("PRAGMA query_only = ON").has_value());
  rounds(2);
  EXPECT_GE(failures_, 1);
  ASSERT_TRUE(victim_.db().run("PRAGMA query_only = OFF").has_value());
  ASSERT_TRUE(hostile_.say(ContentKind::kText, as_bytes("second")).has_value());
  rounds(4);
  EXPECT_EQ(incoming_texts(victim_.db(), std::nullopt, Which::kAll).value().size(), 2U);
}

// CNT-7.1
TEST_F(HostileContactTest, TextsBeyondWhatMayWaitUnreadAreNotKeptAndNotAnswered) {
  befriend();
  IncomingRow row;
  row.contact = victim_.friend_row().id;
  row.body = SecretBytes::copy_of(as_bytes("noise"));
  for (std::size_t i = 0; i < 4096; ++i) {
    row.message = rng_.draw<MessageId>();
    ASSERT_TRUE(insert_incoming(victim_.db(), row).has_value());
  }
  ASSERT_TRUE(hostile_.say(ContentKind::kText, as_bytes("one more")).has_value());
  rounds(4);
  EXPECT_EQ(failures_, 0);
  EXPECT_EQ(incoming_texts(victim_.db(), std::nullopt, Which::kAll).value().size(), 4096U);
  EXPECT_EQ(sent_to(hostile_.db(), hostile_.friend_row().id).value().back().progress,
            Progress::kAtRelay);
}

}  // namespace
}  // namespace tocsin
