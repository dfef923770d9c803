// The envelope's layout and seals.
#include <gtest/gtest.h>

#include "crypto/box/hash.h"
#include "crypto/box/labels.h"
#include "crypto/ratchet/envelope.h"

namespace tocsin {
namespace {

struct Keys {
  explicit Keys(Rng& rng)
      : header(HeaderKey::random(rng)),
        block(KemBlockKey::random(rng)),
        message(MessageKey::random(rng)) {}
  EnvelopeKeys view() const { return {header, block, message}; }
  HeaderKey header;
  KemBlockKey block;
  MessageKey message;
};

OuterHeader a_header(KemBlock kem, BytesView inner) {
  return {kem, InnerForm::kPlain, {Epoch{3}, 5}, 9, Epoch{2}, body_hash_of(inner)};
}

class OuterEnvelopeTest : public ::testing::Test {
 protected:
  Envelope seal(KemBlock kem, const OuterHeader& header, BytesView inner) {
    return seal_envelope(sid_, keys_.view(),
                         {header, kem == KemBlock::kPresent ? &offer_ : nullptr, inner}, nonce_);
  }

  SeededRng rng_{11};
  SessionId sid_ = rng_.draw<SessionId>();
  Nonce nonce_ = rng_.draw<Nonce>();
  Keys keys_{rng_};
  KemOffer offer_{rng_.draw<KemCiphertext>(), rng_.draw<KemPublic>()};
};

// SES-4.1
TEST_F(OuterEnvelopeTest, TheHeaderIsFortyLittleEndianBytes) {
  const OuterHeader header{KemBlock::kPresent,        InnerForm::kPrekey,
                           {Epoch{0x01020304}, 0x05}, 0x0607,
                           Epoch{0x08090A0B},         BodyHash{}};
  EXPECT_EQ(to_hex(encode_header(header).view()),
            "01030000"
            "04030201"
            "05000000"
            "07060000"
            "0b0a0908"
            "00000000000000000000000000000000"
            "00000000");
}

// SES-4.1
TEST_F(OuterEnvelopeTest, NothingSeenIsWrittenAsAllOnes) {
  OuterHeader header;
  EXPECT_EQ(to_hex(encode_header(header).view().subspan(16, 4)), "ffffffff");
  EXPECT_EQ(decode_header(encode_header(header).view())->seen, std::nullopt);
}

// SES-4.2
TEST_F(OuterEnvelopeTest, AHeaderWithReservedBitsOrAnotherVersionIsRefused) {
  const OuterHeader header = a_header(KemBlock::kPresent, {});
  ASSERT_EQ(decode_header(encode_header(header).view()).value(), header);
  const std::pair<std::size_t, std::uint8_t> changes[] = {{0, 0}, {0, 2}, {1, 4},  {1, 0x80},
                                                          {2, 1}, {3, 1}, {36, 1}, {39, 0x80}};
  for (const auto& [place, value] : changes) {
    OuterHeaderBytes bytes = encode_header(header);
    bytes.mutable_view()[place] = value;
    EXPECT_EQ(decode_header(bytes.view()).error().code, kMalformed) << place;
  }
  EXPECT_FALSE(decode_header(encode_header(header).view().first(39)));
}

// SES-4.2
TEST_F(OuterEnvelopeTest, CountersThatNoHonestSenderReachesAreRefused) {
  OuterHeader header = a_header(KemBlock::kAbsent, {});
  header.number.counter = kMaxEpochSends - 1;
  header.previous = kMaxEpochSends;
  EXPECT_TRUE(decode_header(encode_header(header).view()));
  header.number.counter = kMaxEpochSends;
  EXPECT_FALSE(decode_header(encode_header(header).view()));
  header.number.counter = 0;
  header.previous = kMaxEpochSends + 1;
  EXPECT_FALSE(decode_header(encode_header(header).view()));
}

// SES-4.3, SES-4.4, SES-4.5: sealed by the formulas of the specification, part by part.
TEST_F(OuterEnvelopeTest, EveryPartIsSealedUnderItsOwnKeyAndAssociatedData) {
  const Bytes inner(100, 0x5A);
  const OuterHeader header = a_header(KemBlock::kPresent, inner);
  const Envelope envelope = seal(KemBlock::kPresent, header, inner);
  const BytesView all = envelope.view();
  EXPECT_EQ(to_bytes(all.first(24)), to_bytes(nonce_.view()));

  const Bytes header_ad = concat({as_bytes("tocsin/1 h"), sid_.view()});
  EXPECT_EQ(to_bytes(all.subspan(24, 56)),
            tocsin::seal({keys_.header.expose(kExpose), nonce_, header_ad},
                         encode_header(header).view()));
  const Bytes block_ad = concat({as_bytes("tocsin/1 k"), sid_.view(), all.subspan(24, 56)});
  EXPECT_EQ(to_bytes(all.subspan(80, 2213)),
            tocsin::seal({keys_.block.expose(kExpose), nonce_, block_ad},
                         concat({offer_.ciphertext.view(), offer_.next.view()})));
  const Bytes body_ad = concat({as_bytes("tocsin/1 b"), sid_.view(), all.first(80 + 2213)});
  Bytes body(3840 - 2293 - 16);
  body[0] = 100;
  std::fill(body.begin() + 2, body.begin() + 102, std::uint8_t{0x5A});
  EXPECT_EQ(to_bytes(all.subspan(2293)),
            tocsin::seal({keys_.message.expose(kExpose), nonce_, body_ad}, body));
}

// SES-2.2
TEST_F(OuterEnvelopeTest, TheLongestInnerMessageFitsWithAndWithoutAKemBlock) {
  for (const KemBlock kem : {KemBlock::kAbsent, KemBlock::kPresent}) {
    const Bytes inner(kem == KemBlock::kPresent ? 1529 : 3742, 0xEE);
    const OuterHeader header = a_header(kem, inner);
    const Envelope envelope = seal(kem, header, inner);
    const auto opened = open_body(sid_, keys_.message, envelope, header);
    ASSERT_TRUE(opened);
    EXPECT_EQ(to_bytes(opened->expose(kExpose)), inner);
  }
}

// SES-8.5
TEST_F(OuterEnvelopeTest, ABodyWithAnotherHashLengthOrPaddingDoesNotOpen) {
  const Bytes inner(3742, 1);
  OuterHeader header = a_header(KemBlock::kAbsent, inner);
  header.body = body_hash_of(Bytes(3742, 2));
  EXPECT_FALSE(open_body(sid_, keys_.message, seal(KemBlock::kAbsent, header, inner), header));

  const auto open_raw = [&](const Bytes& body) {
    Envelope envelope = seal(KemBlock::kAbsent, header, inner);
    const Bytes ad = concat({as_bytes("tocsin/1 b"), sid_.view(), envelope.view().first(80)});
    seal_into({keys_.message.expose(kExpose), nonce_, ad}, body,
              envelope.mutable_view().subspan(80));
    return open_body(sid_, keys_.message, envelope, header).has_value();
  };
  Bytes body(3840 - 80 - 16);
  header.body = body_hash_of({});
  EXPECT_TRUE(open_raw(body));
  body.back() = 1;  // padding
  EXPECT_FALSE(open_raw(body));
  body.back() = 0;
  body[0] = 0xFF;  // 65,535 bytes
  body[1] = 0xFF;
  EXPECT_FALSE(open_raw(body));
}

// SES-8.1: every byte of an envelope is authenticated.
TEST_F(OuterEnvelopeTest, NoByteCanBeChanged) {
  const Bytes inner(700, 0x11);
  const OuterHeader header = a_header(KemBlock::kPresent, inner);
  const Envelope envelope = seal(KemBlock::kPresent, header, inner);
  ASSERT_TRUE(open_header(sid_, keys_.header, envelope));
  ASSERT_TRUE(open_kem_block(sid_, keys_.block, envelope));
  ASSERT_TRUE(open_body(sid_, keys_.message, envelope, header));
  for (std::size_t place = 0; place < kEnvelopeBytes; ++place) {
    Envelope changed = envelope;
    changed.mutable_view()[place] ^= 0x40;
    EXPECT_FALSE(open_body(sid_, keys_.message, changed, header)) << place;
    EXPECT_EQ(open_header(sid_, keys_.header, changed).has_value(), place >= 80) << place;
    EXPECT_EQ(open_kem_block(sid_, keys_.block, changed).has_value(), place >= 2293) << place;
  }
}

TEST_F(OuterEnvelopeTest, AnotherSessionIdOpensNothing) {
  const Bytes inner(10, 3);
  const OuterHeader header = a_header(KemBlock::kPresent, inner);
  const Envelope envelope = seal(KemBlock::kPresent, header, inner);
  const SessionId other = rng_.draw<SessionId>();
  EXPECT_FALSE(open_header(other, keys_.header, envelope));
  EXPECT_FALSE(open_kem_block(other, keys_.block, envelope));
  EXPECT_FALSE(open_body(other, keys_.message, envelope, header));
}

}  // namespace
}  // namespace tocsin
