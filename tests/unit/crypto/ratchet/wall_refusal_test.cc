// Spec: protocol/spec/inner.md: what the wall refuses, and what a refusal costs and
// leaves behind (traps S1, S2, S8, S9, S10).
#include <signal/protocol.h>

#include "crypto/ratchet/libsignal/context.h"
#include "crypto/ratchet/libsignal/donna.h"
#include "tests/unit/crypto/ratchet/wall_fixture.h"

namespace tocsin {
namespace {

// A protobuf field of libsignal's messages: tag, then a varint or length and bytes.
void put_varint(Bytes& out, std::uint32_t value) {
  for (; value >= 0x80; value >>= 7) out.push_back(static_cast<std::uint8_t>(value | 0x80));
  out.push_back(static_cast<std::uint8_t>(value));
}
void put_number(Bytes& out, std::uint8_t field, std::uint32_t value) {
  out.push_back(static_cast<std::uint8_t>(field << 3));
  put_varint(out, value);
}
void put_bytes(Bytes& out, std::uint8_t field, BytesView bytes) {
  out.push_back(static_cast<std::uint8_t>(field << 3 | 2));
  put_varint(out, static_cast<std::uint32_t>(bytes.size()));
  out.insert(out.end(), bytes.begin(), bytes.end());
}

using Key = std::array<std::uint8_t, 32>;

Key some_point(Rng& rng) {
  Key key{};
  copy_exact(make_prekey_pair(rng).public_key.view(), key);
  return key;
}

// A SignalMessage as a forger writes it: any field, eight bytes of nonsense for a MAC.
struct Forged {
  Key ratchet_key{};
  std::uint32_t counter = 0;
  std::uint8_t version = 0x33;
};
Bytes forge(const Forged& forged) {
  Bytes out{forged.version};
  Bytes key{0x05};
  key.insert(key.end(), forged.ratchet_key.begin(), forged.ratchet_key.end());
  put_bytes(out, 1, key);
  put_number(out, 2, forged.counter);
  put_number(out, 3, 0);
  put_bytes(out, 4, Bytes(48, 0xa5));
  out.insert(out.end(), 8, 0x5a);
  return out;
}

struct ForgedPrekey {
  Key base_key{};
  Key identity{};
  std::uint32_t signed_prekey_id = 77;
  std::optional<std::uint32_t> prekey_id = {};
  Bytes message = {};
  std::uint8_t version = 0x33;
};
Bytes forge(const ForgedPrekey& forged) {
  const auto serialized = [](const Key& key) {
    Bytes out{0x05};
    out.insert(out.end(), key.begin(), key.end());
    return out;
  };
  Bytes out{forged.version};
  put_number(out, 5, 1);
  if (forged.prekey_id.has_value()) put_number(out, 1, *forged.prekey_id);
  put_number(out, 6, forged.signed_prekey_id);
  put_bytes(out, 2, serialized(forged.base_key));
  put_bytes(out, 3, serialized(forged.identity));
  put_bytes(out, 4, forged.message);
  return out;
}

// The SignalMessage inside an honest prekey-form message.
Bytes inside_of(BytesView message) {
  libsignal::Context& context = **libsignal::Context::of_this_thread();
  libsignal::Ref<pre_key_signal_message> parsed;
  EXPECT_EQ(pre_key_signal_message_deserialize(libsignal::Out(parsed), message.data(),
                                               message.size(), context.library()),
            0);
  return to_bytes(libsignal::view_of(
      ciphertext_message_get_serialized(reinterpret_cast<const ciphertext_message*>(
          pre_key_signal_message_get_signal_message(parsed.get())))));
}

// The keys libsignal itself would take: the low-order points and the second forms of good ones.
std::vector<Key> bad_keys(Rng& rng) {
  std::vector<Key> keys;
  keys.push_back(Key{});
  keys.push_back(Key{1});
  for (const char* hex : {"e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                          "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                          "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                          "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                          "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                          "f2ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"}) {
    Key key{};
    copy_exact(from_hex(hex).value(), key);
    keys.push_back(key);
  }
  Key flipped = some_point(rng);
  flipped[31] |= 0x80;
  keys.push_back(flipped);
  return keys;
}

class WallRefusalTest : public WallTest {
 protected:
  Result<InnerOpened> open_plain(const InnerRecord& record, BytesView message) {
    return inner_open(responder(), record, {message, InnerForm::kPlain, {}});
  }
  Key key_of(BytesView bytes) {
    Key key{};
    copy_exact(bytes, key);
    return key;
  }
  // An honest first message and its parts.
  struct First {
    InnerSealed sealed;
    InnerPin pin;
    ForgedPrekey parts;
  };
  First first() {
    InnerRecord alice = start();
    InnerSealed sealed = seal(initiator(), alice, "first");
    const InnerPin pin = open_first(sealed.message)->pin;
    ForgedPrekey parts{.base_key = key_of(pin.base_key.view()),
                       .identity = key_of(pin.identity.view()),
                       .message = inside_of(sealed.message)};
    return {std::move(sealed), pin, std::move(parts)};
  }
};

TEST_F(WallRefusalTest, TheForgerOfTheseTestsWritesWhatLibsignalWrites) {
  const First honest = first();
  EXPECT_TRUE(open_first(forge(honest.parts)).has_value());
}

TEST_F(WallRefusalTest, ACounterAtTheLimitIsRefusedBeforeLibsignal) {  // INN-4.2
  const Pair pair = settled();
  for (const std::uint32_t counter : {kMaxInner, 2000U, 2001U, 0xFFFFFFFFU}) {
    const std::uint64_t before = libsignal::multiplications_on_this_thread();
    const Bytes message = forge(Forged{.ratchet_key = some_point(rng_), .counter = counter});
    const auto result = open_plain(pair.bob, message);
    EXPECT_EQ(code_of_result(result), kForbiddenMessage) << counter;
    EXPECT_EQ(libsignal::multiplications_on_this_thread(), before);
  }
}

TEST_F(WallRefusalTest, LowOrderAndSecondFormsOfRatchetKeysAreRefused) {  // INN-4.3, trap S8
  const Pair pair = settled();
  for (const Key& key : bad_keys(rng_)) {
    const std::uint64_t before = libsignal::multiplications_on_this_thread();
    EXPECT_EQ(code_of_result(open_plain(pair.bob, forge(Forged{.ratchet_key = key}))),
              kForbiddenMessage)
        << to_hex(key);
    EXPECT_EQ(libsignal::multiplications_on_this_thread(), before);
  }
}

TEST_F(WallRefusalTest, AnotherVersionIsRefused) {  // INN-4.1
  const Pair pair = settled();
  for (const int value : {0x03, 0x13, 0x22, 0x23, 0x43, 0xf3}) {
    const auto version = static_cast<std::uint8_t>(value);
    const Bytes message =
        forge(Forged{.ratchet_key = some_point(rng_), .counter = 0, .version = version});
    EXPECT_EQ(code_of_result(open_plain(pair.bob, message)), kForbiddenMessage) << value;
  }
}

TEST_F(WallRefusalTest, AMissingFieldIsRefused) {  // INN-4.1
  const Pair pair = settled();
  const First honest = first();
  const auto serialized = [](const Key& key) {
    Bytes out{0x05};
    out.insert(out.end(), key.begin(), key.end());
    return out;
  };
  const Bytes point = serialized(some_point(rng_));
  for (int missing = 0; missing < 3; ++missing) {
    Bytes message{0x33};
    if (missing != 0) put_bytes(message, 1, point);
    if (missing != 1) put_number(message, 2, 0);
    if (missing != 2) put_bytes(message, 4, Bytes(48, 0xa5));
    message.insert(message.end(), 8, 0x5a);
    EXPECT_EQ(code_of_result(open_plain(pair.bob, message)), kForbiddenMessage) << missing;
  }
  for (int missing = 0; missing < 4; ++missing) {
    Bytes message{0x33};
    if (missing != 0) put_bytes(message, 2, serialized(honest.parts.base_key));
    if (missing != 1) put_bytes(message, 3, serialized(honest.parts.identity));
    if (missing != 2) put_bytes(message, 4, honest.parts.message);
    if (missing != 3) put_number(message, 6, honest.parts.signed_prekey_id);
    EXPECT_EQ(code_of_result(open_first(message)), kForbiddenMessage) << missing;
  }
  // Neither field means anything, so neither has to be there.
  Bytes bare{0x33};
  put_bytes(bare, 2, serialized(honest.parts.base_key));
  put_bytes(bare, 3, serialized(honest.parts.identity));
  put_bytes(bare, 4, honest.parts.message);
  put_number(bare, 6, honest.parts.signed_prekey_id);
  EXPECT_TRUE(open_first(bare).has_value());
}

TEST_F(WallRefusalTest, ShortAndEmptyMessagesAreThePeersFaultAndNotOurs) {  // INN-6.1
  const Pair pair = settled();
  const Bytes honest = forge(Forged{.ratchet_key = some_point(rng_)});
  for (std::size_t length = 0; length < honest.size(); ++length) {
    const auto plain = open_plain(pair.bob, BytesView(honest).first(length));
    ASSERT_FALSE(plain.has_value());
    EXPECT_TRUE(is_inner_refusal(plain.error().code)) << length;
    const auto first = open_first(BytesView(honest).first(length));
    ASSERT_FALSE(first.has_value());
    EXPECT_TRUE(is_inner_refusal(first.error().code)) << length;
  }
  EXPECT_EQ(code_of_result(open_plain(pair.bob, Bytes(kMaxInnerMessageBytes + 1, 0x33))),
            kForbiddenMessage);
  const First contact = first();
  for (std::size_t length = 0; length < contact.parts.message.size(); ++length) {
    ForgedPrekey cut = contact.parts;
    cut.message.resize(length);
    const auto result = open_first(forge(cut));
    ASSERT_FALSE(result.has_value());
    EXPECT_TRUE(is_inner_refusal(result.error().code)) << length;
  }
}

TEST_F(WallRefusalTest, AFirstMessageWithAnyForeignFieldIsRefused) {  // INN-4.4
  const First honest = first();
  const auto refused = [&](const ForgedPrekey& parts) {
    const std::uint64_t before = libsignal::multiplications_on_this_thread();
    const Code code = code_of_result(open_first(forge(parts)));
    EXPECT_EQ(libsignal::multiplications_on_this_thread(), before);
    return code;
  };
  ForgedPrekey with_prekey = honest.parts;
  for (const std::uint32_t id : {0U, 1U, 0xFFFFFFU}) {  // trap S10
    with_prekey.prekey_id = id;
    EXPECT_EQ(refused(with_prekey), kForbiddenMessage);
  }
  ForgedPrekey other_prekey = honest.parts;
  other_prekey.signed_prekey_id = 78;
  EXPECT_EQ(refused(other_prekey), kForbiddenMessage);
  ForgedPrekey other_identity = honest.parts;
  other_identity.identity = some_point(rng_);
  EXPECT_EQ(refused(other_identity), kForbiddenMessage);
  ForgedPrekey second_form = honest.parts;
  second_form.identity[31] |= 0x80;
  EXPECT_EQ(refused(second_form), kForbiddenMessage);
  ForgedPrekey old_version = honest.parts;
  old_version.version = 0x23;
  EXPECT_EQ(refused(old_version), kForbiddenMessage);
  for (const Key& key : bad_keys(rng_)) {
    ForgedPrekey bad_base = honest.parts;
    bad_base.base_key = key;
    EXPECT_EQ(refused(bad_base), kForbiddenMessage);
    ForgedPrekey bad_ratchet = honest.parts;
    bad_ratchet.message = forge(Forged{.ratchet_key = key});
    EXPECT_EQ(refused(bad_ratchet), kForbiddenMessage);
  }
  ForgedPrekey later = honest.parts;
  later.message = forge(Forged{.ratchet_key = some_point(rng_), .counter = 1});
  EXPECT_EQ(refused(later), kForbiddenMessage);
}

TEST_F(WallRefusalTest, ASenderWithAnUnusableIdentityIsRefusedEvenWhenExpected) {  // INN-4.4
  const First honest = first();
  for (const Key& key : bad_keys(rng_)) {
    ForgedPrekey parts = honest.parts;
    parts.identity = key;
    EXPECT_EQ(code_of_result(
                  inner_open_first(responder(), {forge(parts), IdentityPublic(key), own_prekey()})),
              kForbiddenMessage);
  }
}

TEST_F(WallRefusalTest, TheSecondMessageOfAChainIsNoFirstMessage) {  // INN-4.4
  InnerRecord alice = start();
  seal(initiator(), alice, "first");
  const InnerSealed second = seal(initiator(), alice, "second");
  EXPECT_EQ(code_of_result(open_first(second.message)), kForbiddenMessage);
}

TEST_F(WallRefusalTest, ALaterPrekeyFormMustRepeatThePin) {  // INN-4.5
  InnerRecord alice = start();
  const InnerSealed sealed = seal(initiator(), alice, "first");
  InnerFirstOpened opened = open_first(sealed.message).value();
  const InnerSealed second = seal(initiator(), alice, "second");
  const auto open_with = [&](std::optional<InnerPin> pin) {
    return code_of_result(
        inner_open(responder(), opened.record, {second.message, InnerForm::kPrekey, pin}));
  };
  EXPECT_EQ(open_with(std::nullopt), kForbiddenMessage);
  InnerPin other = opened.pin;
  other.base_key = InnerBaseKey(some_point(rng_));
  EXPECT_EQ(open_with(other), kForbiddenMessage);
  other = opened.pin;
  other.identity = bob_.public_key;
  EXPECT_EQ(open_with(other), kForbiddenMessage);
  other = opened.pin;
  other.prekey_id = 78;
  EXPECT_EQ(open_with(other), kForbiddenMessage);
  // The other form's bytes are no message of this form.
  EXPECT_EQ(code_of_result(
                inner_open(responder(), opened.record, {second.message, InnerForm::kPlain, {}})),
            kForbiddenMessage);
  EXPECT_EQ(open_with(opened.pin), Code{});
}

// Trap S9: libsignal would archive the session and begin another one.
TEST_F(WallRefusalTest, APrekeyMessageOfAnotherSessionNeverReplacesThisOne) {  // INN-4.5
  const First one = first();
  InnerRecord bob = open_first(one.sealed.message)->record.duplicate();
  const First two = first();
  const InnerRecord before = bob.duplicate();
  EXPECT_EQ(code_of_result(
                inner_open(responder(), bob, {two.sealed.message, InnerForm::kPrekey, one.pin})),
            kForbiddenMessage);
  // Even a caller that mixes up its pins gets a local fault and no second state.
  EXPECT_EQ(code_of_result(
                inner_open(responder(), bob, {two.sealed.message, InnerForm::kPrekey, two.pin})),
            kCannotNow);
  EXPECT_TRUE(same(before, bob));
}

// Trap S1, as far as it can be held here (the outer ratchet authenticates before): what the wall
// refuses costs libsignal no multiplication, and every honest message among it arrives.
TEST_F(WallRefusalTest, TenThousandForgedMessagesCostNothingAndDelayNothing) {  // INN-4.6
  Pair pair = settled();
  const std::vector<Key> keys = bad_keys(rng_);
  int delivered = 0;
  std::uint64_t forged_cost = 0;
  for (std::uint32_t round = 0; round < 100; ++round) {
    for (std::uint32_t i = 0; i < 100; ++i) {
      Forged forged{.ratchet_key = keys[i % keys.size()], .counter = round};
      if (i % 2 == 0) forged = {.ratchet_key = some_point(rng_), .counter = kMaxInner + i};
      const Bytes message = forge(forged);
      const std::uint64_t before = libsignal::multiplications_on_this_thread();
      ASSERT_EQ(code_of_result(open_plain(pair.bob, message)), kForbiddenMessage);
      forged_cost += libsignal::multiplications_on_this_thread() - before;
    }
    const InnerSealed sealed = seal(initiator(), pair.alice, "valid");
    if (open(responder(), pair.bob, sealed.message) == "valid") ++delivered;
  }
  EXPECT_EQ(forged_cost, 0U);
  EXPECT_EQ(delivered, 100);
}

// A forged message inside all limits costs a bounded number of steps and changes nothing.
TEST_F(WallRefusalTest, AForgedMessageInsideTheLimitsCostsThreeMultiplications) {  // INN-4.6
  const Pair pair = settled();
  const InnerRecord before = pair.bob.duplicate();
  const Bytes message = forge(Forged{.ratchet_key = some_point(rng_), .counter = kMaxInner - 1});
  const std::uint64_t start = libsignal::multiplications_on_this_thread();
  EXPECT_EQ(code_of_result(open_plain(pair.bob, message)), kUnopenable);
  EXPECT_LE(libsignal::multiplications_on_this_thread() - start, 3U);
  EXPECT_TRUE(same(before, pair.bob));
}

// Trap S2.
TEST_F(WallRefusalTest, AThousandMutatedFirstMessagesYieldNothing) {  // INN-1.1
  const First honest = first();
  int refusals = 0;
  for (int i = 0; i < 1000; ++i) {
    Bytes mutated = honest.sealed.message;
    mutated[rng_.below(static_cast<std::uint32_t>(mutated.size()))] ^=
        static_cast<std::uint8_t>(1U << rng_.below(8));
    const auto result = open_first(mutated);
    // libsignal leaves the registration id, and what protobuf ignores, unauthenticated (trap S10);
    // such a mutation is the same message.
    if (result.has_value()) {
      EXPECT_EQ(as_text(result->plaintext.expose(kExpose)), "first");
      EXPECT_EQ(result->pin, honest.pin);
    } else {
      EXPECT_TRUE(is_inner_refusal(result.error().code));
      ++refusals;
    }
  }
  EXPECT_GT(refusals, 950);
  EXPECT_TRUE(open_first(honest.sealed.message).has_value());
}

TEST_F(WallRefusalTest, AThousandMutatedMessagesLeaveTheRecordByteIdentical) {  // INN-1.1
  Pair pair = settled();
  const InnerSealed sealed = seal(initiator(), pair.alice, "valid");
  const InnerRecord before = pair.bob.duplicate();
  for (int i = 0; i < 1000; ++i) {
    Bytes mutated = sealed.message;
    mutated[rng_.below(static_cast<std::uint32_t>(mutated.size()))] ^=
        static_cast<std::uint8_t>(1U << rng_.below(8));
    const auto result = open_plain(pair.bob, mutated);
    ASSERT_FALSE(result.has_value());
    EXPECT_TRUE(is_inner_refusal(result.error().code));
  }
  EXPECT_TRUE(same(before, pair.bob));
  EXPECT_EQ(open(responder(), pair.bob, sealed.message), "valid");
}

}  // namespace
}  // namespace tocsin
