#include <gtest/gtest.h>

#include "protocol/blob/reply.h"
#include "relay/bulk/limits.h"
#include "relay/bulk/memory_blobs.h"
#include "relay/store/limits.h"
#include "tests/support/bulk_house.h"

namespace tocsin {
namespace {

constexpr std::uint32_t kSlots = 40;

class BulkEngineTest : public testing::Test {
 protected:
  MemoryBlobs store_{kSlots};
  BulkHouse house_{store_};
  BulkPeer sender_{house_}, receiver_{house_};
};

// BLB-1.1, BLB-1.2, BLB-3.1, BLB-5.1, BLB-6.1, BLB-7.1, BLB-8.1
TEST_F(BulkEngineTest, FramesGoInAndComeOut) {
  EXPECT_EQ(sender_.welcome().limits.in_flight, kBulkInFlight);
  const OwnedBlob blob = sender_.create(3);
  EXPECT_EQ(sender_.put(blob, 0, 10), Answer::kOk);
  EXPECT_EQ(sender_.put(blob, 2, 12), Answer::kOk);
  EXPECT_EQ(receiver_.get(blob.id, 0), 10);
  EXPECT_EQ(receiver_.get(blob.id, 2), 12);
  EXPECT_EQ(receiver_.get(blob.id, 1), std::nullopt);
  const Reply absent = receiver_.ask(GetFrame{blob.id, 1});
  EXPECT_EQ(absent.answer, Answer::kOk) << "not there yet";
  EXPECT_TRUE(absent.body.empty());
  EXPECT_EQ(receiver_.ask(GetFrame{blob.id, 3}).answer, Answer::kRefused);
  BlobStat stat = decode_stat(receiver_.ask(StatBlob{blob.id}).body).value();
  EXPECT_EQ(stat.standing, BlobStanding::kOpen);
  EXPECT_EQ(to_hex(stat.map.bits()), "05");
  EXPECT_EQ(sender_.put(blob, 1, 11), Answer::kOk);
  EXPECT_EQ(sender_.ask(SealBlob{blob.id}, &blob.owner).answer, Answer::kOk);
  EXPECT_EQ(sender_.ask(SealBlob{blob.id}, &blob.owner).answer, Answer::kOk);
  stat = decode_stat(receiver_.ask(StatBlob{blob.id}).body).value();
  EXPECT_EQ(stat.standing, BlobStanding::kSealed);
  EXPECT_EQ(stat.map.count(), 3U);
}

// BLB-5.1
TEST_F(BulkEngineTest, AnIndexIsWrittenOnce) {
  const OwnedBlob blob = sender_.create(2);
  EXPECT_EQ(sender_.put(blob, 0, 1), Answer::kOk);
  EXPECT_EQ(sender_.put(blob, 0, 1), Answer::kOk);
  EXPECT_EQ(sender_.put(blob, 0, 2), Answer::kRefused);
  EXPECT_EQ(sender_.put(blob, 2, 1), Answer::kRefused);
  // Within one batch too.
  const RequestId first = sender_.send_put(blob.id, 1, 5, blob.owner);
  const RequestId same = sender_.send_put(blob.id, 1, 5, blob.owner);
  const RequestId other = sender_.send_put(blob.id, 1, 6, blob.owner);
  EXPECT_EQ(sender_.answer(first).answer, Answer::kOk);
  EXPECT_EQ(sender_.replies.at(same.value).answer, Answer::kOk);
  EXPECT_EQ(sender_.replies.at(other.value).answer, Answer::kRefused);
  EXPECT_EQ(receiver_.get(blob.id, 1), 5);
  EXPECT_EQ(house_.figures().stored.frames, 2U);
}

// BLB-5.2
TEST_F(BulkEngineTest, IntoASealedBlobNothingNewIsPut) {
  const OwnedBlob blob = sender_.create(2);
  ASSERT_EQ(sender_.put(blob, 0, 1), Answer::kOk);
  ASSERT_EQ(sender_.ask(SealBlob{blob.id}, &blob.owner).answer, Answer::kOk);
  EXPECT_EQ(sender_.put(blob, 1, 1), Answer::kRefused);
  EXPECT_EQ(sender_.put(blob, 0, 1), Answer::kOk) << "its answer may have been lost";
}

// BLB-4.1, BLB-4.2, BLB-4.3
TEST_F(BulkEngineTest, CreatingIsRepeatableAndPromisesRoom) {
  OwnerPair owner = make_x25519_pair<OwnerPublic, OwnerSecret>(house_.rng());
  const CreateBlob create{owner.public_key, 30, 7};
  const Reply made = sender_.ask(create, &owner);
  ASSERT_EQ(made.answer, Answer::kOk);
  EXPECT_EQ(sender_.ask(create, &owner).body, made.body);
  EXPECT_EQ(sender_.ask(CreateBlob{owner.public_key, 29, 7}, &owner).answer, Answer::kRefused);
  EXPECT_EQ(house_.figures().stored.blobs, 1U);
  OwnerPair other = make_x25519_pair<OwnerPublic, OwnerSecret>(house_.rng());
  const Reply full = sender_.ask(CreateBlob{other.public_key, 11, 7}, &other);
  EXPECT_EQ(full.answer, Answer::kFull);
  EXPECT_EQ(decode_free_frames(full.body).value(), 10U);
  EXPECT_EQ(sender_.ask(CreateBlob{other.public_key, 10, 7}, &other).answer, Answer::kOk);
}

// BLB-4.1
TEST_F(BulkEngineTest, WithoutThePasswordOrAtAClosingRelayNothingIsCreated) {
  OwnerPair owner = make_x25519_pair<OwnerPublic, OwnerSecret>(house_.rng());
  sender_.has_password = false;
  EXPECT_EQ(sender_.ask(CreateBlob{owner.public_key, 1, 7}, &owner).answer, Answer::kRefused);
  sender_.has_password = true;
  EXPECT_EQ(sender_.ask(CreateBlob{owner.public_key, 1, 7}).answer, Answer::kRefused) << "no tag";
  const OwnedBlob blob = sender_.create(1);
  ASSERT_EQ(sender_.put(blob, 0, 4), Answer::kOk);
  house_.restart(Notice{.closing = {20'010}});
  BulkPeer later(house_);
  EXPECT_EQ(later.ask(CreateBlob{owner.public_key, 1, 7}, &owner).answer, Answer::kRefused);
  EXPECT_EQ(later.get(blob.id, 0), 4) << "what is there is still handed out";
}

// BLB-2.2, BLB-2.3: a stranger and a wrong id hear the same, at the same cost.
TEST_F(BulkEngineTest, OnlyTheOwnerPutsSealsAndDeletes) {
  const OwnedBlob blob = sender_.create(2);
  ASSERT_EQ(sender_.put(blob, 0, 1), Answer::kOk);
  const OwnerPair stranger = make_x25519_pair<OwnerPublic, OwnerSecret>(house_.rng());
  const auto wrong = house_.rng().draw<ReadId>();
  for (const ReadId& id : {blob.id, wrong}) {
    EXPECT_EQ(receiver_.answer(receiver_.send_put(id, 1, 1, stranger)).answer, Answer::kRefused);
    EXPECT_EQ(receiver_.ask(SealBlob{id}, &stranger).answer, Answer::kRefused);
    EXPECT_EQ(receiver_.ask(DeleteBlob{id}, &stranger).answer, Answer::kRefused);
    EXPECT_EQ(receiver_.ask(DeleteBlob{id}).answer, Answer::kRefused);
  }
  EXPECT_EQ(receiver_.ask(StatBlob{wrong}).answer, Answer::kRefused);
  EXPECT_EQ(receiver_.ask(GetFrame{wrong, 0}).answer, Answer::kRefused);
  EXPECT_EQ(sender_.put(blob, 1, 2), Answer::kOk);
}

// BLB-6.2
TEST_F(BulkEngineTest, WhoHasTheOwnersSecretDeletes) {
  const OwnedBlob blob = sender_.create(kSlots);
  ASSERT_EQ(sender_.put(blob, 0, 1), Answer::kOk);
  EXPECT_EQ(receiver_.ask(DeleteBlob{blob.id}, &blob.owner).answer, Answer::kOk);
  EXPECT_EQ(receiver_.ask(DeleteBlob{blob.id}, &blob.owner).answer, Answer::kRefused);
  EXPECT_EQ(receiver_.ask(GetFrame{blob.id, 0}).answer, Answer::kRefused);
  house_.tick();
  EXPECT_EQ(house_.figures().stored.free(), kSlots);
}

// BLB-10.1
TEST_F(BulkEngineTest, EveryPutAndGetBeginsTheDaysAnew) {
  const OwnedBlob blob = sender_.create(2, 3);
  ASSERT_EQ(receiver_.ask(StatBlob{blob.id}).answer, Answer::kOk);
  const auto days_later = [&](int days) {
    house_.now = milliseconds_after(house_.now, days * 86'400'000LL);
    house_.tick();
  };
  days_later(3);
  EXPECT_EQ(sender_.put(blob, 0, 1), Answer::kOk);
  days_later(3);
  EXPECT_EQ(receiver_.get(blob.id, 0), 1);
  days_later(3);
  EXPECT_EQ(receiver_.ask(StatBlob{blob.id}).answer, Answer::kOk) << "which is no touch";
  days_later(1);
  EXPECT_EQ(receiver_.ask(StatBlob{blob.id}).answer, Answer::kRefused);
  EXPECT_EQ(house_.figures().stored.blobs, 0U);
}

// BLB-10.1: what is past its day is gone for everybody before it is swept.
TEST_F(BulkEngineTest, AnExpiredBlobMakesWayForItsOwnersNext) {
  OwnerPair owner = make_x25519_pair<OwnerPublic, OwnerSecret>(house_.rng());
  ASSERT_EQ(sender_.ask(CreateBlob{owner.public_key, 30, 1}, &owner).answer, Answer::kOk);
  house_.now = milliseconds_after(house_.now, 2 * 86'400'000LL);
  EXPECT_EQ(sender_.ask(CreateBlob{owner.public_key, 10, 7}, &owner).answer, Answer::kOk);
  EXPECT_EQ(house_.figures().stored.promised, 10U);
}

// BLB-1.4
TEST_F(BulkEngineTest, NothingIsAnsweredBeforeItIsDurable) {
  const OwnedBlob blob = sender_.create(1);
  const RequestId put = sender_.send_put(blob.id, 0, 9, blob.owner);
  sender_.collect();
  EXPECT_FALSE(sender_.replies.contains(put.value));
  // A reader in the same batch makes it durable first: the sender hears at the same time.
  const RequestId get = receiver_.send(GetFrame{blob.id, 0});
  receiver_.collect();
  sender_.collect();
  EXPECT_TRUE(receiver_.data.contains(get.value));
  EXPECT_EQ(sender_.replies.at(put.value).answer, Answer::kOk);
}

// BLB-1.2
TEST_F(BulkEngineTest, MoreThanMayBeUnansweredHearBusy) {
  const OwnedBlob blob = sender_.create(1);
  ASSERT_EQ(sender_.put(blob, 0, 1), Answer::kOk);
  std::vector<Request> asked;
  for (std::uint32_t i = 0; i <= kBulkInFlight; ++i)
    asked.push_back(receiver_.request(GetFrame{blob.id, 0}));
  const RequestId last = asked.back().id;
  for (const Request& request : asked) receiver_.put_message(Requests{{request}});
  EXPECT_EQ(receiver_.answer(last).answer, Answer::kBusy);
  EXPECT_EQ(receiver_.data.size(), kBulkInFlight);
  EXPECT_EQ(receiver_.get(blob.id, 0), 1) << "after the batch there is room again";
}

// LIM-12: sixty-four lines that each ask for all they may in one cell fill no memory, and everybody
// gets what was asked.
TEST_F(BulkEngineTest, WhatOneBatchHandsOutIsBoundedAndNothingIsRefusedForIt) {
  const OwnedBlob blob = sender_.create(1);
  ASSERT_EQ(sender_.put(blob, 0, 1), Answer::kOk);
  std::vector<BulkPeer> readers;
  for (std::size_t i = 0; i < kBulkConnections; ++i) readers.emplace_back(house_);
  EdgeBatch batch;
  for (BulkPeer& reader : readers) {
    Requests asked;
    for (std::uint32_t i = 0; i < kBulkInFlight; ++i)
      asked.list.push_back(reader.request(GetFrame{blob.id, 0}));
    batch.push_back(
        {reader.connection(), EdgeEvent::kCell, to_bytes(encode(Message(asked)).value())});
  }
  const std::size_t most = house_.take(batch);
  house_.commit();
  EXPECT_LE(most, kBulkBatchBytes + 16 * kCellBytes) << "and some cells of replies";
  for (BulkPeer& reader : readers) {
    reader.collect();
    EXPECT_EQ(reader.data.size(), kBulkInFlight);
    EXPECT_TRUE(reader.replies.empty());
  }
}

// BLB-1.5
TEST_F(BulkEngineTest, ALineThatOnlyPingsEndsAfterHalfAMinute) {
  const OwnedBlob blob = sender_.create(1);
  BulkPeer guest(house_);
  ASSERT_EQ(receiver_.ask(StatBlob{blob.id}).answer, Answer::kOk);
  const auto later = [&](std::int64_t milliseconds) {
    house_.now = milliseconds_after(house_.now, milliseconds);
    house_.tick();
  };
  EXPECT_EQ(guest.ask(StatBlob{house_.rng().draw<ReadId>()}).answer, Answer::kRefused);
  later(kBulkUselessMilliseconds - 1);
  EXPECT_FALSE(house_.is_kicked(guest.connection()));
  EXPECT_EQ(guest.ask(BulkPing{}).answer, Answer::kOk);
  later(1);
  EXPECT_TRUE(house_.is_kicked(guest.connection()));
  later(86'400'000);
  EXPECT_FALSE(house_.is_kicked(sender_.connection())) << "it trickles, and nobody needs its place";
  EXPECT_FALSE(house_.is_kicked(receiver_.connection()));
}

// BLB-1.5
TEST_F(BulkEngineTest, WhenThePlacesAreTakenTheLineIdleForLongestEnds) {
  const OwnedBlob blob = sender_.create(1);
  ASSERT_EQ(receiver_.ask(StatBlob{blob.id}).answer, Answer::kOk);
  std::vector<BulkPeer> others;
  for (std::size_t i = 2; i < kBulkCrowd; ++i) others.emplace_back(house_);
  const auto all_ask = [&] {
    for (BulkPeer& other : others) ASSERT_EQ(other.ask(StatBlob{blob.id}).answer, Answer::kOk);
  };
  all_ask();
  house_.now = milliseconds_after(house_.now, kBulkIdleMilliseconds - 1);
  house_.tick();
  EXPECT_EQ(house_.figures().kicked, 0U);
  ASSERT_EQ(receiver_.ask(StatBlob{blob.id}).answer, Answer::kOk);
  all_ask();
  house_.now = milliseconds_after(house_.now, kBulkIdleMilliseconds);
  ASSERT_EQ(receiver_.ask(StatBlob{blob.id}).answer, Answer::kOk);
  house_.tick();
  EXPECT_EQ(house_.figures().kicked, 1U) << "there is a place again";
  EXPECT_TRUE(house_.is_kicked(sender_.connection()));
}

// BLB-1.2: a map costs a row for every frame.
TEST_F(BulkEngineTest, OneStatIsAnsweredBetweenTwoCommits) {
  const OwnedBlob blob = sender_.create(2);
  const RequestId first = receiver_.send(StatBlob{blob.id});
  const RequestId second = receiver_.send(StatBlob{blob.id});
  EXPECT_EQ(receiver_.answer(first).answer, Answer::kOk);
  EXPECT_EQ(receiver_.replies.at(second.value).answer, Answer::kBusy);
  EXPECT_EQ(receiver_.ask(StatBlob{blob.id}).answer, Answer::kOk);
}

// BLB-1.1, BLB-1.3, BLB-2.1: eight frames that cannot be meant end the line.
TEST_F(BulkEngineTest, WhatCannotBeMeantIsToldAndEndsTheLine) {
  const OwnedBlob blob = sender_.create(1);
  EXPECT_EQ(sender_.ask(PutFrame{blob.id, 0}, &blob.owner).answer, Answer::kMalformedCommand)
      << "a put in a cell";
  Request seal = sender_.request(SealBlob{blob.id}, &blob.owner);
  seal.command.resize(encode_bulk(PutFrame{}).size());
  const Bytes stored(kStoredFrameBytes, 1);
  sender_.put_data(encode(PutData{seal, StoredFrame(stored.data(), kStoredFrameBytes)}));
  EXPECT_EQ(sender_.answer(seal.id).answer, Answer::kMalformedCommand);
  Request later = sender_.request(BulkPing{});
  later.command = {9};
  sender_.put_message(Requests{{later}});
  EXPECT_EQ(sender_.answer(later.id).answer, Answer::kUnsupported);
  const BulkPeer bystander(house_);
  for (std::uint32_t i = 0; i < kMalformedCells; ++i) {
    EXPECT_FALSE(house_.is_kicked(receiver_.connection()));
    receiver_.put_data(Bytes(kDataFrameBytes, static_cast<std::uint8_t>(i)));
  }
  EXPECT_TRUE(house_.is_kicked(receiver_.connection()));
  EXPECT_FALSE(house_.is_kicked(bystander.connection()));
}

TEST_F(BulkEngineTest, BeforeHelloNothingIsServed) {
  const EdgeConnection stranger = house_.next_connection();
  house_.take({stranger, EdgeEvent::kOpened, {}});
  house_.take({stranger, EdgeEvent::kCell,
               to_bytes(encode(Requests{{{RequestId{1}, encode_bulk(BulkPing{})}}}).value())});
  const Bytes stored(kStoredFrameBytes, 1);
  Request put{.id = RequestId{1}, .command = encode_bulk(PutFrame{}), .tag = Tag{}};
  house_.take({stranger, EdgeEvent::kData,
               encode(PutData{put, StoredFrame(stored.data(), kStoredFrameBytes)})});
  EXPECT_EQ(house_.figures().malformed, 2U);
  EXPECT_EQ(house_.take_inbox(stranger).size(), 2U);
}

// BLB-8.2: the relay's word about a frame is worth no more than its answer to a put of the same.
TEST_F(BulkEngineTest, AfterARestartTheSamePutsAreOk) {
  const OwnedBlob blob = sender_.create(3);
  ASSERT_EQ(sender_.put(blob, 0, 1), Answer::kOk);
  sender_.send_put(blob.id, 1, 2, blob.owner);  // its batch is lost with the process
  house_.restart();
  BulkPeer again(house_);
  const BlobStat stat = decode_stat(again.ask(StatBlob{blob.id}).body).value();
  EXPECT_EQ(to_hex(stat.map.bits()), "01");
  EXPECT_EQ(again.put(blob, 0, 1), Answer::kOk);
  EXPECT_EQ(again.put(blob, 1, 2), Answer::kOk);
}

}  // namespace
}  // namespace tocsin
