// What two custodians tell each other about a file, and what they believe.
#include "client/engine/restoring.h"
#include "tests/unit/client/engine/evidence_people.h"

namespace tocsin::testing_support {
namespace {

// CUS-5.2
class CustodyExchangeTest : public EvidencePeople {
 protected:
  void SetUp() override {
    EvidencePeople::SetUp();
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

TEST_F(CustodyExchangeTest, BothSidesHoldBothChains) {
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
TEST_F(CustodyExchangeTest, AHandOverIsSignedByBothAndInBothChains) {
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
TEST_F(CustodyExchangeTest, AHandOverOfAnythingElseIsNotTaken) {
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
TEST_F(CustodyExchangeTest, AGapAndAForkAreFaultsAndNothingAfterIsBelieved) {
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
TEST_F(CustodyExchangeTest, ARecordWaitsForTheOneBeforeItAndMustFollowIt) {
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
  tell(record({4, hash_of_custody_record(third.body)}, "it does not follow"));
  EXPECT_EQ(custody(receiver()).fault, Code{}) << "nobody knows yet";
  tell(third);
  EXPECT_EQ(custody(receiver()).peer_length, 4U) << "what is before the fault stands";
  EXPECT_EQ(custody(receiver()).fault, kCustodyBroken);
  EXPECT_EQ(custody(receiver()).fault_at, 4);
  EXPECT_EQ(events(receiver(), Custodian::kThem).size(), 4U);
}

// CUS-5.2
TEST_F(CustodyExchangeTest, WhatAPersonSaysIsRecordedAndTold) {
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
TEST_F(CustodyExchangeTest, TheSecretIsForgottenWhenItIsOver) {
  EXPECT_EQ(to_bytes(sent().secret.expose(kExpose)), Bytes(32, 0));
  EXPECT_EQ(to_bytes(received().secret.expose(kExpose)), Bytes(32, 0));
}

// CUS-5.5, VLT-9.3
TEST_F(CustodyExchangeTest, ABackupCarriesBothChainsAndEndsOurs) {
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
TEST_F(CustodyExchangeTest, OneCaseForAllThatTwoExchange) {
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
TEST_F(CustodyExchangeTest, OurOwnRecordsAreNobodyElses) {
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

// CUS-5.3
TEST_F(CustodyExchangeTest, WhatNobodySignedSaysNothingAgainstAnybody) {
  const CustodyCaseRow row = custody(sender());
  const CustodyTip tip{row.case_id, signing_public_of(row.secret),
                       custody_head(sender().db(), row, Custodian::kUs).value()};
  const CustodyEntry entry{.seconds = 1,
                           .event = CustodyEvent::kOpened,
                           .item = {.file = sent().file, .content = content_},
                           .hand_over = {},
                           .who = "them",
                           .why = {}};
  Dsse envelope = sign_next_record(row.secret, tip, entry).value();
  envelope.signatures.front() =
      sign_document(SigningSecret::random(rng_), envelope.kind, envelope.body);
  const SecretBytes body = encode_evidence_message(EvidenceRecord{sent().file, envelope}).value();
  ASSERT_TRUE(sender().say(ContentKind::kEvidence, body.expose(kExpose)).has_value());
  rounds(3);
  EXPECT_EQ(custody(receiver()).fault, Code{});
  EXPECT_EQ(events(receiver(), Custodian::kThem).size(), 2U);
}

// CUS-5.3: a hand-over that nobody here has seen signed by both is not believed.
TEST_F(CustodyExchangeTest, AHandOverOutOfNowhereWaits) {
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
// Two files never grow in one, and a name on its way out is not taken again.
// PAI-6.7
// PAI-6.7: who said farewell hears nothing more, and holds nothing up.

}  // namespace
}  // namespace tocsin::testing_support
