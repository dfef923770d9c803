// Many clients and a relay in one process; everything that can go wrong does, from the seed.
// Replay one seed: MODEL_SEED=17 model_test --gtest_filter='*Seeds*'; fewer or more:
// MODEL_SEEDS=400.
#include "tests/model/world.h"

#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <iostream>

namespace tocsin::model {
namespace {

constexpr std::uint64_t kSeeds = 200;
constexpr std::uint64_t kShares = 20;  // ctest runs them side by side

std::uint64_t number_of(const char* name, std::uint64_t otherwise) {
  const char* text = std::getenv(name);
  return text == nullptr ? otherwise : std::strtoull(text, nullptr, 10);
}

WorldPlan plan_of(std::uint64_t seed) {
  WorldPlan plan;
  plan.seed = seed;
  plan.faults = {.drop = 20,
                 .duplicate = 10,
                 .reorder = 10,
                 .corrupt = 5,
                 .late_ack = 200,
                 .line_loss = 10,
                 .relay_crash = 3,
                 .client_crash = 40};
  return plan;
}

void live(const WorldPlan& plan) {
  const std::uint64_t seed = plan.seed;
  SCOPED_TRACE("MODEL_SEED=" + std::to_string(seed));
  const auto begun = std::chrono::steady_clock::now();
  World world(plan);
  world.befriend();
  if (testing::Test::HasFatalFailure()) return;
  world.chatter();
  if (testing::Test::HasFatalFailure()) return;
  world.calm_down();
  if (testing::Test::HasFatalFailure()) return;
  world.talk_once_more();
  world.check();
  if (std::getenv("MODEL_VERBOSE") != nullptr) {
    std::size_t crashes = 0;
    for (std::size_t i = 0; i < world.size(); ++i) crashes += world.client(i).crashes();
    const auto spent = std::chrono::duration_cast<std::chrono::milliseconds>(
        std::chrono::steady_clock::now() - begun);
    std::cout << "seed " << seed << ": " << spent.count() << " ms, " << world.ledger().envelopes()
              << " envelopes, " << crashes << " client crashes, " << world.relay().crashes()
              << " relay crashes\n";
  }
}

class SeedsTest : public testing::TestWithParam<std::uint64_t> {};

TEST_P(SeedsTest, NothingIsLostOrShownTwiceAndEverySessionLives) {
  if (std::getenv("MODEL_SEED") != nullptr) {
    if (GetParam() == 0) live(plan_of(number_of("MODEL_SEED", 0)));
    return;
  }
  const std::uint64_t seeds = number_of("MODEL_SEEDS", kSeeds);
  for (std::uint64_t seed = GetParam(); seed < seeds && !HasFatalFailure(); seed += kShares)
    live(plan_of(seed));
}

// The other worlds are behind a password; here every mailbox and every board costs real work.
TEST(OpenRelayTest, NothingIsLostWhereStrangersPayWithWork) {
  WorldPlan plan = plan_of(kSeeds);
  plan.policy = AccessPolicy::kOpen;
  plan.clients = 10;
  plan.friendships = 12;
  live(plan);
}

INSTANTIATE_TEST_SUITE_P(Model, SeedsTest, testing::Range<std::uint64_t>(0, kShares));

}  // namespace
}  // namespace tocsin::model
