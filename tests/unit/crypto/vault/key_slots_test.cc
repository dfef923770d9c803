#include "crypto/vault/key_slots.h"

#include <gtest/gtest.h>

namespace tocsin {
namespace {

static_assert(!std::is_copy_constructible_v<StretchedCredential>);
static_assert(!std::is_copy_constructible_v<OpenedSlot>);

class KeySlotsTest : public testing::Test {
 protected:
  StretchedCredential key_file(std::uint8_t number) const {
    std::array<std::uint8_t, 32> bytes{};
    bytes.fill(number);
    return StretchedCredential::of(Credential::from_key_file(VaultKeyFile::take(bytes)), header_)
        .value();
  }
  Bytes file() const { return to_bytes(slots_.encoded()); }
  static Code decoding(const Bytes& file) { return KeySlots::decode(file).error().code; }
  Bytes with(std::size_t place, std::uint8_t value) const {
    Bytes changed = file();
    changed[place] = value;
    return changed;
  }

  SeededRng rng_{1};
  VaultHeader header_{rng_.draw<VaultId>(), rng_.draw<Argon2Salt>(), kLeastVaultCost};
  KeySlots slots_ = KeySlots::create(header_, rng_);
  DatabaseKey key_ = DatabaseKey::random(rng_);
};

// VLT-3.1, VLT-3.4
TEST_F(KeySlotsTest, WhatIsFilledOpensAndTheRestDoesNot) {
  for (std::size_t slot = 0; slot < kVaultSlots; ++slot) {
    const auto credential = key_file(static_cast<std::uint8_t>(slot));
    slots_.fill({.slot = slot, .kind = SlotKind::kKeyFile, .credential = credential}, key_, rng_);
  }
  slots_.empty(5, rng_);
  const KeySlots read = KeySlots::decode(slots_.encoded()).value();
  EXPECT_EQ(read.header().id, header_.id);
  for (std::size_t slot = 0; slot < kVaultSlots; ++slot) {
    const auto opened = read.open(key_file(static_cast<std::uint8_t>(slot)));
    if (slot == 5) {
      EXPECT_EQ(opened.error().code, kWrongPassphrase);
    } else {
      EXPECT_EQ(opened.value().slot, slot);
      EXPECT_EQ(opened.value().kind, SlotKind::kKeyFile);
      EXPECT_EQ(to_bytes(opened.value().key.expose(kExpose)), to_bytes(key_.expose(kExpose)));
    }
  }
}

// VLT-3.3
TEST_F(KeySlotsTest, AWipeSlotHoldsNoKey) {
  const auto credential = key_file(1);
  slots_.fill({.slot = 0, .kind = SlotKind::kWipe, .credential = credential}, key_, rng_);
  const OpenedSlot opened = slots_.open(credential).value();
  EXPECT_EQ(opened.kind, SlotKind::kWipe);
  EXPECT_NE(to_bytes(opened.key.expose(kExpose)), to_bytes(key_.expose(kExpose)));
}

// VLT-3.2
TEST_F(KeySlotsTest, ASlotDoesNotOpenInAnotherPlaceOrUnderAnotherHeader) {
  const auto credential = key_file(1);
  slots_.fill({.slot = 0, .kind = SlotKind::kKeyFile, .credential = credential}, key_, rng_);
  Bytes moved = file();
  std::copy_n(moved.begin() + kVaultHeaderBytes, kSlotBytes,
              moved.begin() + kVaultHeaderBytes + kSlotBytes);
  std::fill_n(moved.begin() + kVaultHeaderBytes, kSlotBytes, std::uint8_t{0});
  EXPECT_EQ(KeySlots::decode(moved).value().open(credential).error().code, kWrongPassphrase);
  const Bytes dearer = with(16, 4);  // passes
  EXPECT_EQ(KeySlots::decode(dearer).value().open(credential).error().code, kWrongPassphrase);
}

TEST_F(KeySlotsTest, EveryByteOfASlotCounts) {
  const auto credential = key_file(1);
  slots_.fill({.slot = 0, .kind = SlotKind::kKeyFile, .credential = credential}, key_, rng_);
  for (std::size_t i = 0; i < kSlotBytes; ++i) {
    Bytes changed = file();
    changed[kVaultHeaderBytes + i] ^= 1;
    EXPECT_FALSE(KeySlots::decode(changed).value().open(credential).has_value()) << i;
  }
}

// VLT-4.1
TEST_F(KeySlotsTest, TheTableSaysWhatIsUsedToThoseWithTheKey) {
  SlotKinds kinds;
  kinds[2] = SlotKind::kRecoveryWords;
  kinds[7] = SlotKind::kWipe;
  slots_.write_table(key_, kinds, rng_);
  EXPECT_EQ(slots_.read_table(key_).value(), kinds);
  const DatabaseKey other = DatabaseKey::random(rng_);
  EXPECT_EQ(slots_.read_table(other).error().code, kDamaged);
}

// VLT-4.2
TEST_F(KeySlotsTest, ASlotPutBackFromAnOlderFileIsNoticed) {
  const auto removed = key_file(1);
  slots_.fill({.slot = 0, .kind = SlotKind::kKeyFile, .credential = removed}, key_, rng_);
  slots_.write_table(key_, {SlotKind::kKeyFile}, rng_);
  const Bytes old = file();
  slots_.empty(0, rng_);
  slots_.write_table(key_, {}, rng_);
  Bytes mixed = file();
  std::copy_n(old.begin() + kVaultHeaderBytes, kSlotBytes, mixed.begin() + kVaultHeaderBytes);
  const KeySlots read = KeySlots::decode(mixed).value();
  EXPECT_TRUE(read.open(removed).has_value());
  EXPECT_EQ(read.read_table(key_).error().code, kDamaged);
}

// VLT-2.1, VLT-2.2: offsets as the specification gives them.
TEST_F(KeySlotsTest, AHeaderThatIsNotOursIsRefused) {
  const Bytes good = file();
  ASSERT_EQ(good.size(), kVaultKeysBytes);
  EXPECT_TRUE(KeySlots::decode(good).has_value());
  EXPECT_EQ(decoding({}), kDamaged);
  EXPECT_EQ(decoding(Bytes(good.begin(), good.end() - 1)), kDamaged);
  EXPECT_EQ(decoding(with(0, 'X')), kDamaged);
  EXPECT_EQ(decoding(with(8, 2)), kTooNew);
  EXPECT_EQ(decoding(with(8, 0)), kDamaged);
  EXPECT_EQ(decoding(with(10, 1)), kDamaged);  // reserved
  EXPECT_EQ(decoding(with(20, 2)), kDamaged);  // lanes
  EXPECT_EQ(decoding(with(63, 1)), kDamaged);  // padding
}

// VLT-2.3
TEST_F(KeySlotsTest, ACostBelowTheFloorOrAboveTheCeilingIsRefused) {
  EXPECT_EQ(decoding(with(14, 3)), kDamaged);   // 192 MiB
  EXPECT_EQ(decoding(with(16, 2)), kDamaged);   // two passes
  EXPECT_EQ(decoding(with(15, 1)), kDamaged);   // 16 GiB
  EXPECT_EQ(decoding(with(16, 17)), kDamaged);  // seventeen passes
  EXPECT_EQ(kLeastVaultCost, (Argon2Cost{.memory_kibibytes = 262'144, .passes = 3}));
}

// VLT-3.5: nothing tells a used slot from an unused one, nor one kind from another, by its bytes.
TEST_F(KeySlotsTest, UsedAndUnusedSlotsHaveTheSameShape) {
  const auto credential = key_file(1);
  double used = 0;
  double unused = 0;
  constexpr int kRounds = 200;
  for (int round = 0; round < kRounds; ++round) {
    KeySlots slots = KeySlots::create(header_, rng_);
    slots.fill({.slot = 0, .kind = SlotKind::kWipe, .credential = credential}, key_, rng_);
    const BytesView bytes = slots.encoded().subspan(kVaultHeaderBytes, 2 * kSlotBytes);
    for (std::size_t i = 0; i < kSlotBytes; ++i) {
      used += bytes[i];
      unused += bytes[kSlotBytes + i];
    }
  }
  constexpr double kCount = kRounds * static_cast<double>(kSlotBytes);
  EXPECT_NEAR(used / kCount, 127.5, 3);
  EXPECT_NEAR(unused / kCount, 127.5, 3);
}

}  // namespace
}  // namespace tocsin
