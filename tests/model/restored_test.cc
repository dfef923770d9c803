// A vault restored from a copy: it goes on with numbers that were used already. The people it
// writes to notice, or it notices itself that it is behind; never does it go on as if nothing had
// happened. (A session under alarm still opens what comes under fresh numbers: the alarm stands
// beside it.)
#include <gtest/gtest.h>

#include <algorithm>

#include "client/engine/notices.h"
#include "client/engine/sending.h"
#include "protocol/session/bodies.h"
#include "tests/model/world.h"
#include "tests/support/temporary_folder.h"

namespace tocsin::model {
namespace {

constexpr std::size_t kRestored = 0;
constexpr int kOtherLedger = 1'000;
constexpr std::string_view kFromThePast = "from the past";

WorldPlan small_plan(std::uint64_t seed) {
  WorldPlan plan;
  plan.seed = seed;
  plan.clients = 6;
  plan.friendships = 8;
  plan.rounds = 5;
  plan.faults = {.drop = 10, .duplicate = 10, .reorder = 10, .late_ack = 200, .client_crash = 20};
  return plan;
}

bool tells_of_a_copy(const NoticeRow& row) {
  return row.notice.kind == NoticeKind::kForked || row.notice.kind == NoticeKind::kRolledBack;
}

class RestoredTest : public testing::TestWithParam<std::uint64_t> {
 protected:
  std::vector<std::size_t> friends() const {
    std::vector<std::size_t> found;
    for (const Friendship& friendship : world_.friendships()) {
      if (friendship.a == kRestored) found.push_back(friendship.b);
      if (friendship.b == kRestored) found.push_back(friendship.a);
    }
    return found;
  }
  void rounds(int count) {
    for (int round = 0; round < count; ++round) {
      world_.step_all();
      if (HasFatalFailure()) return;
      world_.pass(kMinute);
    }
  }
  static bool noticed(Client& who, Client& about) {
    const ContactId contact =
        find_contact_by_identity(who.db(), about.engine().identity()).value().value().id;
    const std::vector<NoticeRow> rows = all_notices(who.engine()).value();
    return std::ranges::any_of(rows, [&](const NoticeRow& row) {
      return tells_of_a_copy(row) && row.notice.contact == contact;
    });
  }

  TemporaryFolder folder_;
  World world_{small_plan(GetParam())};
};

TEST_P(RestoredTest, ACopyIsNoticedAndNeverSilentlyAccepted) {
  SCOPED_TRACE("seed " + std::to_string(GetParam()));
  world_.befriend();
  world_.chatter();
  world_.calm_down();
  ASSERT_FALSE(HasFatalFailure());

  SeededRng rng(GetParam());
  const DatabaseKey key = DatabaseKey::random(rng);
  ASSERT_TRUE(world_.client(kRestored).db().copy_to(folder_.file("copy"), key).has_value());

  // Life goes on: every friend hears something the copy knows nothing of.
  for (const std::size_t who : friends()) {
    world_.say(kRestored, who, 40);
    if (rng.below(2) == 0) world_.say(who, kRestored, 40);
  }
  rounds(4);
  ASSERT_TRUE(world_.everything_arrived());

  // The copy is put to work, in place of the vault or beside it.
  Client::Parts parts = world_.client(kRestored).parts();
  parts.number = kOtherLedger;
  parts.seed += 1;
  std::unique_ptr<Client> copy = Client::resume(
      parts, Database::open(folder_.file("copy"), key, model_database_options()).value());
  const bool beside = rng.below(2) == 0;
  if (!beside) std::swap(world_.slot(kRestored), copy);
  Client& restored = beside ? *copy : world_.client(kRestored);
  for (const std::size_t who : friends()) {
    const ContactId contact =
        find_contact_by_identity(restored.db(), world_.client(who).engine().identity())
            .value()
            .value()
            .id;
    ASSERT_TRUE(send_message(restored.engine(), contact,
                             {ContentKind::kText, encode_text(kFromThePast).value()})
                    .has_value());
  }
  for (int round = 0; round < 6; ++round) {
    restored.step();
    rounds(1);
    ASSERT_FALSE(HasFatalFailure());
  }

  for (const std::size_t who : friends()) {
    // The friend sees a number used twice; or the copy hears first that it is behind, and stops.
    Client& other = world_.client(who);
    const std::vector<std::string> texts = world_.texts_at(who);
    EXPECT_TRUE(noticed(other, restored) || noticed(restored, other))
        << "between the copy and client " << who << " nobody noticed; its text was shown "
        << std::ranges::count(texts, kFromThePast) << " times";
  }
}

INSTANTIATE_TEST_SUITE_P(Model, RestoredTest, testing::Range<std::uint64_t>(0, 20));

}  // namespace
}  // namespace tocsin::model
