// tests/unit/client/engine/evidence_people.h: two real vaults that exchange a file, over movers
// that report what the test wants.
//
// Threads: one
#pragma once

#include "client/engine/custody.h"
#include "client/engine/evidence.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/client/hostile/two_people.h"

namespace tocsin::testing_support {

inline constexpr std::uint64_t kLength = 200'000;  // 4 frames

class EvidencePeople : public TwoPeople {
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
  // What is due now, and what is due so many seconds later.
  void pass(std::int64_t seconds) {
    rounds(1);
    now_ = milliseconds_after(now_, seconds * kSecond);
    rounds(1);
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

}  // namespace tocsin::testing_support
