// A vault as one file (VLT-9.1, VLT-9.2).
#include "crypto/vault/sealed_vault.h"

#include "tests/unit/crypto/vault/vault_fixture.h"

namespace tocsin {
namespace {

class SealedVaultTest : public VaultFixture {
 protected:
  // A copy with one note in it, opened by `credential`.
  Status seal(const Credential& credential) {
    return seal_vault(
        file_, credential,
        [&](const Path& path, const DatabaseKey& key) -> Status {
          DatabaseOptions options = setup_.database;
          options.locking = Locking::kByCaller;
          Database copy = TRY(Database::create(path, key, options));
          TRY(copy.run("INSERT INTO note VALUES('kept')"));
          return std::move(copy).close();
        },
        rng_);
  }
  std::size_t files_in(const Path& folder) {
    const std::filesystem::directory_iterator all(folder);
    return static_cast<std::size_t>(std::distance(begin(all), end(all)));
  }

  Path file_ = folder_.file("copy");
};

// VLT-9.1, VLT-9.2
TEST_F(SealedVaultTest, BecomesAVaultThatItsOwnCredentialOpens) {
  ASSERT_TRUE(seal(key_file(2)).has_value());
  const Bytes whole = read_file(file_, 1 << 20).value();
  EXPECT_EQ(as_text(BytesView(whole).first(8)), "TOCSINSV");
  EXPECT_EQ((whole.size() - 1'024) % 4'096, 0U);
  ASSERT_TRUE(unseal_vault(file_, setup_.folder, key_file(2)).has_value());
  Vault vault = open(key_file(2)).value();
  expect_note(vault);
}

// VLT-9.1
TEST_F(SealedVaultTest, WordsOpenItAsTheyWereShown) {
  const SecretBytes words = make_passphrase_words(rng_);
  ASSERT_TRUE(seal(Credential::from_text(words).value()).has_value());
  ASSERT_TRUE(unseal_vault(file_, setup_.folder, Credential::from_text(words).value()).has_value());
}

TEST_F(SealedVaultTest, NothingIsWrittenForAWrongCredential) {
  ASSERT_TRUE(seal(key_file(2)).has_value());
  EXPECT_EQ(unseal_vault(file_, setup_.folder, key_file(3)).error().code, kWrongPassphrase);
  EXPECT_FALSE(std::filesystem::exists(setup_.folder));
}

TEST_F(SealedVaultTest, NoVaultAndNoFileIsWrittenOver) {
  make();
  ASSERT_TRUE(seal(key_file(2)).has_value());
  EXPECT_EQ(seal(key_file(2)).error().code, kFileExists);
  EXPECT_EQ(unseal_vault(file_, setup_.folder, key_file(2)).error().code, kFileExists);
  Vault vault = open(own_).value();
  expect_note(vault);
}

TEST_F(SealedVaultTest, AFailureLeavesNoFileBehind) {
  const Status failed = seal_vault(
      file_, key_file(2),
      [&](const Path& path, const DatabaseKey&) -> Status {
        TRY(write_private_file(path, Bytes(100)));
        return fail(kDiskFull, "test");
      },
      rng_);
  EXPECT_EQ(failed.error().code, kDiskFull);
  EXPECT_EQ(files_in(folder_.path()), 0U);
}

// What a crash left half done is no reason to refuse the next attempt.
TEST_F(SealedVaultTest, WhatACrashLeftIsClearedAway) {
  for (const char* suffix : {".db.tmp", ".tmp"}) {
    Path left = file_;
    left += suffix;
    ASSERT_TRUE(write_private_file(left, Bytes(100)).has_value());
  }
  ASSERT_TRUE(seal(key_file(2)).has_value());
  EXPECT_EQ(files_in(folder_.path()), 1U);
}

TEST_F(SealedVaultTest, WhatIsNoSealedVaultIsDamagedOrTooNew) {
  ASSERT_TRUE(seal(key_file(2)).has_value());
  const Bytes good = read_file(file_, 1 << 20).value();
  const auto code_of = [&](const Bytes& bytes) {
    EXPECT_TRUE(replace_file(file_, bytes).has_value());
    const Status unsealed = unseal_vault(file_, setup_.folder, key_file(2));
    return unsealed.has_value() ? Code{} : unsealed.error().code;
  };
  EXPECT_EQ(code_of(Bytes()), kDamaged);
  EXPECT_EQ(code_of(Bytes(BytesView(good).first(500).begin(), BytesView(good).first(500).end())),
            kDamaged);
  for (const std::size_t at : {0U, 7U, 8U, 10U, 15U}) {
    Bytes changed = good;
    changed[at] ^= 1;
    EXPECT_EQ(code_of(changed), kDamaged) << at;
  }
  Bytes newer = good;
  newer[8] = 2;
  EXPECT_EQ(code_of(newer), kTooNew);
  EXPECT_FALSE(std::filesystem::exists(files_.keys));
}

// The database behind the slots is authenticated by its own pages.
TEST_F(SealedVaultTest, AChangedDatabaseDoesNotOpen) {
  ASSERT_TRUE(seal(key_file(2)).has_value());
  Bytes changed = read_file(file_, 1 << 20).value();
  changed[1'024 + 100] ^= 1;
  ASSERT_TRUE(replace_file(file_, changed).has_value());
  ASSERT_TRUE(unseal_vault(file_, setup_.folder, key_file(2)).has_value());
  EXPECT_EQ(open(key_file(2)).error().code, kDamaged);
}

}  // namespace
}  // namespace tocsin
