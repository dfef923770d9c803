// Strictness by force: whatever a mutated cell or command decodes to encodes to exactly those
// bytes.

#include <gtest/gtest.h>

#include "tests/support/wire_samples.h"

namespace tocsin {
namespace {

// Half of the hits go to the front, where pointers and lengths are.
void mutate(Rng& rng, MutableBytes bytes) {
  const auto size = static_cast<std::uint32_t>(bytes.size());
  const std::uint32_t hits = 1 + rng.below(3);
  for (std::uint32_t hit = 0; hit < hits; ++hit) {
    const std::uint32_t reach = rng.below(2) == 0 ? std::min(size, 128u) : size;
    const std::uint32_t at = rng.below(reach);
    switch (rng.below(4)) {
      case 0:
        bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ (1u << rng.below(8)));
        break;
      case 1:
        rng.fill(bytes.subspan(at, 1));
        break;
      case 2:
        bytes[at] = static_cast<std::uint8_t>(bytes[at] + 4 - rng.below(9));
        break;
      default: {  // one word over another
        const std::size_t to = at / kWordBytes * kWordBytes;
        const std::size_t from = rng.below(reach) / kWordBytes * kWordBytes;
        std::copy_n(bytes.begin() + static_cast<std::ptrdiff_t>(from), kWordBytes,
                    bytes.begin() + static_cast<std::ptrdiff_t>(to));
      }
    }
  }
}

// WIR-2.2, WIR-2.4 (traps C3, C4, C5, C7)
TEST(MutationTest, EveryMutatedCellIsRefusedOrEncodesToItself) {
  SeededRng rng(4096);
  std::vector<Cell> seeds;
  for (const Message& message : samples::messages()) seeds.push_back(encode(message).value());
  int accepted = 0;
  for (int round = 0; round < 700'000; ++round) {
    Cell cell = seeds[rng.below(static_cast<std::uint32_t>(seeds.size()))];
    mutate(rng, cell);
    const auto message = decode(cell);
    if (!message.has_value()) {
      ASSERT_EQ(message.error().code, kMalformed) << round;
      continue;
    }
    ++accepted;
    const auto again = encode(*message);
    ASSERT_TRUE(again.has_value()) << round;
    ASSERT_EQ(*again, cell) << round;
  }
  EXPECT_GT(accepted, 50'000) << "the mutations must not all be refused";
}

// WIR-8.2
TEST(MutationTest, EveryMutatedCommandIsRefusedOrEncodesToItself) {
  SeededRng rng(32);
  std::vector<Bytes> seeds;
  for (const Command& command : samples::commands())
    seeds.push_back(encode_command(command).value());
  int accepted = 0;
  for (int round = 0; round < 300'000; ++round) {
    Bytes bytes = seeds[rng.below(static_cast<std::uint32_t>(seeds.size()))];
    mutate(rng, bytes);
    const auto command = decode_command(bytes);
    if (!command.has_value()) continue;
    ++accepted;
    const auto again = encode_command(*command);
    ASSERT_TRUE(again.has_value()) << round;
    ASSERT_EQ(*again, bytes) << round;
  }
  EXPECT_GT(accepted, 20'000) << "the mutations must not all be refused";
}

// WIR-2.3: a list that claims 2^29 elements, and pointers into themselves, end at once.
TEST(MutationTest, NoiseIsMalformedAtBoundedCost) {
  SeededRng rng(7);
  Cell cell{};
  for (int round = 0; round < 20'000; ++round) {
    rng.fill(cell);
    for (std::size_t i = 0; i < 8; ++i) cell[i] = 0;
    cell[4] = 0xff;
    cell[5] = 0x01;
    EXPECT_FALSE(decode(cell).has_value());
  }
}

}  // namespace
}  // namespace tocsin
