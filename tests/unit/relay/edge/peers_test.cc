// Descriptors, routing ids and connection numbers joined (traps Z3, Z12).
#include "relay/edge/peers.h"

#include <gtest/gtest.h>

#include "crypto/base/rng.h"

namespace tocsin::edge {
namespace {

constexpr RoutingId kProbe{0xFFFFFFFE};  // so that the counter wraps in these tests

RoutingId nth(std::uint32_t n) { return {kProbe.number + n}; }

TEST(PeersTest, TheFirstFrameOfALineOpensAConnection) {
  Peers peers(kProbe);
  peers.on_accepted(7, 0);
  const auto first = peers.on_frame(nth(1), 7, 5, 0);
  ASSERT_TRUE(first.has_value());
  EXPECT_TRUE(first->opened);
  const auto second = peers.on_frame(nth(1), 7, 6, 0);
  ASSERT_TRUE(second.has_value());
  EXPECT_FALSE(second->opened);
  EXPECT_EQ(first->connection, second->connection);
  EXPECT_EQ(peers.routing_of(first->connection), nth(1));
  EXPECT_EQ(peers.fd_of(first->connection), 7);
}

TEST(PeersTest, ConnectionNumbersAreNeverUsedTwice) {
  Peers peers(kProbe);
  peers.on_accepted(7, 0);
  const auto first = peers.on_frame(nth(1), 7, 0, 0)->connection;
  EXPECT_EQ(peers.on_gone(7), first);
  peers.on_accepted(7, 1);
  EXPECT_NE(peers.on_frame(nth(2), 7, 1, 0)->connection, first);
}

TEST(PeersTest, AFrameOfALineThatLeftBelongsToNobody) {
  Peers peers(kProbe);
  peers.on_accepted(7, 0);
  peers.on_gone(7);
  EXPECT_EQ(peers.on_frame(nth(1), 7, 1, 0).error().code, kRelayPeerGone);
  EXPECT_EQ(peers.connections(), 0U);
}

// Found by attack: a peer that sends and leaves could end the line of whoever came after it.
TEST(PeersTest, ALateFrameOfADeadLineDoesNotTakeTheDescriptorFromItsNewOwner) {
  Peers peers(kProbe);
  peers.on_accepted(7, 0);
  const auto dead = peers.on_frame(nth(1), 7, 0, 0)->connection;
  EXPECT_EQ(peers.on_gone(7), dead);
  peers.on_accepted(7, 1);
  const auto owner = peers.on_frame(nth(2), 7, 1, 0);
  ASSERT_TRUE(owner.has_value());
  EXPECT_EQ(peers.on_frame(nth(1), 7, 2, 0).error().code, kRelayPeerGone);
  EXPECT_FALSE(peers.may_come(nth(1), 7));
  EXPECT_TRUE(peers.may_come(nth(3), 7));
  EXPECT_EQ(peers.routing_of(owner->connection), nth(2));
  EXPECT_EQ(peers.fd_of(owner->connection), 7);
}

TEST(PeersTest, ALateFrameOfADeadLineIsDisplacedByTheDescriptorsNewOwner) {
  Peers peers(kProbe);
  peers.on_accepted(7, 0);
  peers.on_gone(7);
  peers.on_accepted(7, 1);
  const auto ghost = peers.on_frame(nth(1), 7, 1, 0);
  ASSERT_TRUE(ghost.has_value());
  const auto owner = peers.on_frame(nth(2), 7, 2, 0);
  ASSERT_TRUE(owner.has_value());
  EXPECT_TRUE(owner->opened);
  EXPECT_EQ(owner->displaced, ghost->connection);
  EXPECT_EQ(peers.routing_of(ghost->connection), std::nullopt);
  EXPECT_EQ(peers.connections(), 1U);
}

TEST(PeersTest, RoutingIdsThatTheRouterDidNotHandOutAreRefused) {
  Peers peers(kProbe);
  peers.on_accepted(7, 0);
  EXPECT_FALSE(peers.on_frame(nth(2), 7, 0, 0).has_value()) << "only one line was accepted so far";
  EXPECT_FALSE(peers.on_frame(kProbe, 7, 0, 0).has_value()) << "the probe's own";
  EXPECT_TRUE(peers.on_frame(nth(1), 7, 0, 0).has_value());
}

TEST(PeersTest, ARoutingIdDoesNotMoveToAnotherLine) {
  Peers peers(kProbe);
  peers.on_accepted(7, 0);
  peers.on_accepted(8, 0);
  ASSERT_TRUE(peers.on_frame(nth(1), 7, 0, 0).has_value());
  EXPECT_TRUE(peers.is_bound(nth(1), 7));
  EXPECT_FALSE(peers.is_bound(nth(1), 8));
  EXPECT_EQ(peers.on_frame(nth(1), 8, 0, 0).error().code, kRelayPeerGone);
}

TEST(PeersTest, OnlyFiveBytesThatStartWithZeroAreARoutingId) {
  const std::array<std::uint8_t, 5> good{0, 1, 2, 3, 4};
  EXPECT_EQ(routing_id_from(good), RoutingId{0x01020304});
  EXPECT_EQ(routing_id_bytes({0x01020304}), good);
  const std::array<std::uint8_t, 5> chosen{1, 1, 2, 3, 4};
  EXPECT_EQ(routing_id_from(chosen), std::nullopt);
  EXPECT_EQ(routing_id_from(BytesView(good).first(4)), std::nullopt);
  EXPECT_EQ(routing_id_from(BytesView()), std::nullopt);
  EXPECT_EQ(routing_id_from(Bytes(255, 0)), std::nullopt);
}

TEST(PeersTest, ALineHeardGoneBeforeItWasHeardAcceptedLeavesNothing) {
  Peers peers(kProbe);
  EXPECT_EQ(peers.on_gone(7), std::nullopt);
  peers.on_accepted(7, 0);
  EXPECT_EQ(peers.lines(), 0U);
  EXPECT_EQ(peers.early_gone(), 0U);
  peers.on_accepted(7, 1);
  EXPECT_EQ(peers.lines(), 1U);
}

TEST(PeersTest, AnUnreachableConnectionEndsOnce) {
  Peers peers(kProbe);
  peers.on_accepted(7, 0);
  const auto connection = peers.on_frame(nth(1), 7, 0, 0)->connection;
  peers.on_unreachable(connection);
  EXPECT_EQ(peers.routing_of(connection), std::nullopt);
  EXPECT_EQ(peers.lines(), 1U) << "the descriptor is still there until the monitor says so";
  EXPECT_EQ(peers.on_gone(7), std::nullopt) << "its end was told already";
}

TEST(PeersTest, SilentLinesAreOverdueByTheirOwnDeadlines) {
  Peers peers(kProbe);
  peers.on_accepted(7, 0);
  peers.on_accepted(8, 0);
  ASSERT_TRUE(peers.on_frame(nth(1), 8, 100, 0).has_value());
  const Peers::Deadlines deadlines{.hello = 1'000, .silent = 5'000};
  EXPECT_TRUE(peers.overdue(999, deadlines).empty());
  EXPECT_EQ(peers.overdue(1'000, deadlines), std::vector<int>{7});
  EXPECT_EQ(peers.overdue(5'100, deadlines).size(), 2U);
}

TEST(PeersTest, TenThousandConnectsAndLeavesInAnyOrderReturnToZero) {
  SeededRng rng(20);
  Peers peers(kProbe);
  std::vector<int> open;
  std::vector<int> free;
  for (int fd = 10; fd < 74; ++fd) free.push_back(fd);
  std::uint32_t accepted = 0;
  std::size_t connections = 0;
  while (accepted < 10'000 || !open.empty()) {
    if (accepted < 10'000 && !free.empty() && (open.empty() || rng.below(2) == 0)) {
      const int fd = free.back();
      free.pop_back();
      ++accepted;
      if (rng.below(8) == 0) {  // its end is heard first
        peers.on_gone(fd);
        peers.on_accepted(fd, 0);
        free.push_back(fd);
        continue;
      }
      peers.on_accepted(fd, 0);
      open.push_back(fd);
      if (rng.below(2) == 0) connections += peers.on_frame(nth(accepted), fd, 0, 0).has_value();
    } else {
      const std::size_t at = rng.below(static_cast<std::uint32_t>(open.size()));
      peers.on_gone(open[at]);
      free.push_back(open[at]);
      open.erase(open.begin() + static_cast<std::ptrdiff_t>(at));
    }
  }
  EXPECT_GT(connections, 3'000U);
  EXPECT_EQ(peers.lines(), 0U);
  EXPECT_EQ(peers.connections(), 0U);
  EXPECT_EQ(peers.early_gone(), 0U);
}

}  // namespace
}  // namespace tocsin::edge
