// What a full and a failing disk do to the bulk engine: nobody hears ok for what is not there.
#include <gtest/gtest.h>

#include "relay/bulk/memory_blobs.h"
#include "relay/codes.h"
#include "tests/support/bulk_house.h"
#include "tests/support/faulty_blobs.h"

namespace tocsin {
namespace {

constexpr Error kFull{kDiskFull, "test", 28};

class BulkEngineFaultTest : public testing::Test {
 protected:
  MemoryBlobs memory_{40};
  FaultyBlobs store_{memory_};
  BulkHouse house_{store_};
  BulkPeer sender_{house_}, receiver_{house_};
  const OwnedBlob blob_ = sender_.create(4);
};

// BLB-1.4: the disk is full at the end of a batch.
TEST_F(BulkEngineFaultTest, ABatchThatDidNotFitIsAnsweredBusyAndDidNotHappen) {
  BulkPeer other(house_);
  const RequestId put = sender_.send_put(blob_.id, 0, 1, blob_.owner);
  const RequestId stat = other.send(StatBlob{blob_.id});
  store_.at_commit = kFull;
  EXPECT_EQ(sender_.answer(put).answer, Answer::kBusy);
  other.collect();
  EXPECT_EQ(other.replies.at(stat.value).answer, Answer::kBusy);
  EXPECT_EQ(house_.figures().lost_batches, 1U);
  EXPECT_EQ(house_.figures().stored.frames, 0U);
  EXPECT_EQ(sender_.put(blob_, 0, 1), Answer::kOk) << "asked again";
  EXPECT_EQ(receiver_.get(blob_.id, 0), 1);
}

// BLB-1.4: the disk is full in the middle of one.
TEST_F(BulkEngineFaultTest, AFrameThatDoesNotFitTakesItsBatchWithIt) {
  const RequestId first = sender_.send_put(blob_.id, 0, 1, blob_.owner);
  store_.at_store_frame = kFull;
  const RequestId second = sender_.send_put(blob_.id, 1, 2, blob_.owner);
  const RequestId third = sender_.send_put(blob_.id, 2, 3, blob_.owner);
  EXPECT_EQ(sender_.answer(first).answer, Answer::kBusy);
  EXPECT_EQ(sender_.replies.at(second.value).answer, Answer::kBusy);
  EXPECT_EQ(sender_.replies.at(third.value).answer, Answer::kOk) << "a batch of its own";
  EXPECT_EQ(house_.figures().stored.frames, 1U);
  EXPECT_EQ(receiver_.get(blob_.id, 0), std::nullopt);
  EXPECT_EQ(receiver_.get(blob_.id, 2), 3);
}

// BLB-1.4: a reader must not get what the sender's batch then lost.
TEST_F(BulkEngineFaultTest, AFrameWhoseBatchDidNotFitIsNotHandedOut) {
  const RequestId put = sender_.send_put(blob_.id, 0, 1, blob_.owner);
  store_.at_commit = kFull;
  const RequestId get = receiver_.send(GetFrame{blob_.id, 0});
  EXPECT_EQ(sender_.answer(put).answer, Answer::kBusy);
  receiver_.collect();
  EXPECT_TRUE(receiver_.data.empty());
  EXPECT_EQ(receiver_.replies.at(get.value).answer, Answer::kBusy);
}

// BLB-1.6
TEST_F(BulkEngineFaultTest, AFrameTheDiskDoesNotGiveIsRefusedAndTheOthersAreThere) {
  ASSERT_EQ(sender_.put(blob_, 0, 1), Answer::kOk);
  ASSERT_EQ(sender_.put(blob_, 1, 2), Answer::kOk);
  store_.at_read_frame = Error{kSlotFault, "test", 0};
  const RequestId bad = receiver_.send(GetFrame{blob_.id, 0});
  const RequestId good = receiver_.send(GetFrame{blob_.id, 1});
  EXPECT_EQ(receiver_.answer(bad).answer, Answer::kRefused);
  EXPECT_EQ(receiver_.data.at(good.value), 2);
  EXPECT_EQ(house_.figures().slot_faults, 1U);
}

// BLB-1.2: what a stat costs is paid once between two commits.
TEST_F(BulkEngineFaultTest, OfManyStatsOneReadsTheMap) {
  for (int i = 0; i < 10; ++i) receiver_.send(StatBlob{blob_.id});
  house_.commit();
  EXPECT_EQ(store_.mapped, 1);
}

}  // namespace
}  // namespace tocsin
