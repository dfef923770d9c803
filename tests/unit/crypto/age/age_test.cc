// Whole files, both ways; what others make of the format is in tests/vectors/age_kit_test.cc.
#include "crypto/age/armor.h"
#include "crypto/age/limits.h"
#include "tests/unit/crypto/age/age_files.h"

namespace tocsin::age {
namespace {

static_assert(!std::is_copy_constructible_v<Sealer> && !std::is_copy_constructible_v<Opener>);

constexpr int kLittleWork = 4;

// Made by age 1.1.1, for the identity that age's specification shows.
constexpr std::string_view kSealedByAge = R"(-----BEGIN AGE ENCRYPTED FILE-----
YWdlLWVuY3J5cHRpb24ub3JnL3YxCi0+IFgyNTUxOSBPTmQwL2lWMlB4TS93YW9X
NUlQbVhvYkJPK0NaLytjejRIRHNjeE8yb1hZCnFvWjBmcW4ycUtwdHJ1OHVKbkVa
Y3NQOWlOZXdFd094d0xIVEFCeFJaN0EKLS0tIE1mV3NxUm15RjVnb1RpdGIwUDRo
eFpUZXFUSStJUDB3R0gwN1dUYTlhQ28KKJmdaRc9kWz0fKvtHRaGQLrpet5Tk9qA
KCrM4giHuFHQwvYuzVtLMHc/hvu6XIbTTedTwTbxtEkREUfb8SMir2Edz3gb7OjA
OgDi5T/+oA==
-----END AGE ENCRYPTED FILE-----
)";

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

TEST_F(AgeTest, WhatAgeItselfSealedOpens) {
  const Identity identity =
      parse_identity(
          "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFP"
          "Q4EGAEX")
          .value();
  Bytes plaintext;
  Opener opener(keys_of(identity), into(plaintext));
  ArmorReader armor([&](BytesView bytes) { return opener.update(bytes); });
  ASSERT_TRUE(feed(armor, as_bytes(kSealedByAge), 13).has_value());
  ASSERT_TRUE(opener.finish().has_value());
  EXPECT_EQ(as_text(plaintext), "Sealed by another program, opened by this one.\n");
}

TEST_F(AgeTest, APassphraseOpensItAndAnotherDoesNot) {
  const Bytes plaintext = random_bytes(100);
  Bytes file;
  const SecretBytes correct = SecretBytes::copy_of(as_bytes("correct"));
  Sealer sealer = Sealer::create(Passphrase{correct, kLittleWork}, rng_, into(file)).value();
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

TEST_F(AgeTest, AFileForNobodyOrMoreThanAHeaderHoldsIsNotMade) {
  Bytes file;
  const std::vector<Recipient> crowd(700, recipient_of(alice_));
  EXPECT_EQ(Sealer::create(crowd, rng_, into(file)).error().code, kTooLarge);
  const SecretBytes nothing;
  EXPECT_EQ(Sealer::create(Passphrase{nothing, kLittleWork}, rng_, into(file)).error().code,
            kOutOfRange);
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
  Bytes chunks = random_bytes(3 * kChunkBytes);
  Bytes second_changed = sealed_for({recipient_of(alice_)}, chunks, rng_);
  second_changed[second_changed.size() - 2 * kSealedChunkBytes + 7] ^= 1;
  Bytes released;
  Opener opener(keys_of(alice_), into(released));
  EXPECT_EQ(feed(opener, second_changed).error().code, kBadCiphertext);
  chunks.resize(kChunkBytes);
  EXPECT_EQ(released, chunks);
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

// Found by a red team: a write that failed once was left out, and the rest called whole.
TEST_F(AgeTest, WhatFailedOnceIsNotWholeHoweverOftenItIsAsked) {
  const Bytes file = sealed_for({recipient_of(alice_)}, random_bytes(2 * kChunkBytes + 1), rng_);
  for (int failing = 0; failing < 3; ++failing) {
    int calls = 0;
    Opener opener(keys_of(alice_), [&](BytesView) -> Status {
      if (calls++ == failing) return fail(kDiskFull, "sink");
      return {};
    });
    for (BytesView rest = file; !rest.empty();) {
      const BytesView piece = rest.first(std::min<std::size_t>(rest.size(), 5'000));
      const Status ignored = opener.update(piece);
      static_cast<void>(ignored);
      rest = rest.subspan(piece.size());
    }
    EXPECT_EQ(opener.finish().error().code, kDiskFull) << failing;
    EXPECT_EQ(opener.finish().error().code, kDiskFull) << failing;
    EXPECT_EQ(calls, failing + 1);
  }
  int written = 0;
  Sealer sealer = Sealer::create(std::vector{recipient_of(alice_)}, rng_, [&](BytesView) -> Status {
                    if (++written == 3) return fail(kDiskFull, "sink");  // behind header and nonce
                    return {};
                  }).value();
  EXPECT_EQ(sealer.update(random_bytes(2 * kChunkBytes)).error().code, kDiskFull);
  EXPECT_EQ(sealer.finish().error().code, kDiskFull);
  EXPECT_EQ(written, 3);
}

TEST_F(AgeTest, AfterItsEndNothingIsTaken) {
  Bytes file;
  Sealer sealer = Sealer::create(std::vector{recipient_of(alice_)}, rng_, into(file)).value();
  ASSERT_TRUE(sealer.finish().has_value());
  const Bytes whole = file;
  EXPECT_EQ(sealer.finish().error().code, kOutOfRange);
  EXPECT_EQ(sealer.update(random_bytes(1)).error().code, kOutOfRange);
  EXPECT_EQ(file, whole);
  Bytes plaintext;
  Opener opener(keys_of(alice_), into(plaintext));
  ASSERT_TRUE(feed(opener, whole).has_value());
  EXPECT_EQ(opener.update(whole).error().code, kOutOfRange);
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
  std::string upper = recipient;
  for (char& letter : upper)
    letter = letter >= 'a' && letter <= 'z' ? static_cast<char>(letter - 'a' + 'A') : letter;
  EXPECT_EQ(parse_recipient(upper).error().code, kMalformed) << "one key, one text";
  EXPECT_EQ(parse_identity(recipient).error().code, kMalformed);
  const std::string file = "# made for a test\r\n\n" + identity + "\r\n" + identity + "\n";
  EXPECT_EQ(parse_identity_file(file)->size(), 2U);
  EXPECT_EQ(parse_identity_file("# nothing\n").error().code, kMalformed);
  EXPECT_EQ(parse_identity_file(identity + " \n").error().code, kMalformed);
}

}  // namespace
}  // namespace tocsin::age
