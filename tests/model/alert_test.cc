// The main job, with everything going wrong on the way: two of three co-sign, one target reads.
#include <gtest/gtest.h>

#include <algorithm>

#include "client/engine/alerts.h"
#include "client/engine/organisation.h"
#include "client/engine/succession.h"
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

  void befriend_all() {
    world_.befriend();
    ASSERT_EQ(world_.friendships().size(), 3U);
    wait_for("friends", [&] { return world_.everything_arrived(); });
  }
  // Founder, colleague, and a key in a safe: two of them sign.
  void found_the_lab() {
    insist(
        kFounder,
        [&](Engine& engine) {
          FoundingOrder order{
              .organisation = "The lab", .threshold = 2, .our_name = "Founder", .others = {}};
          order.others.push_back({"Colleague", world_.contact_of(kFounder, kColleague), {}});
          order.others.push_back({"Safe", {}, safe_.public_key});
          ASSERT_TRUE(found_organisation(engine, order).has_value());
        },
        [&] { return !all_foundings(db(kFounder)).value().empty(); });
    wait_for("organisation", [&] {
      colleague_takes_part();
      return !all_organisations(db(kFounder)).value().empty() &&
             !all_organisations(db(kColleague)).value().empty();
    });
    if (!HasFatalFailure()) charter_ = all_organisations(db(kFounder)).value().front().chain.id();
  }
  // Whatever is asked of the colleague now.
  void colleague_takes_part() {
    const std::vector<FoundingRow> foundings = all_foundings(db(kColleague)).value();
    for (const FoundingRow& asked : foundings) {
      world_.client(kColleague).run([&](Engine& engine) {
        if (!is_concluded(engine, asked).value()) {
          const Result<Part> part = take_part(engine, asked.id);
          ASSERT_TRUE(part.has_value() || part.error().code == kNotReady) << part.error().where;
        }
      });
    }
  }
  // The target hears of the organisation and compares its words.
  void the_target_confirms_it() {
    const ContactId target = world_.contact_of(kFounder, kTarget);
    insist(
        kFounder,
        [&](Engine& engine) {
          const Status offered = engine.in_transaction([&]() -> Status {
            ContactRow contact = TRY(load_contact(engine.db(), target));
            return offer_charter(engine, charter_, contact);
          });
          ASSERT_TRUE(offered.has_value());
        },
        [&] { return offered_version(db(kFounder), charter_, target).value() > 0; });
    wait_for("charter",
             [&] { return find_organisation(db(kTarget), charter_).value().has_value(); });
    if (HasFatalFailure()) return;
    insist(
        kTarget,
        [&](Engine& engine) {
          ASSERT_TRUE(confirm_organisation(engine, {charter_, ConfirmedBy::kSpokenWords,
                                                    organisation_words(charter_)})
                          .has_value());
        },
        [&] {
          return find_organisation(db(kTarget), charter_).value()->confirmed !=
                 ConfirmedBy::kNothing;
        });
  }
  std::int64_t draft() {
    const std::size_t before = all_drafts(db(kFounder)).value().size();
    const ContactId target = world_.contact_of(kFounder, kTarget);
    insist(
        kFounder,
        [&](Engine& engine) {
          const Result<std::int64_t> drafted = draft_alert(engine, {.recipient = target,
                                                                    .organisation = charter_,
                                                                    .said = notification(),
                                                                    .valid_days = 60,
                                                                    .case_label = "case 7",
                                                                    .note = {}});
          ASSERT_TRUE(drafted.has_value()) << drafted.error().where;
        },
        [&] { return all_drafts(db(kFounder)).value().size() > before; });
    return all_drafts(db(kFounder)).value().back().id;
  }
  void the_colleague_cosigns(std::int64_t draft) {
    wait_for("second signature", [&] {
      const std::vector<DraftRow> drafts = all_drafts(db(kColleague)).value();
      for (const DraftRow& asked : drafts) {
        if (asked.answered != DraftAnswered::kNo) continue;
        world_.client(kColleague).run([&](Engine& engine) {
          ASSERT_TRUE(sign_draft(engine, {asked.id, "case 7", nullptr}).has_value());
        });
      }
      return answers_to(db(kFounder), draft).value().size() >= 2;
    });
  }
  MessageId send(std::int64_t draft) {
    insist(
        kFounder,
        [&](Engine& engine) {
          const Result<MessageId> sent = send_alert(engine, draft);
          ASSERT_TRUE(sent.has_value()) << sent.error().where;
        },
        [&] { return find_draft(db(kFounder), draft).value()->message.has_value(); });
    return *find_draft(db(kFounder), draft).value()->message;
  }
  std::uint32_t version_at(std::size_t who) {
    return find_organisation(db(who), charter_).value()->chain.newest().charter.version;
  }

  World world_{three_people(GetParam())};
  SeededRng rng_{GetParam()};
  KeyPair<SigningPublic, SigningSecret> safe_ = make_signing_pair(rng_);
  CharterId charter_;
};

TEST_P(AlertLifeTest, ACosignedAlertReachesItsTargetAuthenticAndIsAnswered) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  befriend_all();
  ASSERT_FALSE(HasFatalFailure());
  found_the_lab();
  ASSERT_FALSE(HasFatalFailure());
  the_target_confirms_it();
  ASSERT_FALSE(HasFatalFailure());
  const std::int64_t number = draft();
  // One signature is not enough, whatever the founder tries.
  EXPECT_FALSE(send_alert(world_.client(kFounder).engine(), number).has_value());
  the_colleague_cosigns(number);
  ASSERT_FALSE(HasFatalFailure());
  const MessageId sent = send(number);
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
  wait_for("answer", [&] {
    const std::optional<SentRow> row = find_sent(db(kFounder), sent).value();
    return row.has_value() && row->progress == Progress::kAcknowledged;
  });
}

// CHA-4.2, CHA-6.4: the key in the safe is replaced again and again; charters are lost, doubled and
// reordered on their way, and everybody ends with the same chain.
class CharterChainTest : public AlertLifeTest {};

TEST_P(CharterChainTest, ACharterGrowsToTheSameChainEverywhereAndOldKeysSignNothing) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  befriend_all();
  ASSERT_FALSE(HasFatalFailure());
  found_the_lab();
  ASSERT_FALSE(HasFatalFailure());
  the_target_confirms_it();
  ASSERT_FALSE(HasFatalFailure());
  constexpr std::uint32_t kVersions = 4;
  auto stolen = make_signing_pair(rng_);
  for (std::uint32_t next = 2; next <= kVersions; ++next) {
    auto fresh = make_signing_pair(rng_);
    const std::string goes = next == 2 ? "Safe" : "Safe " + std::to_string(next - 1);
    insist(
        kFounder,
        [&](Engine& engine) {
          SuccessionOrder order{
              .organisation = charter_,
              .removed = goes,
              .added = SeatOrder{"Safe " + std::to_string(next), std::nullopt, fresh.public_key},
              .ask = {}};
          ASSERT_TRUE(begin_succession(engine, order).has_value());
        },
        [&] {
          return std::ranges::any_of(all_foundings(db(kFounder)).value(),
                                     [&](const FoundingRow& row) {
                                       return row.base == charter_ && row.proposal.has_value() &&
                                              decode_charter(row.proposal->body)->version == next;
                                     });
        });
    wait_for("next charter", [&] {
      colleague_takes_part();
      return version_at(kFounder) == next;
    });
    ASSERT_FALSE(HasFatalFailure());
    stolen = std::exchange(safe_, std::move(fresh));
  }
  wait_for("the same chain everywhere",
           [&] { return version_at(kColleague) == kVersions && version_at(kTarget) == kVersions; });
  ASSERT_FALSE(HasFatalFailure());
  const CharterHash newest = find_organisation(db(kFounder), charter_).value()->chain.newest().hash;
  for (const std::size_t who : {kColleague, kTarget}) {
    const OrganisationRow row = find_organisation(db(who), charter_).value().value();
    EXPECT_EQ(row.chain.newest().hash, newest);
    EXPECT_NE(row.confirmed, ConfirmedBy::kNothing) << "the same organisation as before";
  }
  // Who was replaced signs nothing more; who came does.
  world_.faults().stop();
  const std::int64_t number = draft();
  Engine& founder = world_.client(kFounder).engine();
  EXPECT_EQ(sign_draft(founder, {number, "case 7", &stolen.secret}).error().code, kNotAHolder);
  EXPECT_FALSE(send_alert(founder, number).has_value());
  ASSERT_TRUE(sign_draft(founder, {number, "case 7", &safe_.secret}).has_value());
  send(number);
  wait_for("alert", [&] { return !all_alerts(db(kTarget)).value().empty(); });
  ASSERT_FALSE(HasFatalFailure());
  const Evaluation evaluation =
      judge_alert(world_.client(kTarget).engine(), all_alerts(db(kTarget)).value().front()).value();
  EXPECT_EQ(evaluation.verdict, Verdict::kAuthentic) << static_cast<int>(evaluation.reason);
}

INSTANTIATE_TEST_SUITE_P(Model, CharterChainTest, testing::Range<std::uint64_t>(0, 20));
INSTANTIATE_TEST_SUITE_P(Model, AlertLifeTest, testing::Range<std::uint64_t>(0, 20));

}  // namespace
}  // namespace tocsin::model
