// tests/unit/crypto/vault/vault_fixture.h: a folder with a vault opened by key files (no Argon2id).
#pragma once

#include <gtest/gtest.h>

#include "crypto/vault/vault.h"
#include "tests/support/temporary_folder.h"

namespace tocsin {

class VaultFixture : public testing::Test {
 protected:
  static constexpr Sql kSchema[] = {"CREATE TABLE note(body TEXT NOT NULL) STRICT"};

  static Credential text(std::string_view typed) {
    return Credential::from_text(SecretBytes::copy_of(as_bytes(typed))).value();
  }
  static Credential key_file(std::uint8_t number) {
    std::array<std::uint8_t, 32> bytes{};
    bytes.fill(number);
    return Credential::from_key_file(VaultKeyFile::take(bytes));
  }
  Result<Vault> create(const Credential& credential) {
    return Vault::create(setup_, credential, rng_);
  }
  Result<Vault> open(const Credential& credential) { return Vault::open(setup_, credential, rng_); }
  // A vault with one note and one slot, closed.
  void make() {
    Vault vault = create(own_).value();
    ASSERT_TRUE(vault.database().run("INSERT INTO note VALUES('kept')").has_value());
    ASSERT_TRUE(std::move(vault).close().has_value());
  }
  static void expect_note(Vault& vault) {
    auto query = vault.database().statement("SELECT body FROM note").value();
    ASSERT_TRUE(query.next().value());
    EXPECT_EQ(query.text(0), "kept");
    EXPECT_FALSE(query.next().value());
  }
  Bytes keys() { return read_file(files_.keys, 10000).value(); }

  TemporaryFolder folder_;
  VaultSetup setup_{.folder = folder_.file("vault"),
                    .database = {.schema = kSchema, .application_id = 7},
                    .cost = kLeastVaultCost};
  VaultFiles files_{setup_.folder};
  SeededRng rng_{1};
  Credential own_ = key_file(1);
};

}  // namespace tocsin
