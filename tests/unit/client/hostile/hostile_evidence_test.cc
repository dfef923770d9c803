// What a contact can say about files, against the vault that hears it.
#include "client/engine/evidence.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/client/hostile/two_people.h"

namespace tocsin {
namespace {

class HostileEvidenceTest : public testing_support::TwoPeople {
 protected:
  void SetUp() override {
    TwoPeople::SetUp();
    befriend();
  }
  void tell(const EvidenceMessage& message) {
    const SecretBytes body = encode_evidence_message(message).value();
    ASSERT_TRUE(hostile_.say(ContentKind::kEvidence, body.expose(kExpose)).has_value());
    rounds(3);
  }
  FileId offer(std::uint64_t length = 200'000, const std::string& name = "a.zip") {
    const auto file = rng_.draw<FileId>();
    tell(EvidenceOffer{file, FileSecret::random(rng_), length, name, ""});
    return file;
  }
  ReadId place(const FileId& file, std::uint64_t first, std::uint32_t frames) {
    return tell_place({.file = file,
                       .first = first,
                       .frames = frames,
                       .relay = {},
                       .blob = {},
                       .owner = std::nullopt});
  }
  ReadId tell_place(EvidencePlace place) {
    place.relay = testing_support::route_on("dial.me.example", rng_).relay;
    place.blob = rng_.draw<ReadId>();
    const ReadId blob = place.blob;
    tell(std::move(place));
    return blob;
  }
  ReadId place_with_key(const FileId& file, std::uint64_t first, std::uint32_t frames) {
    return tell_place({.file = file,
                       .first = first,
                       .frames = frames,
                       .relay = {},
                       .blob = {},
                       .owner = OwnerSecret::random(rng_)});
  }
  std::vector<EvidenceRow> rows() { return all_evidence(victim_.db()).value(); }
};

// EVI-4.4
TEST_F(HostileEvidenceTest, AnOfferDialsNobodyAndWritesNothingBeforeItIsWanted) {
  const FileId file = offer();
  place(file, 0, 4);
  ASSERT_EQ(rows().size(), 1U);
  EXPECT_EQ(rows().front().standing, EvidenceStanding::kOffered);
  EXPECT_TRUE(rows().front().path.empty());
  EXPECT_TRUE(moving_evidence(victim_.db()).value().empty());
  EXPECT_EQ(failures_, 0);
}

// EVI-4.4: not even when it is over.
TEST_F(HostileEvidenceTest, WhatNobodyWantedIsForgottenAndNeverErasedAnywhere) {
  const FileId given_up = offer();
  place_with_key(given_up, 0, 4);
  tell(EvidenceResult{given_up, EvidenceOutcome::kGivenUp, {}});
  EXPECT_TRUE(rows().empty());
  const FileId refused = offer();
  place_with_key(refused, 0, 4);
  ASSERT_TRUE(cancel_evidence(victim_.engine(), rows().front().id).has_value());
  EXPECT_EQ(rows().front().standing, EvidenceStanding::kRefused);
  EXPECT_TRUE(moving_evidence(victim_.db()).value().empty()) << "their place would be dialled";
}

// EVI-4.1: every one may come again. EVI-4.5
TEST_F(HostileEvidenceTest, APlaceIsNeverMovedAndLiesWithinTheFileAndOverNoOther) {
  const FileId file = offer();  // 4 frames
  const ReadId first = place(file, 0, 2);
  place(file, 0, 2);
  place(file, 1, 2);
  place(file, 2, 3);
  place(file, 4, 1);
  place(rng_.draw<FileId>(), 0, 1);
  const auto places = places_of(victim_.db(), rows().front().id).value();
  ASSERT_EQ(places.size(), 1U);
  EXPECT_EQ(places.front().blob, first);
  EXPECT_EQ(places.front().frames, 2U);
}

// EVI-4.5: the message with the key may overtake the one without, or come when the file is whole.
TEST_F(HostileEvidenceTest, TheKeyOfAPlaceIsTakenWheneverItComes) {
  const FileId file = offer();
  const auto say_place = [&](const ReadId& blob, std::optional<OwnerSecret> owner) {
    tell(EvidencePlace{.file = file,
                       .first = 0,
                       .frames = 4,
                       .relay = testing_support::route_on("dial.me.example", rng_).relay,
                       .blob = blob,
                       .owner = std::move(owner)});
  };
  const auto has_key = [&] {
    return places_of(victim_.db(), rows().front().id).value().front().owner.has_value();
  };
  const auto blob = rng_.draw<ReadId>();
  say_place(blob, OwnerSecret::random(rng_));
  say_place(blob, std::nullopt);
  EXPECT_TRUE(has_key());
  ASSERT_TRUE(victim_.db().run("UPDATE evidence_place SET owner = NULL").has_value());
  ASSERT_TRUE(victim_.db().run("UPDATE evidence SET standing = 4").has_value());
  say_place(rng_.draw<ReadId>(), OwnerSecret::random(rng_));
  EXPECT_FALSE(has_key()) << "of another blob";
  say_place(blob, OwnerSecret::random(rng_));
  EXPECT_TRUE(has_key());
}

// EVI-4.8
TEST_F(HostileEvidenceTest, WhatOvertakesItsOfferWaitsForItAndIsBounded) {
  const auto file = rng_.draw<FileId>();
  const auto content = rng_.draw<Sha256>();
  const ReadId blob = place(file, 0, 4);
  tell(EvidenceEnd{file, content, rng_.draw<Sha256>()});
  EXPECT_TRUE(rows().empty());
  tell(EvidenceOffer{file, FileSecret::random(rng_), 200'000, "a.zip", ""});
  ASSERT_EQ(rows().size(), 1U);
  EXPECT_EQ(rows().front().content, content);
  EXPECT_EQ(places_of(victim_.db(), rows().front().id).value().front().blob, blob);
  const ContactId contact = victim_.friend_row().id;
  EXPECT_EQ(count_early(victim_.db(), contact).value(), 0U);
  for (std::size_t i = 0; i < kMostEarly + 3; ++i) {
    const SecretBytes body = encode_evidence_message(EvidenceTaken{rng_.draw<FileId>(), 1}).value();
    ASSERT_TRUE(hostile_.say(ContentKind::kEvidence, body.expose(kExpose)).has_value()) << i;
    if (i % 32 == 0) rounds(6);
  }
  rounds(10);
  EXPECT_EQ(count_early(victim_.db(), contact).value(), kMostEarly);
  EXPECT_EQ(failures_, 0);
}

// EVI-4.6
TEST_F(HostileEvidenceTest, NoWordOfTheirsRemovesWhatCame) {
  const TemporaryFolder folder;
  const FileId file = offer();
  const std::string part = folder.file("a.zip.part").string();
  ASSERT_TRUE(want_evidence(victim_.engine(), rows().front().id, part).has_value());
  tell(EvidenceResult{file, EvidenceOutcome::kGivenUp, {}});
  EXPECT_EQ(rows().front().standing, EvidenceStanding::kGivenUp);
  EXPECT_TRUE(std::filesystem::exists(part));
  EXPECT_TRUE(rows().front().dropped.empty());
  ASSERT_TRUE(cancel_evidence(victim_.engine(), rows().front().id).has_value());
  EXPECT_EQ(rows().front().dropped, part) << "the person's own word";
  EXPECT_EQ(moving_evidence(victim_.db()).value().size(), 1U);
}

TEST_F(HostileEvidenceTest, OffersAreBoundedAndNamesAreMadeSafe) {
  offer(10, "../../.bashrc");
  EXPECT_EQ(rows().front().name.find('/'), std::string::npos);
  EXPECT_NE(rows().front().name.front(), '.');
  for (std::size_t i = 0; i < kMostOffers + 5; ++i) offer(10);
  EXPECT_EQ(rows().size(), kMostOffers);
  EXPECT_EQ(failures_, 0);
}

TEST_F(HostileEvidenceTest, ResultsOfWhatWasNotToldToBeCompleteMeanNothing) {
  const ContactRow contact = victim_.friend_row();
  const EvidenceRow sent{.contact = contact.id,
                         .direction = EvidenceDirection::kSent,
                         .file = rng_.draw<FileId>(),
                         .secret = FileSecret::random(rng_),
                         .standing = EvidenceStanding::kMoving,
                         .name = "a",
                         .note = {},
                         .path = "/nowhere",
                         .length = 200'000,
                         .begun = now_};
  ASSERT_TRUE(insert_evidence(victim_.db(), sent).has_value());
  tell(EvidenceResult{sent.file, EvidenceOutcome::kWhole, rng_.draw<Sha256>()});
  EXPECT_EQ(rows().front().standing, EvidenceStanding::kMoving);
  tell(EvidenceTaken{sent.file, 5});
  EXPECT_EQ(rows().front().taken, 0U) << "more than there will ever be";
  tell(EvidenceEnd{sent.file, rng_.draw<Sha256>(), rng_.draw<Sha256>()});
  EXPECT_FALSE(rows().front().content.has_value());
  tell(EvidenceResult{sent.file, EvidenceOutcome::kGivenUp, {}});
  EXPECT_EQ(rows().front().standing, EvidenceStanding::kMoving) << "it is not theirs to give up";
  tell(EvidenceResult{sent.file, EvidenceOutcome::kRefused, {}});
  EXPECT_EQ(rows().front().standing, EvidenceStanding::kRefused);
  tell(EvidenceResult{sent.file, EvidenceOutcome::kWhole, rng_.draw<Sha256>()});
  EXPECT_EQ(rows().front().standing, EvidenceStanding::kRefused) << "what is over stays so";
}

// A second file of one id, offered by whom it may, is nobody's.
TEST_F(HostileEvidenceTest, AFileIdIsTakenOnce) {
  const FileId file = offer(10, "first");
  tell(EvidenceOffer{file, FileSecret::random(rng_), 999, "second", ""});
  ASSERT_EQ(rows().size(), 1U);
  EXPECT_EQ(rows().front().name, "first");
  EXPECT_EQ(rows().front().length, 10U);
}

}  // namespace
}  // namespace tocsin
