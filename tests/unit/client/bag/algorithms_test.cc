#include "client/bag/algorithms.h"

#include <gtest/gtest.h>

#include <array>

namespace tocsin::bag {
namespace {

struct Known {
  std::string_view name;
  std::string_view of_abc;
};
// Of "abc"; made by Python's hashlib.
constexpr Known kKnown[] = {
    {"md5", "900150983cd24fb0d6963f7d28e17f72"},
    {"sha1", "a9993e364706816aba3e25717850c26c9cd0d89d"},
    {"sha224", "23097d223405d8228642a477bda255b32aadbce4bda0b3f7e36c9da7"},
    {"sha256", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"},
    {"sha384",
     "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c82"
     "5a7"},
    {"sha512",
     "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3fee"
     "bbd454d4423643ce80e2a9ac94fa54ca49f"},
    {"sha512256", "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23"},
    {"sha3224", "e642824c3f8cf24ad09234ee7d3c766fc9a3a5168d0c94ad73b46fdf"},
    {"sha3256", "3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532"},
    {"sha3384",
     "ec01498288516fc926459f58e2c6ad8df9b473cb0fc08c2596da7cf0e49be4b298d88cea927ac7f539f1edf228376"
     "d25"},
    {"sha3512",
     "b751850b1a57168a5693cd924b6b096e08f621827444f70d884f5d0240d2712e10e116e9192af3c91a7ec57647e39"
     "34057340b4cf408d5a56592f8274eec53f0"},
    {"blake2b512",
     "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533c"
     "c9518d38aa8dbf1925ab92386edd4009923"},
};

TEST(BagAlgorithmsTest, EveryAlgorithmIsTheOneOfItsName) {
  for (const Known& each : kKnown) {
    const std::array one{algorithm_named(each.name)};
    ASSERT_NE(one.front(), nullptr) << each.name;
    DigestSet set = DigestSet::create(one).value();
    for (int again = 0; again < 2; ++again) {
      ASSERT_TRUE(set.update(as_bytes("a")).has_value());
      ASSERT_TRUE(set.update(as_bytes("bc")).has_value());
      const Bytes digest = set.finish().value().front();
      EXPECT_EQ(to_hex(digest), each.of_abc) << each.name;
      EXPECT_EQ(digest.size(), one.front()->bytes);
    }
  }
}

TEST(BagAlgorithmsTest, CommonWritingsOfANameAreUnderstood) {
  EXPECT_EQ(algorithm_named("SHA-256"), algorithm_named("sha256"));
  EXPECT_EQ(algorithm_named("sha3-256")->name, "sha3256");
  EXPECT_EQ(algorithm_named("crc32"), nullptr);
  EXPECT_EQ(algorithm_named(""), nullptr);
}

TEST(BagAlgorithmsTest, ADigestThatOpenSslDoesNotHaveIsAnError) {
  EXPECT_EQ(NamedDigest::create("no such digest").error().code, kNotFound);
}

}  // namespace
}  // namespace tocsin::bag
