#include "relay/bulk/loop.h"

#include <gtest/gtest.h>

#include "relay/bulk/memory_blobs.h"
#include "relay/codes.h"
#include "tests/support/faulty_blobs.h"
#include "tests/support/relay_house.h"

namespace tocsin {
namespace {

class BulkLoopTest : public testing::Test {
 protected:
  // Until the edge's end is gone, on a clock that goes on by so much with every look at it.
  Status run_over(const EdgeBatch& batch, std::int64_t milliseconds) {
    BoundaryPipe pipe = make_boundary_pipe(Crossing::kBulk).value();
    auto loop = BulkLoop::create(*engine_, std::move(pipe.store), [&now = now_, milliseconds] {
                  return now += milliseconds;
                }).value();
    {
      EdgeEnd edge = std::move(pipe.edge);
      EXPECT_TRUE(edge.send(batch).has_value());
      EXPECT_FALSE(edge.wants_write());
    }
    return loop->run();
  }

  SeededRng rng_{5};
  RelayIdentity identity_{rng_};
  MemoryBlobs memory_{8};
  FaultyBlobs store_{memory_};
  std::unique_ptr<BulkEngine> engine_ = BulkEngine::create(
      {.password = RelayHouse::access_key(), .notice = std::nullopt},
      {.signing = identity_.signing.secret.duplicate(), .curve = identity_.address.curve}, store_,
      rng_);
  std::int64_t now_ = 0;
};

// BLB-9.2, BLB-10.1: not only while nobody asks.
TEST_F(BulkLoopTest, RetentionAndOverwritingGoOnWhileThereIsAlwaysMoreToServe) {
  EdgeBatch batch;
  for (EdgeConnection line = 1; line <= 4 * kBoundaryBatchMessages; ++line)
    batch.push_back({line, EdgeEvent::kWrongSize, {}});
  const Status ended = run_over(batch, 60);
  ASSERT_FALSE(ended.has_value());
  EXPECT_EQ(ended.error().code, kBoundaryClosed);
  EXPECT_GE(store_.maintained, 2);
}

TEST_F(BulkLoopTest, AFaultOfTheStoreEndsTheRunWithItsOwnError) {
  store_.at_commit = Error{kFileFault, "test", 5};
  const Status ended = run_over({{1, EdgeEvent::kOpened, {}}}, 1'000);
  ASSERT_FALSE(ended.has_value());
  EXPECT_EQ(ended.error().code, kFileFault) << "of the sweep";
}

}  // namespace
}  // namespace tocsin
