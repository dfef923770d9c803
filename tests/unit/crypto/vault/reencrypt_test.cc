// Re-encryption (VLT-5.2), and a process that dies at any step of it.
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>

#include "tests/unit/crypto/vault/vault_fixture.h"

namespace tocsin {
namespace {

class ReencryptTest : public VaultFixture {
 protected:
  void SetUp() override { make(); }
  Result<Vault> reencrypt(Vault vault, std::function<void(ReencryptStep)> progress = {}) {
    const std::array kept{KeptCredential{SlotKind::kKeyFile, next_}};
    return std::move(vault).reencrypt(
        {.kept = kept, .cost = kLeastVaultCost, .progress = std::move(progress)}, rng_);
  }
  void expect_only_the_usual_files() {
    for (const auto& entry : std::filesystem::directory_iterator(setup_.folder)) {
      const std::string name = entry.path().filename();
      EXPECT_TRUE(name == "vault.db" || name == "vault.keys" || name == "vault.lock") << name;
    }
  }

  Credential next_ = key_file(2);
};

TEST_F(ReencryptTest, OnlyTheKeptCredentialsOpenAndTheContentIsThere) {
  const Bytes old_database = read_file(files_.database, 1 << 20).value();
  {
    Vault vault = open(own_).value();
    ASSERT_TRUE(vault.add_slot(SlotKind::kKeyFile, key_file(3), rng_).has_value());
    const VaultId id = vault.id();
    Vault renewed = reencrypt(std::move(vault)).value();
    expect_note(renewed);
    EXPECT_EQ(renewed.id(), id);
    EXPECT_TRUE(renewed.database().check_integrity().has_value());
  }
  EXPECT_NE(read_file(files_.database, 1 << 20).value(), old_database);
  EXPECT_EQ(open(own_).error().code, kWrongPassphrase);
  EXPECT_EQ(open(key_file(3)).error().code, kWrongPassphrase);
  EXPECT_TRUE(open(next_).has_value());
  expect_only_the_usual_files();
}

// VLT-5.3: who kept the old key file and the old passphrase has the old key, which opens nothing.
TEST_F(ReencryptTest, TheOldKeyFileOpensNothingAnyMore) {
  const Bytes old_keys = keys();
  ASSERT_TRUE(std::move(reencrypt(open(own_).value()).value()).close().has_value());
  ASSERT_TRUE(replace_file(files_.keys, old_keys).has_value());
  EXPECT_EQ(open(own_).error().code, kDamaged);
}

TEST_F(ReencryptTest, WithoutACredentialThatOpensNothingIsDone) {
  const Bytes before = keys();
  Vault vault = open(own_).value();
  const std::array kept{KeptCredential{SlotKind::kWipe, next_}};
  EXPECT_EQ(std::move(vault)
                .reencrypt({.kept = kept, .cost = kLeastVaultCost, .progress = {}}, rng_)
                .error()
                .code,
            kConstraint);
  EXPECT_EQ(keys(), before);
  EXPECT_TRUE(open(own_).has_value());
}

TEST_F(ReencryptTest, ACostBelowTheFloorIsRefused) {
  Vault vault = open(own_).value();
  const std::array kept{KeptCredential{SlotKind::kKeyFile, next_}};
  const Argon2Cost cheap{.memory_kibibytes = kLeastVaultCost.memory_kibibytes - 1, .passes = 3};
  EXPECT_EQ(
      std::move(vault).reencrypt({.kept = kept, .cost = cheap, .progress = {}}, rng_).error().code,
      kOutOfRange);
}

// VLT-5.2
TEST_F(ReencryptTest, ADeathAfterAnyStepLeavesExactlyOneVaultThatOpens) {
  for (int last = 1; last <= 5; ++last) {
    SCOPED_TRACE(last);
    std::filesystem::remove_all(setup_.folder);
    make();
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      (void)reencrypt(open(own_).value(), [last](ReencryptStep step) {
        if (static_cast<int>(step) == last) ::_exit(0);
      });
      ::_exit(1);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_EQ(status, 0);
    const bool renewed = last >= static_cast<int>(ReencryptStep::kKeysReplaced);
    EXPECT_EQ(open(renewed ? own_ : next_).error().code, kWrongPassphrase);
    {
      Vault vault = open(renewed ? next_ : own_).value();
      expect_note(vault);
      EXPECT_TRUE(vault.database().check_integrity().has_value());
      ASSERT_TRUE(std::move(vault).close().has_value());
    }
    expect_only_the_usual_files();
  }
}

TEST_F(ReencryptTest, HalfACopyIsTakenAway) {
  std::ofstream(files_.fresh) << "half a database";
  Vault vault = open(own_).value();
  expect_note(vault);
  EXPECT_FALSE(std::filesystem::exists(files_.fresh));
}

TEST_F(ReencryptTest, NothingIsTakenAwayWhenNeitherDatabaseOpens) {
  std::filesystem::rename(files_.database, files_.fresh);
  ASSERT_TRUE(overwrite_file(files_.fresh, Bytes(4096, 1)).has_value());
  std::ofstream(files_.database) << "damaged";
  EXPECT_EQ(open(own_).error().code, kDamaged);
  EXPECT_TRUE(std::filesystem::exists(files_.fresh));
  EXPECT_TRUE(std::filesystem::exists(files_.database));
}

// VLT-5.1: with vault.keys written the vault exists, wherever its database still stands.
TEST_F(ReencryptTest, ACreationInterruptedAfterItsKeysIsFinishedByOpening) {
  std::filesystem::rename(files_.database, files_.fresh);
  Vault vault = open(own_).value();
  expect_note(vault);
}

TEST_F(ReencryptTest, AnInterruptedCreationBeginsAgain) {
  std::filesystem::remove_all(setup_.folder);
  std::filesystem::create_directory(setup_.folder);
  std::ofstream(files_.fresh) << "a database whose keys were never written";
  EXPECT_TRUE(create(own_).has_value());
}

}  // namespace
}  // namespace tocsin
