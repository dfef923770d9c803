// The first contact's record, and both sides' steps around it with a real card.
#include "protocol/pairing/record.h"

#include <gtest/gtest.h>

#include "protocol/codes.h"
#include "protocol/pairing/initiate.h"
#include "protocol/pairing/issue_card.h"
#include "protocol/pairing/respond.h"
#include "tests/support/ratchet_people.h"

namespace tocsin {
namespace {

using namespace testing_support;

class RecordTest : public ::testing::Test {
 protected:
  RecordAuthor author() const { return {alice_.inner(), &alice_.signing.secret}; }
  RecordBytes issued() { return issue_record(order_, author(), offer_.public_key, rng_).value(); }
  // The code a reader finds after a change of one byte.
  static Code code_of(RecordBytes bytes, std::size_t place, std::uint8_t change) {
    bytes.mutable_view()[place] ^= change;
    const auto record = check_record(bytes);
    return record ? Code{} : record.error().code;
  }

  SeededRng rng_{61};
  Person alice_{rng_};
  KemPair offer_ = make_kem_pair(rng_);
  RecordOrder order_{.generation = 0x01020304,
                     .reply = {.relay = {.curve = rng_.draw<CurvePublic>(),
                                         .store_pin = rng_.draw<StorePin>(),
                                         .host = "relay.example",
                                         .port = 0x1A2B},
                               .drop = rng_.draw<DropId>()}};
};

// FCT-5.1
TEST_F(RecordTest, EveryFieldHasItsPlace) {
  const RecordBytes bytes = issued();
  const BytesView all = bytes.view();
  EXPECT_EQ(to_hex(all.first(6)), "010004030201");
  EXPECT_EQ(to_bytes(all.subspan(6, 32)), to_bytes(alice_.identity.public_key.view()));
  EXPECT_EQ(to_bytes(all.subspan(38, 32)), to_bytes(alice_.signing.public_key.view()));
  EXPECT_EQ(to_bytes(all.subspan(198, 1158)), to_bytes(offer_.public_key.view()));
  EXPECT_EQ(to_bytes(all.subspan(1356, 32)), to_bytes(order_.reply.relay.curve.view()));
  EXPECT_EQ(to_bytes(all.subspan(1388, 16)), to_bytes(order_.reply.relay.store_pin.view()));
  EXPECT_EQ(to_hex(all.subspan(1404, 3)), "2b1a0d");
  EXPECT_EQ(as_text(all.subspan(1407, 13)), "relay.example");
  EXPECT_TRUE(is_all_zero(all.subspan(1420, 64 - 13)));
  EXPECT_EQ(to_bytes(all.subspan(1471, 32)), to_bytes(order_.reply.drop.view()));
  EXPECT_EQ(all[1503], 0);
  const auto back = check_record(bytes);
  ASSERT_TRUE(back);
  EXPECT_EQ(back->reply, order_.reply);
  EXPECT_EQ(back->generation, order_.generation);
  EXPECT_EQ(encode_record(*back).value(), bytes);
}

// FCT-5.2
TEST_F(RecordTest, WhatNoWriterWritesIsRefused) {
  const RecordBytes bytes = issued();
  EXPECT_EQ(code_of(bytes, 0, 0), Code{});
  EXPECT_EQ(code_of(bytes, 0, 3), kUnsupportedVersion);
  EXPECT_EQ(code_of(bytes, 1406, 0x80), kMalformed) << "host length above 64";
  EXPECT_EQ(code_of(bytes, 1406, 0x0D), kMalformed) << "empty host";
  EXPECT_EQ(code_of(bytes, 1407, 0x20), kMalformed) << "a capital letter";
  EXPECT_EQ(code_of(bytes, 1430, 1), kMalformed) << "padding of the host";
  EXPECT_EQ(code_of(bytes, 1503, 1), kMalformed) << "padding of the record";
  RecordBytes no_port = bytes;
  wipe(no_port.mutable_view().subspan(1404, 2));
  EXPECT_EQ(check_record(no_port).error().code, kMalformed);
}

// FCT-5.3, FCT-5.5
TEST_F(RecordTest, BothProofsMustHold) {
  const RecordBytes bytes = issued();
  EXPECT_EQ(code_of(bytes, 75, 1), kBadSignature);
  EXPECT_EQ(code_of(bytes, 140, 1), kBadSignature);
  EXPECT_NE(code_of(bytes, 6, 1), Code{});
  EXPECT_NE(code_of(bytes, 38, 1), Code{});
  EXPECT_EQ(code_of(bytes, 37, 0x80), kBadKey) << "IK with its top bit set";
}

// FCT-5.4
TEST_F(RecordTest, WithoutASigningKeyItsPlacesAreZero) {
  const RecordBytes bytes =
      issue_record(order_, {alice_.inner(), nullptr}, offer_.public_key, rng_).value();
  EXPECT_TRUE(is_all_zero(bytes.view().subspan(38, 32)));
  EXPECT_TRUE(is_all_zero(bytes.view().subspan(134, 64)));
  ASSERT_TRUE(check_record(bytes));
  EXPECT_EQ(code_of(bytes, 140, 1), kMalformed);
  RecordBytes stripped = issued();
  wipe(stripped.mutable_view().subspan(38, 32));
  wipe(stripped.mutable_view().subspan(134, 64));
  EXPECT_EQ(check_record(stripped).error().code, kBadSignature) << "idProof covers SIG";
}

// FCT-5.2
TEST_F(RecordTest, ARecordIsNotIssuedForAnAddressNobodyCouldRead) {
  order_.reply.relay.host = "";
  EXPECT_FALSE(issue_record(order_, author(), offer_.public_key, rng_));
  order_.reply.relay.host = std::string(65, 'h');
  EXPECT_FALSE(issue_record(order_, author(), offer_.public_key, rng_));
}

// FCT-7.1, FCT-7.2: card, record, envelope, letter, session.
TEST_F(RecordTest, AFirstContactToARealCardIsAcceptedWithItsRecord) {
  const Person bob(rng_);
  const Day today{20'000};
  const CardOrder card_order{.kind = CardKind::kInvitation,
                             .number = 3,
                             .from = today,
                             .until = days_after(today, 7),
                             .prekey_id = bob.card.prekey_id,
                             .prekey = bob.card.prekey,
                             .kem = bob.card.kem,
                             .charter = {},
                             .routes = {order_.reply}};
  const Bytes card_bytes =
      issue_card(card_order, {bob.identity.secret, &bob.signing.secret}, rng_).value();
  const CardPin pin{CardKind::kInvitation,
                    commit_identity(bob.identity.public_key, bob.signing.public_key), 3};
  const auto checked = check_card(card_bytes, pin, {}, {today, std::nullopt});
  ASSERT_TRUE(checked);
  const CardKeys card = keys_of(*checked);
  const Psk psk = psk_of(InvitationSecret::random(rng_));

  const RecordAuthor writer = author();
  auto initiated = initiate(*checked, psk, {writer, order_, as_bytes("help"), Hour{480'000}}, rng_);
  ASSERT_TRUE(initiated);
  const ResponderKeys keys{bob.inner(), card, bob.secrets, psk};
  auto letter = GuestLetter::read(initiated->envelope, keys, rng_);
  ASSERT_TRUE(letter);
  EXPECT_EQ(letter->transcript(), initiated->transcript);
  EXPECT_EQ(letter->record().reply, order_.reply);
  auto responded = std::move(*letter).accept(keys, rng_);
  ASSERT_TRUE(responded);
  EXPECT_EQ(as_text(responded->content.expose(kExpose)).substr(0, 5), std::string("help\0", 5));
  EXPECT_EQ(responded->session.id(), initiated->session.id());
  EXPECT_EQ(responded->session.peer().signing, alice_.signing.public_key);
}

}  // namespace
}  // namespace tocsin
