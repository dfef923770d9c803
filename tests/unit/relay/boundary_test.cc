#include "relay/boundary.h"

#include <gtest/gtest.h>
#include <sys/socket.h>

#include "crypto/base/codes.h"
#include "relay/codes.h"

namespace tocsin {
namespace {

static_assert(!std::is_copy_constructible_v<EdgeEnd>);
static_assert(!std::is_copy_constructible_v<OwnedFd>);

Bytes cell_of(std::uint8_t value) { return Bytes(kCellBytes, value); }

TEST(BoundaryTest, MessagesArriveWholeAndInOrderInBothDirections) {
  auto pipe = make_boundary_pipe();
  ASSERT_TRUE(pipe.has_value());
  const EdgeBatch sent{{7, EdgeEvent::kOpened, {}},
                       {7, EdgeEvent::kCell, cell_of(1)},
                       {7, EdgeEvent::kWrongSize, {}},
                       {7, EdgeEvent::kClosed, {}}};
  ASSERT_TRUE(pipe->edge.send(sent).has_value());
  const auto got = pipe->store.receive();
  ASSERT_TRUE(got.has_value());
  ASSERT_EQ(got->size(), sent.size());
  for (std::size_t i = 0; i < sent.size(); ++i) {
    EXPECT_EQ((*got)[i].connection, 7U);
    EXPECT_EQ((*got)[i].kind, sent[i].kind);
    EXPECT_EQ((*got)[i].frame, sent[i].frame);
  }
  const StoreBatch back{{9, StoreOrder::kCell, cell_of(2)}, {9, StoreOrder::kKick, {}}};
  ASSERT_TRUE(pipe->store.send(back).has_value());
  const auto orders = pipe->edge.receive();
  ASSERT_TRUE(orders.has_value());
  ASSERT_EQ(orders->size(), 2U);
  EXPECT_EQ((*orders)[0].frame, cell_of(2));
  EXPECT_EQ((*orders)[1].kind, StoreOrder::kKick);
}

TEST(BoundaryTest, NothingArrivedIsAnEmptyBatch) {
  auto pipe = make_boundary_pipe();
  ASSERT_TRUE(pipe.has_value());
  const auto got = pipe->store.receive();
  ASSERT_TRUE(got.has_value());
  EXPECT_TRUE(got->empty());
}

TEST(BoundaryTest, AFullQueueRefusesTheBatchAndLosesNothing) {
  auto pipe = make_boundary_pipe();
  ASSERT_TRUE(pipe.has_value());
  std::uint64_t sent = 0;
  while (true) {
    const EdgeBatch one{{sent, EdgeEvent::kCell, cell_of(static_cast<std::uint8_t>(sent))}};
    const Status status = pipe->edge.send(one);
    if (!status.has_value()) {
      EXPECT_EQ(status.error().code, kBoundaryFull);
      break;
    }
    ++sent;
    ASSERT_LT(sent, 10'000U) << "the queue has no bound";
  }
  std::uint64_t received = 0;
  for (int round = 0; received < sent && round < 10'000; ++round) {
    const auto got = pipe->store.receive();
    ASSERT_TRUE(got.has_value());
    EXPECT_LE(got->size(), kBoundaryBatchMessages);
    for (const EdgeToStore& message : *got) EXPECT_EQ(message.connection, received++);
    ASSERT_TRUE(pipe->edge.flush().has_value());
  }
  EXPECT_EQ(received, sent);
  EXPECT_FALSE(pipe->edge.wants_write());
  EXPECT_TRUE(pipe->edge.has_room());
}

// LIM-12: what a batch of data frames took is given back when it has left.
TEST(BoundaryTest, ALargeBatchTakesNoMoreThanItselfAndOnlyUntilItHasLeft) {
  auto sockets = make_boundary_sockets();
  ASSERT_TRUE(sockets.has_value());
  BoundaryStream sender(std::move(sockets->first), Crossing::kBulk);
  BoundaryStream receiver(std::move(sockets->second), Crossing::kBulk);
  constexpr std::size_t kLarge = 6 * kBoundaryQueueBytes;
  sender.outgoing().resize(kLarge);
  std::size_t received = 0;
  while (received < kLarge) {
    ASSERT_TRUE(sender.flush().has_value());
    ASSERT_TRUE(receiver.fill().has_value());
    received += receiver.incoming().size();
    receiver.consume(receiver.incoming().size());
  }
  ASSERT_TRUE(sender.flush().has_value());
  EXPECT_LE(sender.outgoing_room(), 2 * kBoundaryQueueBytes);
}

TEST(BoundaryTest, WhatWasSentBeforeTheEndLeftIsStillDelivered) {
  auto pipe = make_boundary_pipe();
  ASSERT_TRUE(pipe.has_value());
  {
    EdgeEnd leaving = std::move(pipe->edge);
    const EdgeBatch one{{1, EdgeEvent::kCell, cell_of(3)}};
    ASSERT_TRUE(leaving.send(one).has_value());
  }
  const auto got = pipe->store.receive();
  ASSERT_TRUE(got.has_value());
  EXPECT_EQ(got->size(), 1U);
  const auto after = pipe->store.receive();
  ASSERT_FALSE(after.has_value());
  EXPECT_EQ(after.error().code, kBoundaryClosed);
  EXPECT_EQ(pipe->store.send(StoreBatch{{1, StoreOrder::kKick, {}}}).error().code, kBoundaryClosed);
}

TEST(BoundaryTest, BytesThatAreNoMessageAreRefused) {
  const std::vector<Bytes> bad{
      {0, 0, 0, 0},                                // shorter than its head
      {0xff, 0xff, 0xff, 0xff},                    // longer than a cell
      {9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 9},     // no such kind
      {9, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2},     // a cell without bytes
      {10, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 7}  // opened with bytes
  };
  for (const Bytes& bytes : bad) {
    auto sockets = make_boundary_sockets();
    ASSERT_TRUE(sockets.has_value());
    StoreEnd store(std::move(sockets->second), Crossing::kCells);
    ASSERT_EQ(::send(sockets->first.get(), bytes.data(), bytes.size(), 0),
              static_cast<ssize_t>(bytes.size()));
    const auto got = store.receive();
    ASSERT_FALSE(got.has_value());
    EXPECT_EQ(got.error().code, kMalformed);
  }
}

}  // namespace
}  // namespace tocsin
