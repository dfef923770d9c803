#include "crypto/base/codec.h"

#include <gtest/gtest.h>

#include "crypto/keys/keys.h"

namespace tocsin {
namespace {

TEST(CodecTest, WritesLittleEndianAndReadsItBack) {
  Writer writer;
  writer.integer(std::uint16_t{0x0102}).integer(std::uint32_t{7}).short_field(as_bytes("abc"));
  EXPECT_EQ(to_hex(writer.view()), "0201070000000300616263");
  Reader reader(writer.view());
  EXPECT_EQ(reader.integer<std::uint16_t>(), 0x0102);
  EXPECT_EQ(reader.integer<std::uint32_t>(), 7U);
  EXPECT_EQ(as_text(reader.short_field(3)), "abc");
  EXPECT_TRUE(reader.finish("test").has_value());
}

TEST(CodecTest, ShortfallIsRememberedAndYieldsZeros) {
  Reader reader(as_bytes("ab"));
  EXPECT_EQ(reader.integer<std::uint32_t>(), 0U);
  EXPECT_TRUE(reader.fixed<MessageId>().is_zero());
  EXPECT_FALSE(reader.ok());
  EXPECT_FALSE(reader.finish("test").has_value());
}

TEST(CodecTest, AFieldLongerThanItsBoundIsRefused) {
  Writer writer;
  writer.long_field(as_bytes("abcd"));
  Reader reader(writer.view());
  EXPECT_TRUE(reader.long_field(3).empty());
  EXPECT_FALSE(reader.ok());
}

TEST(CodecTest, PaddingMustBeZero) {
  Writer writer;
  writer.integer(std::uint8_t{1}).pad_to(8);
  Reader reader(writer.view());
  reader.integer<std::uint8_t>();
  EXPECT_TRUE(reader.finish_zero_padded("test").has_value());
  const Bytes dirty{1, 0, 2};
  Reader other(dirty);
  other.integer<std::uint8_t>();
  EXPECT_FALSE(other.finish_zero_padded("test").has_value());
}

static_assert(!std::is_copy_constructible_v<RootKey>);
static_assert(!std::is_copy_assignable_v<RootKey>);
static_assert(std::is_nothrow_move_constructible_v<RootKey>);
static_assert(!std::equality_comparable<RootKey>);
static_assert(!std::is_convertible_v<RootKey, ChainKey>);
static_assert(!std::is_convertible_v<ReadId, DropId>);
static_assert(!std::is_constructible_v<DropId, ReadId>);
static_assert(!std::is_copy_constructible_v<SecretBytes>);
static_assert(!std::equality_comparable<SecretBytes>);

TEST(SecretTest, TakingWipesTheSourceAndMovingWipesTheOld) {
  std::array<std::uint8_t, 32> source{};
  source.fill(9);
  RootKey key = RootKey::take(source);
  EXPECT_TRUE(is_all_zero(source));
  const RootKey moved = std::move(key);
  EXPECT_TRUE(
      is_all_zero(key.expose(kExpose)));  // NOLINT(bugprone-use-after-move): that is the subject
  EXPECT_EQ(moved.expose(kExpose)[31], 9);
}

}  // namespace
}  // namespace tocsin
