#include "crypto/vault/vault.h"

#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>

#include "tests/unit/crypto/vault/vault_fixture.h"

namespace tocsin {
namespace {

static_assert(!std::is_copy_constructible_v<Vault> && std::is_move_constructible_v<Vault>);

class VaultTest : public VaultFixture {};

TEST_F(VaultTest, WhatIsStoredIsThereAgain) {
  make();
  Vault vault = open(own_).value();
  expect_note(vault);
  EXPECT_EQ(vault.kinds()[0], SlotKind::kKeyFile);
}

// VLT-3.1: the text goes through Argon2id at the floor.
TEST_F(VaultTest, APassphraseOpensIt) {
  create(text("correct horse")).value();
  EXPECT_TRUE(open(text("correct horse")).has_value());
  EXPECT_EQ(open(text("correct horsf")).error().code, kWrongPassphrase);
}

TEST_F(VaultTest, AnotherKeyFileDoesNotOpenIt) {
  make();
  EXPECT_EQ(open(key_file(2)).error().code, kWrongPassphrase);
}

// VLT-1.2
TEST_F(VaultTest, ASecondOwnerIsTold) {
  const Vault vault = create(own_).value();
  EXPECT_EQ(open(own_).error().code, kLocked);
  EXPECT_EQ(Vault::wipe(setup_.folder, rng_).error().code, kLocked);
}

// VLT-1.1
TEST_F(VaultTest, FolderAndFilesAreForTheirOwnerOnly) {
  const Vault vault = create(own_).value();
  struct stat status{};
  ASSERT_EQ(::stat(setup_.folder.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0700U);
  for (const auto& entry : std::filesystem::directory_iterator(setup_.folder)) {
    ASSERT_EQ(::stat(entry.path().c_str(), &status), 0);
    EXPECT_EQ(status.st_mode & 0777, 0600U) << entry.path();
  }
}

TEST_F(VaultTest, CreatingOverAVaultIsRefused) {
  make();
  EXPECT_EQ(create(own_).error().code, kFileExists);
  std::filesystem::remove(files_.keys);  // a database without keys is still somebody's
  EXPECT_EQ(create(own_).error().code, kFileExists);
}

TEST_F(VaultTest, AMissingVaultIsNotCreatedByOpening) {
  EXPECT_EQ(open(own_).error().code, kFileNotFound);
  EXPECT_FALSE(std::filesystem::exists(setup_.folder));
  EXPECT_EQ(Vault::wipe(setup_.folder, rng_).error().code, kFileNotFound);
}

TEST_F(VaultTest, SlotsAreAddedUntilAllAreUsed) {
  Vault vault = create(own_).value();
  for (std::uint8_t i = 2; i <= kVaultSlots; ++i)
    EXPECT_EQ(vault.add_slot(SlotKind::kKeyFile, key_file(i), rng_).value(), i - 1U);
  EXPECT_EQ(vault.add_slot(SlotKind::kKeyFile, key_file(99), rng_).error().code, kSlotsFull);
  ASSERT_TRUE(std::move(vault).close().has_value());
  for (std::uint8_t i = 1; i <= kVaultSlots; ++i) EXPECT_TRUE(open(key_file(i)).has_value());
}

TEST_F(VaultTest, OneCredentialHasOneSlot) {
  Vault vault = create(own_).value();
  EXPECT_EQ(vault.add_slot(SlotKind::kKeyFile, own_, rng_).error().code, kConstraint);
  EXPECT_EQ(vault.add_slot(SlotKind::kWipe, own_, rng_).error().code, kConstraint);
}

TEST_F(VaultTest, AKindThatDoesNotFitItsCredentialIsRefused) {
  Vault vault = create(own_).value();
  EXPECT_EQ(vault.add_slot(SlotKind::kPassphrase, key_file(2), rng_).error().code, kOutOfRange);
  EXPECT_EQ(vault.add_slot(SlotKind::kKeyFile, text("x"), rng_).error().code, kOutOfRange);
}

TEST_F(VaultTest, ARemovedSlotOpensNothing) {
  Vault vault = create(own_).value();
  const std::size_t slot = vault.add_slot(SlotKind::kKeyFile, key_file(2), rng_).value();
  ASSERT_TRUE(vault.remove_slot(slot, rng_).has_value());
  EXPECT_EQ(vault.remove_slot(slot, rng_).error().code, kNotFound);
  EXPECT_EQ(vault.remove_slot(kVaultSlots, rng_).error().code, kNotFound);
  ASSERT_TRUE(std::move(vault).close().has_value());
  EXPECT_EQ(open(key_file(2)).error().code, kWrongPassphrase);
  EXPECT_TRUE(open(own_).has_value());
}

// VLT-4.3
TEST_F(VaultTest, TheLastSlotThatOpensStays) {
  Vault vault = create(own_).value();
  ASSERT_TRUE(vault.add_slot(SlotKind::kWipe, key_file(2), rng_).has_value());
  EXPECT_EQ(vault.remove_slot(0, rng_).error().code, kConstraint);
}

TEST_F(VaultTest, ChangingTheCredentialKeepsTheSlot) {
  Vault vault = create(own_).value();
  ASSERT_TRUE(vault.add_slot(SlotKind::kWipe, key_file(3), rng_).has_value());
  EXPECT_EQ(vault.change_passphrase(key_file(9), key_file(2), rng_).error().code, kWrongPassphrase);
  EXPECT_EQ(vault.change_passphrase(key_file(3), key_file(2), rng_).error().code, kWrongPassphrase);
  EXPECT_EQ(vault.change_passphrase(own_, key_file(3), rng_).error().code, kConstraint);
  ASSERT_TRUE(vault.change_passphrase(own_, key_file(2), rng_).has_value());
  ASSERT_TRUE(std::move(vault).close().has_value());
  EXPECT_EQ(open(own_).error().code, kWrongPassphrase);
  EXPECT_TRUE(open(key_file(2)).has_value());
}

// VLT-5.4
TEST_F(VaultTest, OpeningAWipeSlotErasesTheVaultAndANewOneMayBegin) {
  {
    Vault vault = create(own_).value();
    ASSERT_TRUE(vault.add_slot(SlotKind::kWipe, key_file(2), rng_).has_value());
  }
  const Path old_keys = folder_.file("view of the keys");
  std::filesystem::create_hard_link(files_.keys, old_keys);
  EXPECT_EQ(open(key_file(2)).error().code, kWiped);
  EXPECT_FALSE(std::filesystem::exists(files_.keys));
  EXPECT_FALSE(std::filesystem::exists(files_.database));
  EXPECT_TRUE(is_all_zero(read_file(old_keys, 10000).value()));
  EXPECT_TRUE(create(key_file(2)).has_value());
}

TEST_F(VaultTest, WipingWithoutACredentialDoesTheSame) {
  make();
  ASSERT_TRUE(Vault::wipe(setup_.folder, rng_).has_value());
  EXPECT_EQ(open(own_).error().code, kFileNotFound);
  EXPECT_TRUE(create(own_).has_value());
}

// A disk that was filled on purpose must not keep the vault of somebody who wipes it.
TEST_F(VaultTest, WipingRemovesEveryFileThoughNoneCanBeOverwritten) {
  make();
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
  const sighandler_t handler = ::signal(SIGXFSZ, SIG_IGN);
  const rlimit none{0, before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &none), 0);
  const Status wiped = Vault::wipe(setup_.folder, rng_);
  ::setrlimit(RLIMIT_FSIZE, &before);
  ::signal(SIGXFSZ, handler);
  EXPECT_EQ(wiped.error().code, kFileFault) << "what could not be overwritten is told";
  EXPECT_FALSE(std::filesystem::exists(files_.keys));
  EXPECT_FALSE(std::filesystem::exists(files_.database));
}

TEST_F(VaultTest, ADamagedKeyFileLosesNothingElse) {
  make();
  const Bytes good = keys();
  ASSERT_TRUE(replace_file(files_.keys, BytesView(good).first(500)).has_value());
  EXPECT_EQ(open(own_).error().code, kDamaged);
  ASSERT_TRUE(replace_file(files_.keys, good).has_value());
  Vault vault = open(own_).value();
  expect_note(vault);
}

TEST_F(VaultTest, ADamagedDatabaseIsToldAndLeftAlone) {
  make();
  ASSERT_TRUE(overwrite_file(files_.database, Bytes(4096, 7)).has_value());
  EXPECT_EQ(open(own_).error().code, kDamaged);
  EXPECT_TRUE(std::filesystem::exists(files_.database));
}

}  // namespace
}  // namespace tocsin
