#include "crypto/age/seekable.h"

#include "crypto/age/limits.h"
#include "tests/unit/crypto/age/age_files.h"

namespace tocsin::age {
namespace {

class SeekableTest : public testing::Test {
 protected:
  Bytes random_bytes(std::size_t size) {
    Bytes bytes(size);
    rng_.fill(bytes);
    return bytes;
  }
  ReadAt reader(const Bytes& file) {
    return [&file, this](std::uint64_t offset, MutableBytes room) -> Status {
      ++reads_;
      if (offset + room.size() > file.size()) return fail(kMalformed, "behind the end of the test");
      std::copy_n(file.begin() + static_cast<std::ptrdiff_t>(offset), room.size(), room.begin());
      return {};
    };
  }
  Result<SeekableOpener> opener(const Bytes& file) {
    return SeekableOpener::create(keys_of(alice_), file.size(), reader(file));
  }
  SeededRng rng_{1};
  Identity alice_ = make_identity(rng_);
  int reads_ = 0;
};

TEST_F(SeekableTest, EveryPlaceReadsWhatWasSealedThere) {
  for (const std::size_t size : {std::size_t{1}, kChunkBytes - 1, kChunkBytes, kChunkBytes + 1,
                                 2 * kChunkBytes, 3 * kChunkBytes + 17}) {
    const Bytes plaintext = random_bytes(size);
    const Bytes file = sealed_for({recipient_of(alice_)}, plaintext, rng_);
    SeekableOpener opener = this->opener(file).value();
    ASSERT_EQ(opener.plaintext_bytes(), size);
    for (const std::size_t step : {std::size_t{65'232}, std::size_t{40'000}}) {
      for (std::size_t at = 0; at < size; at += step) {
        Bytes part(std::min(step, size - at));
        ASSERT_TRUE(opener.read(at, part).has_value()) << at;
        ASSERT_TRUE(std::equal(part.begin(), part.end(),
                               plaintext.begin() + static_cast<std::ptrdiff_t>(at)));
      }
    }
    Bytes one(1);
    EXPECT_EQ(opener.read(size, one).error().code, kOutOfRange);
    // Backwards, and with what was read of its front alone.
    SeekableOpener again =
        SeekableOpener::resume(opener.key().duplicate(), opener.begins(), file.size(), reader(file))
            .value();
    for (const std::size_t at : {size - 1, size / 2, std::size_t{0}}) {
      ASSERT_TRUE(again.read(at, one).has_value());
      EXPECT_EQ(one[0], plaintext[at]);
    }
  }
}

TEST_F(SeekableTest, AnEmptyFileHasNothingToRead) {
  const Bytes file = sealed_for({recipient_of(alice_)}, {}, rng_);
  EXPECT_EQ(opener(file).value().plaintext_bytes(), 0U);
}

TEST_F(SeekableTest, WhatWasCutIsToldBeforeAnythingIsRead) {
  const Bytes file = sealed_for({recipient_of(alice_)}, random_bytes(3 * kChunkBytes + 17), rng_);
  for (const std::size_t cut : {std::size_t{1}, std::size_t{17}, std::size_t{33}, kChunkBytes,
                                kSealedChunkBytes + 33, file.size() - 10}) {
    const Bytes shorter(file.begin(), file.end() - static_cast<std::ptrdiff_t>(cut));
    EXPECT_FALSE(opener(shorter).has_value()) << cut;
  }
}

TEST_F(SeekableTest, AChunkThatChangedOrMovedIsNotHandedOn) {
  const Bytes file = sealed_for({recipient_of(alice_)}, random_bytes(3 * kChunkBytes + 17), rng_);
  Bytes changed = file;
  SeekableOpener opener = this->opener(changed).value();
  const auto first = changed.begin() + static_cast<std::ptrdiff_t>(opener.begins());
  std::swap_ranges(first, first + kSealedChunkBytes, first + kSealedChunkBytes);
  Bytes room(10);
  EXPECT_EQ(opener.read(0, room).error().code, kBadCiphertext);
  EXPECT_EQ(opener.read(kChunkBytes, room).error().code, kBadCiphertext);
  EXPECT_TRUE(opener.read(2 * kChunkBytes, room).has_value()) << "the others stand";
}

TEST_F(SeekableTest, AChunkIsOpenedOnceForReadsInOrder) {
  const Bytes file = sealed_for({recipient_of(alice_)}, random_bytes(2 * kChunkBytes), rng_);
  SeekableOpener opener = this->opener(file).value();
  reads_ = 0;
  Bytes room(1'024);
  for (std::size_t at = 0; at + room.size() <= 2 * kChunkBytes; at += room.size())
    ASSERT_TRUE(opener.read(at, room).has_value());
  EXPECT_EQ(reads_, 2);
}

}  // namespace
}  // namespace tocsin::age
