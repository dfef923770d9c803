#include "crypto/age/header.h"

#include <gtest/gtest.h>

#include "crypto/age/limits.h"
#include "crypto/base/rng.h"

namespace tocsin::age {
namespace {

class HeaderTest : public testing::Test {
 protected:
  SeededRng rng_{1};
  FileKey key_ = FileKey::random(rng_);
};

TEST_F(HeaderTest, StanzasOfEveryLengthAreReadAsTheyWereWritten) {
  for (std::size_t size = 0; size < 200; ++size) {
    const std::vector<Stanza> stanzas{{{"first", "second"}, Bytes(size, 1)}, {{"other"}, {}}};
    const Bytes text = encode_header(stanzas, key_);
    const std::optional<Header> read = parse_header(text).value();
    ASSERT_TRUE(read.has_value()) << size;
    EXPECT_EQ(read->bytes, text.size());
    ASSERT_EQ(read->stanzas.size(), 2U);
    EXPECT_EQ(read->stanzas[0].arguments, stanzas[0].arguments);
    EXPECT_EQ(read->stanzas[0].body, stanzas[0].body);
    EXPECT_TRUE(check_header(*read, key_).has_value());
    EXPECT_EQ(check_header(*read, FileKey::random(rng_)).error().code, kBadSignature);
  }
}

TEST_F(HeaderTest, UntilItIsWholeMoreIsAskedFor) {
  const Bytes text = encode_header({{{"a", "b"}, Bytes(100, 2)}}, key_);
  for (std::size_t size = 0; size < text.size(); ++size)
    EXPECT_FALSE(parse_header(BytesView(text).first(size)).value().has_value()) << size;
}

TEST_F(HeaderTest, WhatIsNoAgeFileIsToldByItsFirstBytes) {
  EXPECT_EQ(parse_header(as_bytes("PK")).error().code, kMalformed);
  EXPECT_EQ(parse_header(as_bytes("age-encryption.org/v2\n")).error().code, kMalformed);
  EXPECT_EQ(parse_header(as_bytes("age-encryption.org/v1\r\n")).error().code, kMalformed);
}

TEST_F(HeaderTest, APassphraseStandsAlone) {
  const Bytes text = encode_header({{{"scrypt", "x", "1"}, {}}, {{"X25519", "y"}, {}}}, key_);
  EXPECT_EQ(parse_header(text).error().code, kMalformed);
}

}  // namespace
}  // namespace tocsin::age
