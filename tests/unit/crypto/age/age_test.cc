// Whole files, both ways; what others make of the format is in tests/vectors/age_kit_test.cc.
#include "crypto/age/limits.h"
#include "tests/unit/crypto/age/age_files.h"

namespace tocsin::age {
namespace {

constexpr int kLittleWork = 4;

class AgeTest : public testing::Test {
 protected:
  Bytes random_bytes(std::size_t size) {
    Bytes bytes(size);
    rng_.fill(bytes);
    return bytes;
  }
  SeededRng rng_{1};
  Identity alice_ = make_identity(rng_);
  Identity bob_ = make_identity(rng_);
  Identity eve_ = make_identity(rng_);
};

TEST_F(AgeTest, EveryRecipientOpensWhatWasSealedAtEveryLengthAroundAChunk) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kChunkBytes - 1, kChunkBytes,
                                 kChunkBytes + 1, 2 * kChunkBytes, 3 * kChunkBytes + 17}) {
    const Bytes plaintext = random_bytes(size);
    const Bytes file = sealed_for({recipient_of(alice_), recipient_of(bob_)}, plaintext, rng_);
    EXPECT_EQ(opened_by(keys_of(alice_), file).value(), plaintext) << size;
    EXPECT_EQ(opened_by(keys_of(bob_), file, 17).value(), plaintext) << size;
    EXPECT_EQ(opened_by(keys_of(eve_), file).error().code, kNoRecipient) << size;
  }
}

TEST_F(AgeTest, APassphraseOpensItAndAnotherDoesNot) {
  const Bytes plaintext = random_bytes(100);
  Bytes file;
  Sealer sealer =
      Sealer::create(Passphrase{as_bytes("correct"), kLittleWork}, rng_, into(file)).value();
  ASSERT_TRUE(feed(sealer, plaintext).has_value());
  const auto keys = [](std::string_view passphrase) {
    Keys made;
    made.passphrase = SecretBytes::copy_of(as_bytes(passphrase));
    return made;
  };
  EXPECT_EQ(opened_by(keys("correct"), file).value(), plaintext);
  EXPECT_EQ(opened_by(keys("Correct"), file).error().code, kNoRecipient);
  EXPECT_EQ(opened_by(keys_of(alice_), file).error().code, kNoRecipient);
}

TEST_F(AgeTest, AFileForNobodyIsNotMade) {
  Bytes file;
  EXPECT_EQ(Sealer::create(std::vector<Recipient>{}, rng_, into(file)).error().code, kOutOfRange);
  EXPECT_TRUE(file.empty());
}

TEST_F(AgeTest, AnyBitThatChangesIsNoticedAndNothingBehindItIsReleased) {
  const Bytes plaintext = random_bytes(300);
  const Bytes file = sealed_for({recipient_of(alice_)}, plaintext, rng_);
  for (std::size_t at = 0; at < file.size(); ++at) {
    Bytes changed = file;
    changed[at] ^= 0x01;
    EXPECT_FALSE(opened_by(keys_of(alice_), changed).has_value()) << at;
  }
}

TEST_F(AgeTest, AFileCutAnywhereIsNotWhole) {
  const Bytes file = sealed_for({recipient_of(alice_)}, random_bytes(kChunkBytes + 5), rng_);
  for (std::size_t size = 0; size < file.size(); size += size < 400 ? 1 : 997)
    EXPECT_FALSE(opened_by(keys_of(alice_), BytesView(file).first(size)).has_value()) << size;
}

TEST_F(AgeTest, ChunksThatSwapPlacesAreRefused) {
  const Bytes plaintext = random_bytes(3 * kChunkBytes);
  Bytes file = sealed_for({recipient_of(alice_)}, plaintext, rng_);
  const auto chunk = static_cast<std::ptrdiff_t>(kSealedChunkBytes);
  const auto second = file.end() - 2 * chunk;
  std::swap_ranges(second - chunk, second, second);
  EXPECT_EQ(opened_by(keys_of(alice_), file).error().code, kBadCiphertext);
}

TEST_F(AgeTest, ASinkThatFailsEndsIt) {
  const Bytes file = sealed_for({recipient_of(alice_)}, random_bytes(2 * kChunkBytes), rng_);
  int calls = 0;
  Opener opener(keys_of(alice_), [&](BytesView) -> Status {
    ++calls;
    return fail(kDiskFull, "sink");
  });
  EXPECT_EQ(feed(opener, file).error().code, kDiskFull);
  EXPECT_EQ(calls, 1);
}

TEST_F(AgeTest, AHeaderWithoutAnEndIsReadNoFurtherThanItsBound) {
  Bytes file = to_bytes(as_bytes("age-encryption.org/v1\n"));
  const Bytes stanza = to_bytes(as_bytes("-> x y\n\n"));
  while (file.size() < kMostHeaderBytes) file.insert(file.end(), stanza.begin(), stanza.end());
  EXPECT_EQ(opened_by(keys_of(alice_), file).error().code, kTooLarge);
}

TEST_F(AgeTest, KeysAreWrittenAndReadBack) {
  const std::string recipient = recipient_text(recipient_of(alice_));
  EXPECT_EQ(parse_recipient(recipient).value(), recipient_of(alice_));
  const SecretBytes text = identity_text(alice_);
  const std::string identity(as_text(text.expose(kExpose)));
  EXPECT_EQ(recipient_of(parse_identity(identity).value()), recipient_of(alice_));
  EXPECT_EQ(parse_recipient(identity).error().code, kMalformed);
  EXPECT_EQ(parse_identity(recipient).error().code, kMalformed);
  const std::string file = "# made for a test\r\n\n" + identity + "\r\n" + identity + "\n";
  EXPECT_EQ(parse_identity_file(file)->size(), 2U);
  EXPECT_EQ(parse_identity_file("# nothing\n").error().code, kMalformed);
  EXPECT_EQ(parse_identity_file(identity + " \n").error().code, kMalformed);
}

}  // namespace
}  // namespace tocsin::age
