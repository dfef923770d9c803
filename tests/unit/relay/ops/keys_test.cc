// The key file: exact layout, private mode, damage noticed.
#include "relay/ops/keys.h"

#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>

#include <filesystem>

#include "crypto/base/files.h"
#include "relay/codes.h"

namespace tocsin::ops {
namespace {

class KeysTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string folder = (std::filesystem::temp_directory_path() / "tocsin-keys-XXXXXX").string();
    ASSERT_NE(::mkdtemp(folder.data()), nullptr);
    folder_ = folder;
  }
  void TearDown() override {
    ::unsetenv("CREDENTIALS_DIRECTORY");
    std::filesystem::remove_all(folder_);
  }
  std::filesystem::path folder_;
};

TEST_F(KeysTest, KeysSurviveTheFile) {
  SeededRng rng(1);
  const RelayKeys keys = make_keys(rng);
  const auto file = folder_ / "keys";
  ASSERT_TRUE(save_keys(file, keys).has_value());
  const auto back = load_keys(file);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->curve_public, keys.curve_public);
  EXPECT_EQ(back->store_public, keys.store_public);
  EXPECT_TRUE(
      equal_in_constant_time(back->database.expose(kExpose), keys.database.expose(kExpose)));
  EXPECT_EQ(std::filesystem::file_size(file), kKeyFileBytes);
}

TEST_F(KeysTest, AKeyFileIsNeverOverwritten) {
  SeededRng rng(1);
  const auto file = folder_ / "keys";
  ASSERT_TRUE(save_keys(file, make_keys(rng)).has_value());
  EXPECT_EQ(save_keys(file, make_keys(rng)).error().code, kFileExists);
}

TEST_F(KeysTest, AKeyFileThatOthersCanReadIsRefused) {
  SeededRng rng(1);
  const auto file = folder_ / "keys";
  ASSERT_TRUE(save_keys(file, make_keys(rng)).has_value());
  for (const mode_t mode : {0640U, 0604U, 0620U}) {
    ASSERT_EQ(::chmod(file.c_str(), mode), 0);
    const auto loaded = load_keys(file);
    ASSERT_FALSE(loaded.has_value());
    EXPECT_EQ(loaded.error().code, kRelayKeysReadable);
  }
}

TEST_F(KeysTest, EveryFlippedByteIsNoticed) {
  SeededRng rng(1);
  const SecretBytes good = encode_keys(make_keys(rng));
  for (std::size_t i = 0; i < good.size(); ++i) {
    SecretBytes bad = good.duplicate();
    bad.expose_mutable(kExpose)[i] ^= 1;
    EXPECT_EQ(decode_keys(bad.expose(kExpose)).error().code, kRelayBadKeyFile) << i;
  }
  EXPECT_FALSE(decode_keys(good.expose(kExpose).first(127)).has_value());
}

TEST_F(KeysTest, ACredentialOfTheServiceManagerComesFirst) {
  SeededRng rng(1);
  const RelayKeys in_file = make_keys(rng);
  const RelayKeys in_credential = make_keys(rng);
  ASSERT_TRUE(save_keys(folder_ / "keys", in_file).has_value());
  const auto credentials = folder_ / "credentials";
  std::filesystem::create_directory(credentials);
  ASSERT_EQ(::setenv("CREDENTIALS_DIRECTORY", credentials.c_str(), 1), 0);
  EXPECT_EQ(load_keys(folder_ / "keys")->curve_public, in_file.curve_public)
      << "a manager without our credential";
  ASSERT_TRUE(save_keys(credentials / kCredentialName, in_credential).has_value());
  EXPECT_EQ(load_keys(folder_ / "keys")->curve_public, in_credential.curve_public);
}

}  // namespace
}  // namespace tocsin::ops
