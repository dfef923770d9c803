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
    ASSERT_TRUE(waiting.push(1, Bytes{i}).has_value());
    ASSERT_TRUE(waiting.push(2, Bytes{i}).has_value());
  }
  Bytes taken;
  waiting.offer([&](EdgeConnection connection, BytesView cell) {
    if (connection == 1) return false;
    taken.push_back(cell[0]);
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
    ASSERT_TRUE(waiting.push(1, Bytes(1)).has_value());
  EXPECT_EQ(waiting.push(1, Bytes(1)).error().code, kBoundaryFull);
  EXPECT_TRUE(waiting.push(2, Bytes(1)).has_value());
}

TEST(WaitingTest, AllPeersFramesTogetherAreBounded) {
  Waiting waiting(kCellPlane);
  EdgeConnection peer = 0;
  while (waiting.frames() < kWaitingFrames) {
    ++peer;
    for (std::size_t i = 0; i < kWaitingFramesPerPeer; ++i)
      ASSERT_TRUE(waiting.push(peer, Bytes(1)).has_value());
  }
  EXPECT_EQ(waiting.push(peer + 1, Bytes(1)).error().code, kBoundaryFull);
  EXPECT_FALSE(waiting.has(peer + 1));
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
