#include "protocol/evidence/frame.h"

#include <gtest/gtest.h>

#include <set>

#include "crypto/box/aead.h"
#include "crypto/box/labels.h"

namespace tocsin {
namespace {

class FrameTest : public testing::Test {
 protected:
  Bytes seal(const FramePlace& place, BytesView plaintext) {
    Bytes frame(kFrameBytes);
    EXPECT_TRUE(seal_frame(keys_, place, plaintext, frame).has_value());
    return frame;
  }
  Result<Bytes> open(const FramePlace& place, BytesView frame) {
    Bytes plaintext(kFramePlainBytes, 0xee);
    const Status opened = open_frame(keys_, place, frame, plaintext);
    if (!opened.has_value()) {
      EXPECT_TRUE(is_all_zero(plaintext)) << "nothing of it is handed on";
      return fail(opened.error());
    }
    return plaintext;
  }
  Bytes random_plaintext() {
    Bytes plaintext(kFramePlainBytes);
    rng_.fill(plaintext);
    return plaintext;
  }

  SeededRng rng_{1};
  FileSecret secret_ = FileSecret::random(rng_);
  FileId file_ = rng_.draw<FileId>();
  FrameKeys keys_ = frame_keys_of(secret_, file_);
  FramePlace place_{file_, 3, 10};
};

// EVI-2.2
TEST_F(FrameTest, WhatWasSealedOpensInItsPlaceAlone) {
  const Bytes plaintext = random_plaintext();
  const Bytes frame = seal(place_, plaintext);
  EXPECT_EQ(open(place_, frame).value(), plaintext);
  FileId other = file_;
  other.mutable_view()[0] ^= 1;
  for (const FramePlace& elsewhere :
       {FramePlace{file_, 4, 10}, FramePlace{file_, 3, 11}, FramePlace{other, 3, 10}})
    EXPECT_EQ(open(elsewhere, frame).error().code, kBadCiphertext);
}

// EVI-2.2: a sender who was killed sends the same bytes again.
TEST_F(FrameTest, TheSameBytesMakeTheSameFrameAndOthersShareNoNonce) {
  Bytes plaintext = random_plaintext();
  std::set<Bytes> nonces;
  std::size_t frames = 0;
  EXPECT_EQ(seal(place_, plaintext), seal(place_, plaintext));
  // A file that changes between the kill and the resumption: any byte, any place.
  for (std::size_t at = 0; at < kFramePlainBytes; at += 997) {
    plaintext[at] ^= 1;
    for (std::uint64_t index = 0; index < 3; ++index) {
      const Bytes frame = seal({file_, index, 10}, plaintext);
      nonces.insert(to_bytes(BytesView(frame).first(Nonce::kBytes)));
      ++frames;
    }
  }
  EXPECT_EQ(nonces.size(), frames);
}

// EVI-2.3: an AEAD alone lets who knows two keys make one ciphertext for two plaintexts. Here even
// the holder of the right keys cannot make a frame whose iv is not that of its plaintext.
TEST_F(FrameTest, AFrameWhoseIvIsNotItsPlaintextsIsRefused) {
  const Bytes plaintext = random_plaintext();
  Bytes frame = seal(place_, plaintext);
  Bytes where = to_bytes(file_.view());
  for (const std::uint64_t number : {place_.index, place_.count}) {
    for (std::size_t i = 0; i < 8; ++i)
      where.push_back(static_cast<std::uint8_t>(number >> (8 * i)));
  }
  const auto sealed_by_hand = [&](BytesView iv, BytesView text) {
    Bytes made = to_bytes(iv);
    const AeadParameters parameters{.key = keys_.frame.expose(kExpose),
                                    .nonce = Nonce::from(iv.first(Nonce::kBytes)).value(),
                                    .associated = where};
    const Bytes sealed = tocsin::seal(parameters, text);
    made.insert(made.end(), sealed.begin(), sealed.end());
    return made;
  };
  const BytesView iv = BytesView(frame).first(kFrameIvBytes);
  ASSERT_EQ(sealed_by_hand(iv, plaintext), frame) << "made as the page says";
  Bytes other = plaintext;
  other.back() ^= 1;
  EXPECT_EQ(open(place_, sealed_by_hand(iv, other)).error().code, kBadCiphertext);
  Bytes other_iv = to_bytes(iv);
  other_iv.back() ^= 1;  // not a byte of the nonce
  EXPECT_EQ(open(place_, sealed_by_hand(other_iv, plaintext)).error().code, kBadCiphertext);
}

// EVI-2.2
TEST_F(FrameTest, AnyChangeAndAnyOtherLengthIsRefused) {
  const Bytes frame = seal(place_, random_plaintext());
  for (std::size_t at = 0; at < kFrameBytes; at += 509) {
    Bytes changed = frame;
    changed[at] ^= 0x80;
    EXPECT_EQ(open(place_, changed).error().code, kBadCiphertext) << at;
  }
  for (const std::size_t size : {std::size_t{0}, std::size_t{47}, kFrameBytes - 1})
    EXPECT_EQ(open(place_, BytesView(frame).first(size)).error().code, kBadCiphertext);
}

// EVI-2.1
TEST_F(FrameTest, APlaceThatIsNoneIsRefused) {
  Bytes frame(kFrameBytes);
  const Bytes plaintext(kFramePlainBytes);
  for (const FramePlace& place : {FramePlace{file_, 10, 10}, FramePlace{file_, 0, 0},
                                  FramePlace{file_, 0, kMostFrames + 1}}) {
    EXPECT_EQ(seal_frame(keys_, place, plaintext, frame).error().code, kOutOfRange);
    EXPECT_EQ(open(place, frame).error().code, kOutOfRange);
  }
}

// EVI-1.1, EVI-1.2
TEST_F(FrameTest, AnotherSecretOrFileHasOtherKeysAndAnotherCommitment) {
  const Bytes plaintext = random_plaintext();
  const Bytes frame = seal(place_, plaintext);
  EXPECT_EQ(commitment_of(secret_, file_), commitment_of(secret_.duplicate(), file_));
  const FileSecret other_secret = FileSecret::random(rng_);
  EXPECT_NE(commitment_of(other_secret, file_), commitment_of(secret_, file_));
  const FileId other_file = rng_.draw<FileId>();
  EXPECT_NE(commitment_of(secret_, other_file), commitment_of(secret_, file_));
  keys_ = frame_keys_of(other_secret, file_);
  EXPECT_EQ(open(place_, frame).error().code, kBadCiphertext);
  keys_ = frame_keys_of(secret_, other_file);
  EXPECT_EQ(open(place_, frame).error().code, kBadCiphertext);
}

}  // namespace
}  // namespace tocsin
