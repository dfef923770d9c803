#include "protocol/evidence/padding.h"

#include <gtest/gtest.h>

#include "crypto/base/codes.h"
#include "crypto/base/rng.h"

namespace tocsin {
namespace {

// EVI-2.1, with figures worked out by hand from the formula.
TEST(PaddingTest, PadmeRoundsAsTheFormulaSays) {
  EXPECT_EQ(padme(0), 0U);
  EXPECT_EQ(padme(1), 1U);
  EXPECT_EQ(padme(8), 8U);  // E 3, S 2: multiples of 2
  EXPECT_EQ(padme(9), 10U);
  EXPECT_EQ(padme(1'000), 1'024U);          // E 9, S 4: multiples of 32
  EXPECT_EQ(padme(1'025), 1'088U);          // E 10, S 4: multiples of 64
  EXPECT_EQ(padme(1'000'000), 1'015'808U);  // E 19, S 5: multiples of 16,384
}

TEST(PaddingTest, AtMostTwelveInAHundredAreAddedAndAPaddedLengthStays) {
  SeededRng rng(1);
  for (int i = 0; i < 10'000; ++i) {
    std::array<std::uint8_t, 8> bytes{};
    rng.fill(bytes);
    std::uint64_t length = 0;
    for (const std::uint8_t byte : bytes) length = length << 8U | byte;
    length = length % kMostEvidenceBytes + 1;
    const std::uint64_t padded = padme(length);
    EXPECT_GE(padded, length);
    EXPECT_LE(padded - length, length / 8);
    EXPECT_EQ(padme(padded), padded);
  }
}

// EVI-2.1
TEST(PaddingTest, FramesCoverThePaddedFileAndNoMore) {
  EXPECT_EQ(frames_of(0).error().code, kOutOfRange);
  EXPECT_EQ(frames_of(kMostEvidenceBytes + 1).error().code, kOutOfRange);
  EXPECT_EQ(frames_of(1).value(), 1U);
  EXPECT_LE(frames_of(kMostEvidenceBytes).value(), kMostFrames);
  for (const std::uint64_t length :
       {std::uint64_t{1}, std::uint64_t{kFramePlainBytes}, std::uint64_t{kFramePlainBytes} + 1,
        std::uint64_t{1} << 20U, std::uint64_t{1'234'567'890}}) {
    const std::uint64_t count = frames_of(length).value();
    std::uint64_t bytes = 0;
    for (std::uint64_t index = 0; index < count; ++index) bytes += file_bytes_in(length, index);
    EXPECT_EQ(bytes, length);
    EXPECT_EQ(file_bytes_in(length, count), 0U);
    EXPECT_GE(count * kFramePlainBytes, padme(length));
  }
}

// EVI-2.4
TEST(PaddingTest, AByteBehindTheEndOfTheFileIsRefused) {
  constexpr std::uint64_t kLength = kFramePlainBytes + 100;
  Bytes plaintext(kFramePlainBytes, 1);
  EXPECT_TRUE(check_padding(kLength, 0, plaintext).has_value());
  EXPECT_EQ(check_padding(kLength, 1, plaintext).error().code, kBadCiphertext);
  std::fill(plaintext.begin() + 100, plaintext.end(), std::uint8_t{0});
  EXPECT_TRUE(check_padding(kLength, 1, plaintext).has_value());
  plaintext[100] = 1;
  EXPECT_EQ(check_padding(kLength, 1, plaintext).error().code, kBadCiphertext);
  EXPECT_EQ(check_padding(kLength, 2, plaintext).error().code, kBadCiphertext);
}

}  // namespace
}  // namespace tocsin
