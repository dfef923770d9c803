// Dialling again: never more than twelve times a minute (trap Z2).
#include "client/net/pacer.h"

#include <gtest/gtest.h>

#include <deque>

namespace tocsin::net {
namespace {

TEST(PacerTest, NoMinuteSeesMoreThanTwelveDialsWhateverTheJitter) {
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    SeededRng rng(seed);
    Pacer pacer;
    std::deque<Milliseconds> dials;
    Milliseconds now = 0;
    while (now < 3'600'000) {
      dials.push_back(now);
      while (now - dials.front() >= 60'000) dials.pop_front();
      ASSERT_LE(dials.size(), 12U) << "seed " << seed;
      now = pacer.on_lost(now, -1, rng);  // refused at once
    }
  }
}

TEST(PacerTest, ARelayThatWelcomesAndHangsUpAtOnceIsNoExcuse) {
  SeededRng rng(3);
  Pacer pacer;
  Milliseconds now = 0;
  int dials = 0;
  while (now < 60'000) {
    ++dials;
    now = pacer.on_lost(now + 10, now + 5, rng);
  }
  EXPECT_LE(dials, 12);
}

TEST(PacerTest, TheFirstDialAfterALossIsWithinThreeSeconds) {
  SeededRng rng(4);
  Pacer pacer;
  const Milliseconds at = pacer.on_lost(1'000, -1, rng);
  EXPECT_GE(at, 1'000 + 1'600);
  EXPECT_LE(at, 1'000 + 2'400);
}

TEST(PacerTest, ALineThatProvedItselfStartsOver) {
  SeededRng rng(5);
  Pacer pacer;
  for (int i = 0; i < 10; ++i) pacer.on_lost(0, -1, rng);
  EXPECT_EQ(pacer.tries(), 10U);
  pacer.on_lost(kProvenMs, 0, rng);
  EXPECT_EQ(pacer.tries(), 1U);
}

TEST(PacerTest, AfterManyTriesItAsksOnceAMinute) {
  SeededRng rng(6);
  Pacer pacer;
  for (std::uint32_t i = 0; i < kPatientTries; ++i) pacer.on_lost(0, -1, rng);
  EXPECT_GE(pacer.on_lost(0, -1, rng), 48'000);
  pacer.reset();
  EXPECT_LE(pacer.on_lost(0, -1, rng), 2'400);
}

}  // namespace
}  // namespace tocsin::net
