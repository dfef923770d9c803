// What becomes of a file for every report of a mover, in every standing.
#include "client/engine/removal.h"
#include "tests/unit/client/engine/evidence_people.h"

namespace tocsin::testing_support {
namespace {

using EvidenceMovingTest = EvidencePeople;

// EVI-4.1, EVI-4.5
TEST_F(EvidenceMovingTest, AFileArrivesAndBothKnowIt) {
  send_all();
  const auto places = places_of(receiver().db(), received().id).value();
  ASSERT_EQ(places.size(), 1U);
  EXPECT_EQ(places.front().blob, blob_);
  EXPECT_TRUE(places.front().owner.has_value()) << "it is sealed, so they may erase it";
  receive_all(content_);
  EXPECT_EQ(received().standing, EvidenceStanding::kWhole);
  EXPECT_EQ(sent().standing, EvidenceStanding::kWhole);
  EXPECT_EQ(received().path, folder_.file("a.zip").string());
  EXPECT_EQ(received().dropped, part_);
  const auto* drop = receiver().mover().doing<DropJob>();
  ASSERT_NE(drop, nullptr);
  EXPECT_EQ(drop->path, part_);
  receiver().mover().finish(NameDropped{});
  rounds(1);
  ASSERT_NE(receiver().mover().doing<EraseJob>(), nullptr);
  receiver().mover().finish(BlobErased{});
  rounds(1);
  EXPECT_TRUE(moving_evidence(receiver().db()).value().empty());
  EXPECT_TRUE(moving_evidence(sender().db()).value().empty());
  EXPECT_EQ(failures_, 0);
}

// EVI-4.5: with that key they could seal or delete what is not full.
TEST_F(EvidenceMovingTest, TheOwnersKeyIsNotToldBeforeTheBlobIsSealed) {
  offer();
  sender().mover().tell(BlobMade{rng_.draw<ReadId>()});
  rounds(3);
  const auto places = places_of(receiver().db(), received().id).value();
  ASSERT_EQ(places.size(), 1U);
  EXPECT_FALSE(places.front().owner.has_value());
}

TEST_F(EvidenceMovingTest, WhatIsOtherwiseIsDifferentAndStays) {
  send_all();
  receive_all(Sha256::from(Bytes(32, 2)).value());
  EXPECT_EQ(received().standing, EvidenceStanding::kDifferent);
  EXPECT_EQ(sent().standing, EvidenceStanding::kDifferent);
  EXPECT_TRUE(std::filesystem::exists(received().path));
}

// EVI-4.3, EVI-4.6
TEST_F(EvidenceMovingTest, WhatIsLostAtTheRelayIsAskedForTenTimesAndItsPartStays) {
  send_all();
  want();
  for (const Code code : {kBlobGone, kBadCiphertext}) {
    for (int i = 0; i < 5; ++i) {
      ASSERT_EQ(received().standing, EvidenceStanding::kMoving) << i;
      ASSERT_NE(receiver().mover().doing<ReceiveJob>(), nullptr) << i;
      receiver().mover().finish(JobFailed{{code, "test"}});
      rounds(1);
      EXPECT_EQ(received().fault == code, received().standing == EvidenceStanding::kMoving);
      EXPECT_FALSE(receiver().mover().is_busy()) << "it rests";
      pass(300);
    }
  }
  EXPECT_EQ(received().standing, EvidenceStanding::kGone);
  EXPECT_EQ(sent().standing, EvidenceStanding::kGone);
  EXPECT_TRUE(std::filesystem::exists(part_));
}

TEST_F(EvidenceMovingTest, OneFrameMoreForgetsTheFailures) {
  send_all();
  want();
  for (int i = 0; i < 14; ++i) {
    ASSERT_NE(receiver().mover().doing<ReceiveJob>(), nullptr) << i;
    if (i == 8) receiver().mover().tell(FramesMoved{tree_of(1)});
    receiver().mover().finish(JobFailed{{kBlobGone, "test"}});
    pass(301);
  }
  EXPECT_EQ(received().standing, EvidenceStanding::kMoving);
}

// EVI-4.3: ten losses, not ten of anything.
TEST_F(EvidenceMovingTest, ALineThatIsDownForHoursMakesNoLoss) {
  send_all();
  want();
  for (int i = 0; i < 30; ++i) {
    ASSERT_NE(receiver().mover().doing<ReceiveJob>(), nullptr) << i;
    receiver().mover().finish(JobFailed{{kNoRelay, "test"}});
    pass(301);
  }
  receiver().mover().finish(JobFailed{{kBlobGone, "test"}});
  rounds(1);
  EXPECT_EQ(received().standing, EvidenceStanding::kMoving);
}

TEST_F(EvidenceMovingTest, WhatHoldsAFileUpIsKeptAndForgottenWhenItGoesOn) {
  send_all();
  want();
  receiver().mover().finish(JobFailed{{kDiskFull, "test"}});
  rounds(1);
  EXPECT_EQ(received().fault, kDiskFull);
  rounds(20);
  ASSERT_NE(receiver().mover().doing<ReceiveJob>(), nullptr);
  receiver().mover().tell(FramesMoved{tree_of(1)});
  rounds(1);
  EXPECT_EQ(received().fault, Code{});
}

TEST_F(EvidenceMovingTest, AFileThatChangesIsGivenUpAndTheOtherSideHearsIt) {
  for (const Code code : {kFileChanged, kNoSuchFile}) {
    offer();
    sender().mover().tell(BlobMade{rng_.draw<ReadId>()});
    sender().mover().finish(JobFailed{{code, "test"}});
    rounds(3);
    EXPECT_EQ(sent().standing, EvidenceStanding::kChanged);
    EXPECT_TRUE(all_evidence(receiver().db()).value().empty()) << "nobody had wanted it yet";
    rounds(20);
    ASSERT_NE(sender().mover().doing<EraseJob>(), nullptr);
    sender().mover().finish(BlobErased{});
    rounds(1);
  }
}

TEST_F(EvidenceMovingTest, ARelayThatStoresNothingIsPassedOver) {
  const RelayAddress second = route_on("second.example", rng_).relay;
  ASSERT_TRUE(save_relay(sender().db(), second, as_bytes("word"), RelayUse::kCommon).has_value());
  offer();
  EXPECT_NE(sender().mover().doing<SendJob>()->relay.address, second);
  sender().mover().finish(JobFailed{{kNoBulkPlane, "test"}});
  rounds(20);
  ASSERT_NE(sender().mover().doing<SendJob>(), nullptr);
  EXPECT_EQ(sender().mover().doing<SendJob>()->relay.address, second);
  EXPECT_EQ(places_of(sender().db(), sent().id).value().size(), 1U);
}

TEST_F(EvidenceMovingTest, AFullRelayIsAskedForLessOnceAndThenRested) {
  offer();
  sender().mover().finish(BlobFull{9});
  rounds(1);
  ASSERT_NE(sender().mover().doing<SendJob>(), nullptr);
  sender().mover().finish(BlobFull{9});
  rounds(1);
  EXPECT_FALSE(sender().mover().is_busy());
  EXPECT_EQ(sent().fault, kRelayFull);
  rounds(30);
  EXPECT_NE(sender().mover().doing<SendJob>(), nullptr);
}

// BLB-8.2: the same blob is made and filled again.
TEST_F(EvidenceMovingTest, ABlobThatIsGoneIsFilledAgainUnderItsKey) {
  offer();
  const OwnerSecret owner = sender().mover().doing<SendJob>()->owner.duplicate();
  sender().mover().tell(BlobMade{rng_.draw<ReadId>()});
  sender().mover().tell(FramesMoved{tree_of(2)});
  sender().mover().finish(JobFailed{{kBlobGone, "test"}});
  rounds(30);
  const auto* again = sender().mover().doing<SendJob>();
  ASSERT_NE(again, nullptr);
  EXPECT_EQ(again->first, 0U);
  EXPECT_EQ(to_bytes(again->owner.expose(kExpose)), to_bytes(owner.expose(kExpose)));
}

TEST_F(EvidenceMovingTest, WhatCannotBeErasedAtARelayIsLeftThere) {
  send_all();
  receive_all(content_);
  receiver().mover().finish(NameDropped{});
  rounds(1);
  for (int i = 0; i < 288; ++i) {  // a day of them
    ASSERT_NE(receiver().mover().doing<EraseJob>(), nullptr) << i;
    receiver().mover().finish(JobFailed{{kNoRelay, "test"}, true});
    pass(301);
  }
  EXPECT_FALSE(receiver().mover().is_busy());
  EXPECT_TRUE(moving_evidence(receiver().db()).value().empty());
}

TEST_F(EvidenceMovingTest, AfterARestartItGoesOnWhereItWas) {
  offer();
  sender().mover().tell(BlobMade{rng_.draw<ReadId>()});
  sender().mover().tell(FramesMoved{tree_of(3)});
  rounds(2);
  sender().mover().job.reset();
  sender().restart();
  rounds(1);
  const auto* job = sender().mover().doing<SendJob>();
  ASSERT_NE(job, nullptr);
  EXPECT_EQ(job->tree.count(), 3U);
  // Put and sealed, but killed before it was known: sealed again.
  sender().mover().tell(FramesMoved{tree_of(4)});
  rounds(1);
  sender().mover().job.reset();
  sender().restart();
  rounds(1);
  ASSERT_NE(sender().mover().doing<SendJob>(), nullptr);
  sender().mover().finish(JobDone{});
  rounds(1);
  EXPECT_NE(sender().mover().doing<HashJob>(), nullptr);
}

TEST_F(EvidenceMovingTest, WhatIsNotHereIsNotRecorded) {
  send_all();
  EXPECT_EQ(record_custody(receiver().engine(), received().id, {.event = CustodyEvent::kOpened})
                .error()
                .code,
            kNotReady);
  want();
  EXPECT_EQ(record_custody(receiver().engine(), received().id, {.event = CustodyEvent::kErased})
                .error()
                .code,
            kNotReady);
}

TEST_F(EvidenceMovingTest, APathIsTakenOnce) {
  send_all();
  want();
  receiver().mover().job.reset();
  const EvidenceNumber first = received().id;
  send_all();
  std::filesystem::remove(part_);
  EXPECT_EQ(want_evidence(receiver().engine(), received().id, part_).error().code, kFileInTheWay);
  ASSERT_TRUE(cancel_evidence(receiver().engine(), first).has_value());
  EXPECT_EQ(want_evidence(receiver().engine(), received().id, part_).error().code, kFileInTheWay);
}

TEST_F(EvidenceMovingTest, WithAContactGoesWhatWasNeverWhole) {
  send_all();
  want();
  ASSERT_TRUE(std::filesystem::exists(part_));
  ASSERT_TRUE(take_leave(receiver().engine(), receiver().friend_row().id).has_value());
  EXPECT_EQ(received().dropped, part_);
  rounds(6);  // the farewell is at the relay, and upkeep forgets them
  EXPECT_EQ(sent().standing, EvidenceStanding::kRefused);
  EXPECT_FALSE(std::filesystem::exists(part_));
  EXPECT_TRUE(all_evidence(receiver().db()).value().empty());
}

TEST_F(EvidenceMovingTest, AFarewellHoldsUpNeitherTheFileNorItsCustody) {
  send_all();
  want();
  receiver().mover().tell(FramesMoved{tree_of(4)});
  receiver().mover().finish(JobDone{});
  rounds(2);
  ContactRow contact = receiver().friend_row();
  contact.standing = ContactStanding::kEnded;
  ASSERT_TRUE(update_contact(receiver().db(), contact).has_value());
  ASSERT_NE(receiver().mover().doing<HashJob>(), nullptr);
  receiver().mover().finish(FileHashed{content_});
  rounds(2);
  EXPECT_EQ(received().standing, EvidenceStanding::kWhole);
  EXPECT_TRUE(record_custody(receiver().engine(), received().id, {.event = CustodyEvent::kOpened})
                  .has_value());
}

}  // namespace
}  // namespace tocsin::testing_support
