// The main job, with everything going wrong on the way: two of three co-sign, one target reads.
#include <gtest/gtest.h>

#include "client/engine/alerts.h"
#include "client/engine/organisation.h"
#include "client/engine/upkeep.h"
#include "client/store/message_rows.h"
#include "client/store/organisation_rows.h"
#include "crypto/box/sign.h"
#include "protocol/alert/phrases/catalogue.h"
#include "protocol/alert/render.h"
#include "tests/model/world.h"

namespace tocsin::model {
namespace {

constexpr std::size_t kFounder = 0, kColleague = 1, kTarget = 2;
constexpr int kMostRounds = 400;

WorldPlan three_people(std::uint64_t seed) {
  WorldPlan plan;
  plan.seed = seed;
  plan.clients = 3;
  plan.friendships = 3;
  plan.faults = {.drop = 30,
                 .duplicate = 20,
                 .reorder = 20,
                 .corrupt = 5,
                 .late_ack = 200,
                 .line_loss = 20,
                 .relay_crash = 10,
                 .client_crash = 60};
  return plan;
}

Step step_of(Phrase phrase) {
  return {static_cast<std::uint16_t>(phrase),
          std::string(phrase_text(Language::kEnglish, phrase).text)};
}

AlertBody notification() {
  AlertBody body;
  body.level = AlertLevel::kTargeted;
  body.confidence = Confidence::kHigh;
  body.basis = {Basis::kMessageAnalysed};
  body.text_language = LanguageCode::from(as_bytes("en")).value();
  body.page_languages = {body.text_language};
  body.do_first = {step_of(Phrase::kDoKeepAsItIs)};
  body.do_not = {step_of(Phrase::kDontReset)};
  body.device = "your black phone";
  body.call = "The lab, +49 30 1234567";
  body.text = "Please call.";
  return body;
}

class AlertLifeTest : public testing::TestWithParam<std::uint64_t> {
 protected:
  Database& db(std::size_t who) { return world_.client(who).db(); }
  // Time and rounds until it is so. What a bent cell swallowed comes again after weeks.
  template <class Condition>
  void wait_for(const char* what, Condition&& so) {
    for (int round = 0; round < kMostRounds; ++round) {
      if (so()) return;
      world_.step_all();
      if (HasFatalFailure()) return;
      world_.pass(round < 40 ? 5 * kMinute : 6 * kHourSpan);
    }
    FAIL() << "never: " << what;
  }
  // Until it is done by a client that may die in the middle of it.
  template <class Work, class Done>
  void insist(std::size_t who, Work&& work, Done&& done) {
    for (int attempt = 0; attempt < 100 && !done(); ++attempt) world_.client(who).run(work);
    ASSERT_TRUE(done());
  }

  World world_{three_people(GetParam())};
};

TEST_P(AlertLifeTest, ACosignedAlertReachesItsTargetAuthenticAndIsAnswered) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  world_.befriend();
  ASSERT_EQ(world_.friendships().size(), 3U);
  wait_for("friends", [&] { return world_.everything_arrived(); });
  ASSERT_FALSE(HasFatalFailure());

  SeededRng rng(GetParam());
  const auto offline = make_signing_pair(rng);
  insist(
      kFounder,
      [&](Engine& engine) {
        FoundingOrder order{
            .organisation = "The lab", .threshold = 2, .our_name = "Founder", .others = {}};
        order.others.push_back({"Colleague", world_.contact_of(kFounder, kColleague), {}});
        order.others.push_back({"Safe", {}, offline.public_key});
        ASSERT_TRUE(found_organisation(engine, order).has_value());
      },
      [&] { return !all_foundings(db(kFounder)).value().empty(); });
  wait_for("organisation", [&] {
    const std::vector<FoundingRow> asked = all_foundings(db(kColleague)).value();
    if (!asked.empty()) {
      world_.client(kColleague).run([&](Engine& engine) {
        ASSERT_TRUE(take_part(engine, asked.front().id).has_value());
      });
    }
    return !all_organisations(db(kFounder)).value().empty() &&
           !all_organisations(db(kColleague)).value().empty();
  });
  ASSERT_FALSE(HasFatalFailure());
  const CharterId charter = all_organisations(db(kFounder)).value().front().chain.id();

  // The target hears of the organisation and compares its words.
  const ContactId target = world_.contact_of(kFounder, kTarget);
  insist(
      kFounder,
      [&](Engine& engine) {
        const Status offered = engine.in_transaction([&]() -> Status {
          ContactRow contact = TRY(load_contact(engine.db(), target));
          return offer_charter(engine, charter, contact);
        });
        ASSERT_TRUE(offered.has_value());
      },
      [&] { return offered_version(db(kFounder), charter, target).value() > 0; });
  wait_for("charter", [&] { return find_organisation(db(kTarget), charter).value().has_value(); });
  ASSERT_FALSE(HasFatalFailure());
  insist(
      kTarget,
      [&](Engine& engine) {
        ASSERT_TRUE(confirm_organisation(
                        engine, {charter, ConfirmedBy::kSpokenWords, organisation_words(charter)})
                        .has_value());
      },
      [&] {
        return find_organisation(db(kTarget), charter).value()->confirmed != ConfirmedBy::kNothing;
      });

  insist(
      kFounder,
      [&](Engine& engine) {
        const Result<std::int64_t> drafted = draft_alert(engine, {.recipient = target,
                                                                  .organisation = charter,
                                                                  .said = notification(),
                                                                  .valid_days = 60,
                                                                  .case_label = "case 7",
                                                                  .note = {}});
        ASSERT_TRUE(drafted.has_value()) << drafted.error().where;
      },
      [&] { return !all_drafts(db(kFounder)).value().empty(); });
  const std::int64_t draft = all_drafts(db(kFounder)).value().front().id;
  // One signature is not enough, whatever the founder tries.
  EXPECT_FALSE(send_alert(world_.client(kFounder).engine(), draft).has_value());
  wait_for("second signature", [&] {
    const std::vector<DraftRow> asked = all_drafts(db(kColleague)).value();
    if (!asked.empty() && asked.front().answered == DraftAnswered::kNo) {
      world_.client(kColleague).run([&](Engine& engine) {
        ASSERT_TRUE(sign_draft(engine, {asked.front().id, "case 7", nullptr}).has_value());
      });
    }
    return answers_to(db(kFounder), draft).value().size() >= 2;
  });
  ASSERT_FALSE(HasFatalFailure());
  insist(
      kFounder,
      [&](Engine& engine) {
        const Result<MessageId> sent = send_alert(engine, draft);
        ASSERT_TRUE(sent.has_value()) << sent.error().where;
      },
      [&] { return find_draft(db(kFounder), draft).value()->message.has_value(); });
  wait_for("alert", [&] { return !all_alerts(db(kTarget)).value().empty(); });
  ASSERT_FALSE(HasFatalFailure());

  const std::vector<AlertRow> alerts = all_alerts(db(kTarget)).value();
  ASSERT_EQ(alerts.size(), 1U);
  world_.faults().stop();
  const Evaluation evaluation =
      judge_alert(world_.client(kTarget).engine(), alerts.front()).value();
  EXPECT_EQ(evaluation.verdict, Verdict::kAuthentic) << static_cast<int>(evaluation.reason);
  EXPECT_EQ(evaluation.signers, 2U);
  ASSERT_TRUE(acknowledge_alert(world_.client(kTarget).engine(), alerts.front().id).has_value());
  const MessageId sent = *find_draft(db(kFounder), draft).value()->message;
  wait_for("answer", [&] {
    const std::optional<SentRow> row = find_sent(db(kFounder), sent).value();
    return row.has_value() && row->progress == Progress::kAcknowledged;
  });
}

INSTANTIATE_TEST_SUITE_P(Model, AlertLifeTest, testing::Range<std::uint64_t>(0, 20));

}  // namespace
}  // namespace tocsin::model
