// The connection budget, its gate, and frames that wait (traps Z6, Z8, Z15).
#include "relay/edge/gate.h"

#include <gtest/gtest.h>

#include "relay/edge/listener.h"
#include "relay/edge/waiting.h"
#include "relay/edge/zmq.h"

namespace tocsin::edge {
namespace {

constexpr std::uint64_t kGiB = 1u << 30;

TEST(GateTest, ASmallServerTakesAThousandConnections) {
  EXPECT_EQ(connection_budget({.memory_bytes = kGiB, .descriptors = 65'536}), 1'024U);
}

TEST(GateTest, TheBudgetKeepsBelowTheDescriptorLimit) {
  EXPECT_EQ(connection_budget({.memory_bytes = 64 * kGiB, .descriptors = 1'024}),
            1'024 - kReservedDescriptors);
  EXPECT_EQ(connection_budget({.memory_bytes = 64 * kGiB, .descriptors = 10}), kMinConnections);
  EXPECT_EQ(connection_budget({.memory_bytes = 0, .descriptors = 0}), kMinConnections);
}

// LIM-12
TEST(GateTest, WhatABulkPlaneMayHoldIsTakenFromTheBudget) {
  const Machine small{.memory_bytes = kGiB, .descriptors = 65'536, .bulk_lines = kBulkConnections};
  EXPECT_EQ(connection_budget(small), (kGiB - kBulkMemoryBytes) >> 20);
  EXPECT_GE(connection_budget(small), 880U);
  EXPECT_EQ(connection_budget(
                {.memory_bytes = 64 * kGiB, .descriptors = 1'024, .bulk_lines = kBulkConnections}),
            1'024 - kReservedDescriptors - kBulkConnections);
  EXPECT_EQ(connection_budget(
                {.memory_bytes = 1 << 20, .descriptors = 65'536, .bulk_lines = kBulkConnections}),
            kMinConnections);
}

TEST(GateTest, IdleConnectionsOfAFullBudgetFitTheMemoryTheyWereCountedFor) {
  const std::size_t budget = connection_budget({.memory_bytes = kGiB, .descriptors = 65'536});
  EXPECT_LT(budget * kConnectionBytes, kGiB / 20);
}

TEST(GateTest, TheGateClosesAtTheBudgetAndOpensBelowNinetyPercent) {
  EXPECT_TRUE(gate_open(true, 99, 100));
  EXPECT_FALSE(gate_open(true, 100, 100));
  EXPECT_FALSE(gate_open(false, 90, 100));
  EXPECT_TRUE(gate_open(false, 89, 100));
}

TEST(WaitingTest, FramesLeaveInOrderAndOneSlowPeerHoldsUpNoOther) {
  Waiting waiting(kCellPlane);
  for (std::uint8_t i = 0; i < 3; ++i) {
    ASSERT_TRUE(waiting.push(1, Bytes{i}, 0).has_value());
    ASSERT_TRUE(waiting.push(2, Bytes{i}, 0).has_value());
  }
  Bytes taken;
  waiting.offer(1, [&](EdgeConnection connection, BytesView frame) {
    if (connection == 1) return false;
    taken.push_back(frame[0]);
    return true;
  });
  EXPECT_EQ(taken, (Bytes{0, 1, 2}));
  EXPECT_TRUE(waiting.has(1));
  EXPECT_FALSE(waiting.has(2));
  waiting.forget(1);
  EXPECT_TRUE(waiting.empty());
}

TEST(WaitingTest, OnePeersFramesAreBounded) {
  Waiting waiting(kCellPlane);
  for (std::size_t i = 0; i < kWaitingFramesPerPeer; ++i)
    ASSERT_TRUE(waiting.push(1, Bytes(1), 0).has_value());
  EXPECT_EQ(waiting.push(1, Bytes(1), 0).error().code, kBoundaryFull);
  EXPECT_TRUE(waiting.push(2, Bytes(1), 0).has_value());
}

// LIM-12: eight readers that do not read do not stop those that do.
TEST(WaitingTest, WhenAllPeersFramesAreTooManyThePeerThatTookNoneForLongestEnds) {
  Waiting waiting(kBulkPlane);
  constexpr EdgeConnection kReader = 100;
  for (EdgeConnection peer = 1; peer <= 8; ++peer) {
    for (std::size_t i = 0; i + (peer == 8 ? 32 : 0) < kBulkPlane.waiting_per_peer; ++i)
      ASSERT_TRUE(waiting.push(peer, Bytes(1), 10 - static_cast<Milliseconds>(peer)).has_value());
  }
  for (std::size_t i = 0; i < 32; ++i) ASSERT_TRUE(waiting.push(kReader, Bytes(1), 0).has_value());
  EXPECT_TRUE(waiting.is_full());
  waiting.offer(20, [](EdgeConnection peer, BytesView) { return peer == kReader; });
  for (std::size_t i = 0; i < 32; ++i) ASSERT_TRUE(waiting.push(kReader, Bytes(1), 20).has_value());
  EXPECT_TRUE(waiting.is_full());
  EXPECT_EQ(waiting.stalest(), 8U) << "though it has fewer than the others";
  waiting.forget(8);
  EXPECT_FALSE(waiting.is_full());
  EXPECT_EQ(waiting.stalest(), 7U);
}

// LIM-12
TEST(WaitingTest, APeerThatTakesNothingForLongIsStalled) {
  Waiting waiting(kCellPlane);
  for (const EdgeConnection peer : {1U, 2U}) {
    ASSERT_TRUE(waiting.push(peer, Bytes(1), 0).has_value());
    ASSERT_TRUE(waiting.push(peer, Bytes(1), 5).has_value()) << "a frame that comes is no progress";
  }
  bool once = true;
  waiting.offer(
      100, [&](EdgeConnection peer, BytesView) { return peer == 2 && std::exchange(once, false); });
  EXPECT_TRUE(waiting.stalled(kCellPlane.stalled_ms - 1).empty());
  EXPECT_EQ(waiting.stalled(kCellPlane.stalled_ms), std::vector<EdgeConnection>{1});
  EXPECT_EQ(waiting.stalled(kCellPlane.stalled_ms + 100).size(), 2U);
}

TEST(ListenerTest, EndpointsAreNumericHostAndPort) {
  const auto four = parse_endpoint("127.0.0.1:7700");
  ASSERT_TRUE(four.has_value());
  EXPECT_EQ(four->host, "127.0.0.1");
  EXPECT_EQ(four->port, 7700);
  const auto six = parse_endpoint("[::1]:7700");
  ASSERT_TRUE(six.has_value());
  EXPECT_EQ(six->host, "::1");
  EXPECT_EQ(endpoint_text(*six), "[::1]:7700");
  EXPECT_EQ(endpoint_text(*four), "127.0.0.1:7700");
}

TEST(ListenerTest, AnythingElseIsABadEndpoint) {
  for (const char* text : {"", ":", "7700", ":7700", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x",
                           "127.0.0.1:70000", "127.0.0.1:-1", "::1:7700", "127.0.0.1:77 "})
    EXPECT_EQ(parse_endpoint(text).error().code, kRelayBadEndpoint) << text;
  EXPECT_EQ(Listener::create({"relay.example", 0}).error().code, kRelayBadEndpoint)
      << "names are resolved by nobody here";
}

TEST(ListenerTest, AnAddressInUseIsSaidAsSuch) {
  auto first = Listener::create({"127.0.0.1", 0});
  ASSERT_TRUE(first.has_value());
  EXPECT_NE(first->endpoint().port, 0);
  EXPECT_EQ(Listener::create(first->endpoint()).error().code, kRelayAddressInUse);
}

TEST(ListenerTest, TheGateOpensAndClosesAnyNumberOfTimes) {
  auto listener = Listener::create({"127.0.0.1", 0});
  ASSERT_TRUE(listener.has_value());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(listener->close_gate().has_value());
    ASSERT_TRUE(listener->close_gate().has_value());
    EXPECT_FALSE(listener->gate_is_open());
    ASSERT_TRUE(listener->open_gate().has_value());
    EXPECT_TRUE(listener->gate_is_open());
  }
}

TEST(ZmqCodeTest, EveryErrnoHasACode) {
  EXPECT_EQ(zmq_code(EAGAIN), kRelayWouldBlock);
  EXPECT_EQ(zmq_code(EHOSTUNREACH), kRelayPeerGone);
  EXPECT_EQ(zmq_code(EADDRINUSE), kRelayAddressInUse);
  EXPECT_EQ(zmq_code(EINTR), kRelayInterrupted);
  for (int number = 0; number < 4096; ++number)
    EXPECT_FALSE(relay_code_name(zmq_code(number)).empty()) << number;
  EXPECT_EQ(zmq_code(ETERM), kRelayTransportFault);
}

}  // namespace
}  // namespace tocsin::edge
