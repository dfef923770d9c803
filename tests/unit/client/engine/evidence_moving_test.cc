// What becomes of a file for every report of a mover, in every standing: two real vaults, a mover
// that says what the test wants.
#include "client/engine/custody.h"
#include "client/engine/evidence.h"
#include "client/engine/removal.h"
#include "client/engine/restoring.h"
#include "protocol/evidence/frame.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/client/hostile/two_people.h"

namespace tocsin::testing_support {
namespace {

constexpr std::uint64_t kLength = 200'000;  // 4 frames

class EvidenceMovingTest : public TwoPeople {
 protected:
  void SetUp() override {
    TwoPeople::SetUp();
    befriend();
    for (Person* person : {&victim_, &hostile_}) {
      const RelayAddress address = all_relays(person->db()).value().front().address;
      ASSERT_TRUE(
          save_relay(person->db(), address, as_bytes("word"), RelayUse::kCommon).has_value());
    }
  }
  Person& sender() { return hostile_; }
  Person& receiver() { return victim_; }
  EvidenceRow sent() { return std::move(all_evidence(sender().db()).value().back()); }
  EvidenceRow received() { return std::move(all_evidence(receiver().db()).value().back()); }
  Status move(Person& person) {
    TRY(move_evidence(person.engine()));
    return {};
  }
  FrameTree tree_of(std::uint64_t frames) {
    FrameTree tree;
    for (std::uint64_t i = 0; i < frames; ++i) tree.append(Sha256::from(Bytes(32, 7)).value());
    return tree;
  }
  void offer() {
    ASSERT_TRUE(offer_evidence(sender().engine(), {.contact = sender().friend_row().id,
                                                   .path = "/evidence/a.zip",
                                                   .mark = {.length = kLength},
                                                   .length = kLength,
                                                   .name = "a.zip",
                                                   .note = {}})
                    .has_value());
    rounds(3);
    ASSERT_NE(sender().mover().doing<SendJob>(), nullptr);
  }
  // All of it is at the relay, and told.
  void send_all() {
    offer();
    blob_ = rng_.draw<ReadId>();
    sender().mover().tell(BlobMade{blob_});
    sender().mover().tell(FramesMoved{tree_of(4)});
    sender().mover().finish(JobDone{});
    rounds(2);
    ASSERT_NE(sender().mover().doing<HashJob>(), nullptr);
    sender().mover().finish(FileHashed{content_});
    rounds(3);
    ASSERT_EQ(sent().standing, EvidenceStanding::kThere);
  }
  void want() {
    part_ = folder_.file("a.zip.part").string();
    ASSERT_TRUE(want_evidence(receiver().engine(), received().id, part_).has_value());
    rounds(1);
    ASSERT_NE(receiver().mover().doing<ReceiveJob>(), nullptr);
  }
  void receive_all(const Sha256& content) {
    want();
    receiver().mover().tell(FramesMoved{tree_of(4)});
    receiver().mover().finish(JobDone{});
    rounds(2);
    ASSERT_NE(receiver().mover().doing<HashJob>(), nullptr);
    receiver().mover().finish(FileHashed{content});
    rounds(3);
  }

  TemporaryFolder folder_;
  std::string part_;
  ReadId blob_;
  Sha256 content_ = Sha256::from(Bytes(32, 1)).value();
};

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
      rounds(100);
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
    rounds(101);
  }
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
  for (int i = 0; i < 10; ++i) {
    ASSERT_NE(receiver().mover().doing<EraseJob>(), nullptr) << i;
    receiver().mover().finish(JobFailed{{kNoRelay, "test"}, true});
    rounds(101);
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

// CUS-5.2
class CustodyTest : public EvidenceMovingTest {
 protected:
  void SetUp() override {
    EvidenceMovingTest::SetUp();
    send_all();
    receive_all(content_);
  }
  CustodyCaseRow custody(Person& person) {
    return std::move(cases_with(person.db(), person.friend_row().id).value().front());
  }
  std::vector<CustodyEvent> events(Person& person, Custodian whose) {
    const CustodyCaseRow row = custody(person);
    std::vector<CustodyEvent> list;
    const std::vector<Dsse> chain = custody_chain(person.db(), row.id, whose).value();
    for (const Dsse& record : chain)
      list.push_back(decode_custody_record(record.body).value().event);
    return list;
  }
  using Events = std::vector<CustodyEvent>;
};

TEST_F(CustodyTest, BothSidesHoldBothChains) {
  const Events sent{CustodyEvent::kAcquired, CustodyEvent::kSent};
  const Events received{CustodyEvent::kReceived, CustodyEvent::kVerified};
  EXPECT_EQ(events(sender(), Custodian::kUs), sent);
  EXPECT_EQ(events(receiver(), Custodian::kThem), sent);
  EXPECT_EQ(events(receiver(), Custodian::kUs), received);
  EXPECT_EQ(events(sender(), Custodian::kThem), received);
  EXPECT_EQ(custody(sender()).case_id, custody(receiver()).case_id);
  for (Person* person : {&victim_, &hostile_}) {
    for (const Custodian whose : {Custodian::kUs, Custodian::kThem}) {
      const auto chain = custody_chain(person->db(), custody(*person).id, whose).value();
      EXPECT_TRUE(CustodyChain::read(chain).has_value());
    }
  }
  // CUS-1.1: not the keys that anybody knows them by.
  EXPECT_NE(custody(sender()).peer, receiver().engine().signing());
}

// CUS-5.4
TEST_F(CustodyTest, AHandOverIsSignedByBothAndInBothChains) {
  const EvidenceNumber theirs = sent().id;
  const EvidenceNumber ours = received().id;
  ASSERT_TRUE(name_custodian(receiver().engine(), receiver().friend_row().id, "Lab").has_value());
  ASSERT_TRUE(hand_over(sender().engine(), theirs, "for the court").has_value());
  rounds(3);
  ASSERT_EQ(find_hand_over(receiver().db(), ours).value()->standing, HandOverStanding::kAskedOfUs);
  EXPECT_EQ(events(receiver(), Custodian::kUs).size(), 2U) << "nobody here said yes yet";
  EXPECT_EQ(hand_over(receiver().engine(), ours, "").error().code, kNotReady)
      << "not theirs to give";
  EXPECT_EQ(take_over(receiver().engine(), ours, "00000000", "").error().code, kNotConfirmed);
  const std::string number = number_of(*find_hand_over(receiver().db(), ours).value());
  ASSERT_TRUE(take_over(receiver().engine(), ours, number, "").has_value());
  rounds(8);
  for (Person* person : {&victim_, &hostile_}) {
    const auto rows = signed_hand_overs(person->db(), person->friend_row().id).value();
    ASSERT_EQ(rows.size(), 1U);
    const HandOver said = open_hand_over(rows.front()).value();
    EXPECT_EQ(said.why, "for the court");
    EXPECT_EQ(said.content, content_);
    EXPECT_EQ(said.giver.head.length, 2U);
    EXPECT_EQ(said.taker.head.length, 2U);
  }
  EXPECT_EQ(events(receiver(), Custodian::kUs).back(), CustodyEvent::kTakenOver);
  EXPECT_EQ(events(receiver(), Custodian::kThem).back(), CustodyEvent::kHandedOver);
  EXPECT_EQ(events(sender(), Custodian::kThem).back(), CustodyEvent::kTakenOver);
  const auto records =
      custody_of_file(sender().db(), custody(sender()).id, Custodian::kThem, sent().file).value();
  EXPECT_EQ(records.back().who, "Lab");
  EXPECT_EQ(hand_over(sender().engine(), theirs, "").error().code, kNotReady) << "once";
}

// CUS-5.4
TEST_F(CustodyTest, AHandOverOfAnythingElseIsNotTaken) {
  const CustodyCaseRow row = custody(sender());
  const HandOver good{
      .case_id = row.case_id,
      .giver = {signing_public_of(row.secret),
                custody_head(sender().db(), row, Custodian::kUs).value()},
      .taker = {*row.peer, custody_head(sender().db(), row, Custodian::kThem).value()},
      .seconds = 1,
      .file = sent().file,
      .content = content_,
      .why = {}};
  const auto ask = [&](const HandOver& hand_over, const SigningSecret& key) {
    Dsse envelope{.kind = DocumentKind::kHandOver, .body = {}, .signatures = {}};
    envelope.body = encode_hand_over(hand_over).value();
    envelope.signatures.push_back(sign_document(key, envelope.kind, envelope.body));
    const SecretBytes body =
        encode_evidence_message(EvidenceHandOver{sent().file, envelope}).value();
    ASSERT_TRUE(sender().say(ContentKind::kEvidence, body.expose(kExpose)).has_value());
    rounds(3);
  };
  HandOver other = good;
  other.content = Sha256::from(Bytes(32, 9)).value();
  ask(other, row.secret);
  other = good;
  other.giver.head.hash = CustodyHash::from(Bytes(32, 9)).value();
  ask(other, row.secret);
  other = good;
  other.taker.head.length = 99;
  ask(other, row.secret);
  ask(good, SigningSecret::random(rng_));
  EXPECT_FALSE(find_hand_over(receiver().db(), received().id).value().has_value());
  ask(good, row.secret);
  EXPECT_TRUE(find_hand_over(receiver().db(), received().id).value().has_value());
}

// CUS-5.3
TEST_F(CustodyTest, AGapAndAForkAreFaultsAndNothingAfterIsBelieved) {
  CustodyCaseRow row = custody(sender());
  const auto tell = [&](const CustodyTip& tip, const std::string& why) {
    const CustodyEntry entry{.seconds = 1,
                             .event = CustodyEvent::kOpened,
                             .item = {.file = sent().file, .content = content_},
                             .hand_over = {},
                             .who = "them",
                             .why = why};
    const Dsse envelope = sign_next_record(row.secret, tip, entry).value();
    const SecretBytes body = encode_evidence_message(EvidenceRecord{sent().file, envelope}).value();
    ASSERT_TRUE(sender().say(ContentKind::kEvidence, body.expose(kExpose)).has_value());
    rounds(3);
  };
  const SigningPublic key = signing_public_of(row.secret);
  const CustodyHead head = custody_head(sender().db(), row, Custodian::kUs).value();
  tell({row.case_id, key, head}, "it follows");
  EXPECT_EQ(events(receiver(), Custodian::kThem).size(), 3U);
  tell({row.case_id, key, head}, "it follows");
  EXPECT_EQ(custody(receiver()).fault, Code{}) << "the same again is nothing";
  tell({row.case_id, key, head}, "another of that number");
  EXPECT_EQ(custody(receiver()).fault, kCustodyFork);
  EXPECT_EQ(custody(receiver()).fault_at, 2);
  const CustodyHead next =
      custody_head(receiver().db(), custody(receiver()), Custodian::kThem).value();
  tell({row.case_id, key, next}, "too late");
  EXPECT_EQ(events(receiver(), Custodian::kThem).size(), 3U);
}

// CUS-5.3
TEST_F(CustodyTest, ARecordWaitsForTheOneBeforeItAndMustFollowIt) {
  const CustodyCaseRow row = custody(sender());
  const SigningPublic key = signing_public_of(row.secret);
  const auto record = [&](const CustodyHead& head, const std::string& why) {
    const CustodyEntry entry{.seconds = 1,
                             .event = CustodyEvent::kErased,
                             .item = {.file = sent().file, .content = content_},
                             .hand_over = {},
                             .who = "them",
                             .why = why};
    return sign_next_record(row.secret, {row.case_id, key, head}, entry).value();
  };
  const auto tell = [&](const Dsse& envelope) {
    const SecretBytes body = encode_evidence_message(EvidenceRecord{sent().file, envelope}).value();
    ASSERT_TRUE(sender().say(ContentKind::kEvidence, body.expose(kExpose)).has_value());
    rounds(3);
  };
  const CustodyHead head = custody_head(sender().db(), row, Custodian::kUs).value();
  const Dsse third = record(head, "third");
  const CustodyHead after{head.length + 1, hash_of_custody_record(third.body)};
  tell(record(after, "fourth"));
  EXPECT_EQ(custody(receiver()).peer_length, 2U);
  EXPECT_EQ(count_waiting(receiver().db(), custody(receiver())).value(), 1U);
  EXPECT_EQ(events(receiver(), Custodian::kThem).size(), 2U) << "not believed before it follows";
  tell(third);
  EXPECT_EQ(custody(receiver()).peer_length, 4U);
  EXPECT_EQ(custody(receiver()).fault, Code{});
  tell(record({4, hash_of_custody_record(third.body)}, "it does not follow"));
  EXPECT_EQ(custody(receiver()).fault, kCustodyBroken);
  EXPECT_EQ(custody(receiver()).fault_at, 4);
  EXPECT_EQ(events(receiver(), Custodian::kThem).size(), 4U);
}

// CUS-5.2
TEST_F(CustodyTest, WhatAPersonSaysIsRecordedAndTold) {
  ASSERT_TRUE(record_custody(receiver().engine(), received().id,
                             {.event = CustodyEvent::kOpened, .why = "in the laboratory"})
                  .has_value());
  rounds(3);
  EXPECT_EQ(events(sender(), Custodian::kThem).back(), CustodyEvent::kOpened);
  EXPECT_EQ(name_custodian(receiver().engine(), receiver().friend_row().id, "a\nb").error().code,
            name_custodian(receiver().engine(), receiver().friend_row().id, "a\x1b").error().code);
  EXPECT_FALSE(name_custodian(receiver().engine(), receiver().friend_row().id, "").has_value());
}

// EVI-4.7
TEST_F(CustodyTest, TheSecretIsForgottenWhenItIsOver) {
  EXPECT_EQ(to_bytes(sent().secret.expose(kExpose)), Bytes(32, 0));
  EXPECT_EQ(to_bytes(received().secret.expose(kExpose)), Bytes(32, 0));
}

// CUS-5.5, VLT-9.3
TEST_F(CustodyTest, ABackupCarriesBothChainsAndEndsOurs) {
  const Path path = folder_.file("copy");
  const DatabaseKey key = DatabaseKey::random(rng_);
  ASSERT_TRUE(fill_backup(receiver().db(), path, key).has_value());
  Database copy = Database::open(path, key, vault_database_options()).value();
  const CustodyCaseRow carried = std::move(cases_of_file(copy, received().file).value().front());
  EXPECT_TRUE(carried.closed);
  EXPECT_EQ(custody_chain(copy, carried.id, Custodian::kUs).value().size(), 2U);
  EXPECT_EQ(custody_chain(copy, carried.id, Custodian::kThem).value().size(), 2U);
  ASSERT_TRUE(std::move(copy).close().has_value());
  // In such a vault what happens next goes into another case, and is no fork over there.
  ASSERT_TRUE(receiver().db().run("UPDATE custody_case SET closed = 1").has_value());
  ASSERT_TRUE(record_custody(receiver().engine(), received().id, {.event = CustodyEvent::kOpened})
                  .has_value());
  rounds(3);
  const auto cases = cases_of_file(sender().db(), sent().file).value();
  ASSERT_EQ(cases.size(), 2U);
  for (const CustodyCaseRow& row : cases) EXPECT_EQ(row.fault, Code{});
  EXPECT_EQ(custody_chain(sender().db(), cases.front().id, Custodian::kThem).value().size(), 1U);
}

// CUS-5.1: the second file goes into the case of the first.
TEST_F(CustodyTest, OneCaseForAllThatTwoExchange) {
  receiver().mover().finish(NameDropped{});
  rounds(1);
  receiver().mover().finish(BlobErased{});
  rounds(1);
  std::filesystem::remove(folder_.file("a.zip"));
  std::filesystem::remove(folder_.file("a.zip.part"));
  send_all();
  receive_all(content_);
  EXPECT_EQ(events(sender(), Custodian::kUs).size(), 4U);
  EXPECT_EQ(events(sender(), Custodian::kThem).size(), 4U);
  EXPECT_EQ(cases_with(sender().db(), sender().friend_row().id).value().size(), 1U);
}

// CUS-5.1: our own records, sent back, begin no chain of theirs.
TEST_F(CustodyTest, OurOwnRecordsAreNobodyElses) {
  ASSERT_TRUE(
      receiver().db().run("UPDATE custody_case SET peer = NULL, peer_length = 0").has_value());
  ASSERT_TRUE(receiver().db().run("DELETE FROM custody_record WHERE ours = 0").has_value());
  const auto chain = custody_chain(receiver().db(), custody(receiver()).id, Custodian::kUs).value();
  const SecretBytes body =
      encode_evidence_message(EvidenceRecord{sent().file, chain.front()}).value();
  ASSERT_TRUE(sender().say(ContentKind::kEvidence, body.expose(kExpose)).has_value());
  rounds(3);
  EXPECT_FALSE(custody(receiver()).peer.has_value());
}

// CUS-5.3: a hand-over that nobody here has seen signed by both is not believed.
TEST_F(CustodyTest, AHandOverOutOfNowhereWaits) {
  const CustodyCaseRow row = custody(sender());
  const CustodyTip tip{row.case_id, signing_public_of(row.secret),
                       custody_head(sender().db(), row, Custodian::kUs).value()};
  const CustodyEntry entry{.seconds = 1,
                           .event = CustodyEvent::kHandedOver,
                           .item = {.file = sent().file, .content = content_},
                           .hand_over = HandOverHash::from(Bytes(32, 5)).value(),
                           .who = "them",
                           .why = {}};
  const Dsse envelope = sign_next_record(row.secret, tip, entry).value();
  const SecretBytes body = encode_evidence_message(EvidenceRecord{sent().file, envelope}).value();
  ASSERT_TRUE(sender().say(ContentKind::kEvidence, body.expose(kExpose)).has_value());
  rounds(3);
  EXPECT_EQ(custody(receiver()).peer_length, 2U);
  EXPECT_EQ(custody(receiver()).fault, Code{});
  EXPECT_EQ(events(receiver(), Custodian::kThem).size(), 2U);
}

// CUS-5.2: nothing is signed about what only the other side says.
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

// Two files never grow in one, and a name on its way out is not taken again.
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

// PAI-6.7
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

// PAI-6.7: who said farewell hears nothing more, and holds nothing up.
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
