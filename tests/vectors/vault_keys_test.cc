// The vector of protocol/spec/vault.md, our own: made once by this code, read by whoever comes
// after. TOCSIN_WRITE_VECTORS=1 writes it anew, which is a change of the format.
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>

#include "crypto/vault/key_slots.h"

namespace tocsin {
namespace {

constexpr const char* kFile = TOCSIN_SPEC "/vectors/vault-keys.txt";
constexpr std::string_view kWords = "babab babad lirib sisis babab babad kadib";

Credential key_file(std::uint8_t number) {
  std::array<std::uint8_t, 32> bytes{};
  bytes.fill(number);
  return Credential::from_key_file(VaultKeyFile::take(bytes));
}

Credential words() { return Credential::from_text(SecretBytes::copy_of(as_bytes(kWords))).value(); }

void write_vector() {
  SeededRng rng(2026);
  const VaultHeader header{rng.draw<VaultId>(), rng.draw<Argon2Salt>(), kLeastVaultCost};
  KeySlots slots = KeySlots::create(header, rng);
  const DatabaseKey key = DatabaseKey::random(rng);
  const auto fill = [&](std::size_t slot, SlotKind kind, const Credential& credential) {
    const auto stretched = StretchedCredential::of(credential, header).value();
    slots.fill({.slot = slot, .kind = kind, .credential = stretched}, key, rng);
  };
  fill(0, SlotKind::kKeyFile, key_file(1));
  fill(3, SlotKind::kRecoveryWords, words());
  fill(5, SlotKind::kWipe, key_file(2));
  SlotKinds kinds;
  kinds[0] = SlotKind::kKeyFile;
  kinds[3] = SlotKind::kRecoveryWords;
  kinds[5] = SlotKind::kWipe;
  slots.write_table(key, kinds, rng);
  std::ofstream(kFile) << "database key\n"
                       << to_hex(key.expose(kExpose)) << "\nvault.keys\n"
                       << to_hex(slots.encoded()) << "\n";
}

// VLT-2.2, VLT-3.1 … VLT-4.1
TEST(VaultKeysVectorTest, EverySlotOpensAsTheSpecificationSays) {
  if (std::getenv("TOCSIN_WRITE_VECTORS") != nullptr) write_vector();
  std::ifstream stream(kFile);
  std::string title;
  std::string key_hex;
  std::string file_hex;
  std::getline(stream, title);
  std::getline(stream, key_hex);
  std::getline(stream, title);
  std::getline(stream, file_hex);
  const KeySlots slots = KeySlots::decode(from_hex(file_hex).value()).value();
  const auto open = [&](const Credential& credential) {
    return slots.open(StretchedCredential::of(credential, slots.header()).value()).value();
  };
  const OpenedSlot by_file = open(key_file(1));
  EXPECT_EQ(by_file.slot, 0U);
  EXPECT_EQ(by_file.kind, SlotKind::kKeyFile);
  EXPECT_EQ(to_hex(by_file.key.expose(kExpose)), key_hex);
  const OpenedSlot by_words = open(words());
  EXPECT_EQ(by_words.slot, 3U);
  EXPECT_EQ(by_words.kind, SlotKind::kRecoveryWords);
  EXPECT_EQ(to_hex(by_words.key.expose(kExpose)), key_hex);
  const OpenedSlot wipe = open(key_file(2));
  EXPECT_EQ(wipe.slot, 5U);
  EXPECT_EQ(wipe.kind, SlotKind::kWipe);
  const SlotKinds kinds = slots.read_table(by_file.key).value();
  EXPECT_EQ(kinds[0], SlotKind::kKeyFile);
  EXPECT_EQ(kinds[3], SlotKind::kRecoveryWords);
  EXPECT_EQ(kinds[5], SlotKind::kWipe);
  EXPECT_EQ(kinds[1], std::nullopt);
}

}  // namespace
}  // namespace tocsin
