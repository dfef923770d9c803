#include "protocol/alert/dsse.h"

#include "tests/unit/protocol/alert/alert_world.h"

namespace tocsin {
namespace {

class DsseTest : public AlertTest {
 protected:
  std::vector<SigningPublic> keys(std::initializer_list<std::size_t> who) const {
    std::vector<SigningPublic> made;
    for (const std::size_t i : who) made.push_back(world.holders[i].public_key);
    return made;
  }
  Dsse small(std::initializer_list<std::size_t> signers) const {
    return world.signed_document(DocumentKind::kAlert, to_bytes(as_bytes("hi")), signers);
  }
};

// ALT-1.1, ALT-1.2
TEST_F(DsseTest, PreAuthenticationEncodingNamesTypeAndLengths) {
  EXPECT_EQ(as_text(pre_authentication_encoding(DocumentKind::kAlert, as_bytes("hi"))),
            "DSSEv1 31 application/vnd.tocsin.alert.v1 2 hi");
  EXPECT_EQ(as_text(pre_authentication_encoding(DocumentKind::kCharter, as_bytes(""))),
            "DSSEv1 33 application/vnd.tocsin.charter.v1 0 ");
}

// ALT-1.3
TEST_F(DsseTest, BinaryFormReturnsWhatItWasMadeFrom) {
  const Dsse envelope = small({0, 1});
  const Bytes bytes = encode_dsse(envelope).value();
  EXPECT_EQ(bytes.size(), kDsseOverhead + 2 + 2 * kDsseSignatureBytes);
  EXPECT_EQ(decode_dsse(bytes, DocumentKind::kAlert).value(), envelope);
}

// ALT-1.3
TEST_F(DsseTest, EveryShorteningAndEveryTrailingByteIsRefused) {
  const Bytes bytes = encode_dsse(small({0})).value();
  for (std::size_t length = 0; length < bytes.size(); ++length)
    EXPECT_FALSE(decode_dsse(BytesView(bytes).first(length), DocumentKind::kAlert).has_value());
  Bytes longer = bytes;
  longer.push_back(0);
  EXPECT_EQ(code_of(decode_dsse(longer, DocumentKind::kAlert)), kMalformed);
}

// ALT-1.1
TEST_F(DsseTest, ADocumentOfAnotherKindOrVersionIsRefused) {
  Bytes bytes = encode_dsse(small({0})).value();
  EXPECT_EQ(code_of(decode_dsse(bytes, DocumentKind::kCharter)), kMalformed);
  bytes[0] = 2;
  EXPECT_EQ(code_of(decode_dsse(bytes, DocumentKind::kAlert)), kUnsupportedVersion);
}

// ALT-1.3
TEST_F(DsseTest, NoneAndMoreThanEightSignaturesAreRefused) {
  Dsse envelope = small({0});
  envelope.signatures.assign(kMaxSignatures + 1, envelope.signatures.front());
  EXPECT_EQ(code_of(encode_dsse(envelope)), kMalformed);
  envelope.signatures.clear();
  EXPECT_EQ(code_of(encode_dsse(envelope)), kMalformed);
}

// ALT-1.5
TEST_F(DsseTest, OneKeyCountsOnceHoweverOftenItSignedOrIsListed) {
  Dsse envelope = small({0, 0, 0});
  EXPECT_EQ(valid_signers(envelope, keys({0, 1})), (std::vector<std::size_t>{0}));
  EXPECT_EQ(valid_signers(envelope, keys({0, 0})), (std::vector<std::size_t>{0}));
  EXPECT_EQ(valid_signers(small({1, 0}), keys({0, 1, 2})), (std::vector<std::size_t>{0, 1}));
}

// ALT-1.5
TEST_F(DsseTest, ASignatureOfAnotherKindOfDocumentDoesNotCount) {
  Dsse envelope = small({0});
  envelope.signatures.front() =
      sign_document(world.holders[0].secret, DocumentKind::kCharter, envelope.body);
  EXPECT_TRUE(valid_signers(envelope, keys({0})).empty());
}

// ALT-1.5
TEST_F(DsseTest, AKeyOfSmallOrderNeverCounts) {
  SigningPublic identity_point;
  identity_point.mutable_view()[0] = 1;
  Dsse envelope{DocumentKind::kAlert, to_bytes(as_bytes("hi")), {{key_hint(identity_point), {}}}};
  // R = identity, S = 0 verifies under a lax verifier for every message.
  envelope.signatures.front().signature.mutable_view()[0] = 1;
  EXPECT_TRUE(valid_signers(envelope, std::vector{identity_point}).empty());
}

// ALT-1.5
TEST_F(DsseTest, AChangedBodyOrSignatureDoesNotCount) {
  Dsse envelope = small({0});
  envelope.body.push_back('!');
  EXPECT_TRUE(valid_signers(envelope, keys({0})).empty());
  envelope = small({0});
  envelope.signatures.front().signature.mutable_view()[40] ^= 1;
  EXPECT_TRUE(valid_signers(envelope, keys({0})).empty());
}

// ALT-1.4
TEST_F(DsseTest, JsonFormReturnsWhatItWasMadeFrom) {
  const Dsse envelope = small({0, 1});
  const std::string json = dsse_to_json(envelope).value();
  EXPECT_NE(json.find("\"payload\": \"aGk=\""), std::string::npos);
  EXPECT_NE(json.find("application/vnd.tocsin.alert.v1"), std::string::npos);
  EXPECT_EQ(dsse_from_json(json, DocumentKind::kAlert).value(), envelope);
}

// ALT-1.4
TEST_F(DsseTest, JsonThatIsNotExactlyTheFormIsRefused) {
  const std::string json = dsse_to_json(small({0})).value();
  const auto changed = [&json](const std::string& from, const std::string& to) {
    std::string copy = json;
    const std::size_t at = copy.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    copy.replace(at, from.size(), to);
    return dsse_from_json(copy, DocumentKind::kAlert);
  };
  EXPECT_EQ(code_of(changed("aGk=", "aGk")), kMalformed);   // padding missing
  EXPECT_EQ(code_of(changed("aGk=", "aGl=")), kMalformed);  // bits after the last byte
  EXPECT_EQ(code_of(changed("\"payload\"", "\"pay\"")), kMalformed);
  EXPECT_EQ(code_of(changed("alert.v1", "alert.v2")), kMalformed);
  EXPECT_EQ(code_of(changed("\"keyid\"", "\"note\": 1, \"keyid\"")), kMalformed);
  EXPECT_EQ(code_of(changed("[", "{")), kMalformed);
  EXPECT_EQ(code_of(dsse_from_json("", DocumentKind::kAlert)), kMalformed);
  EXPECT_EQ(code_of(dsse_from_json("[1]", DocumentKind::kAlert)), kMalformed);
  EXPECT_EQ(code_of(dsse_from_json(std::string(100'000, '['), DocumentKind::kAlert)), kTooLarge);
  EXPECT_EQ(code_of(dsse_from_json(std::string(10'000, '['), DocumentKind::kAlert)), kMalformed);
}

}  // namespace
}  // namespace tocsin
