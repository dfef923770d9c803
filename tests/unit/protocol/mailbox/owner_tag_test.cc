#include "protocol/mailbox/owner_tag.h"

#include <gtest/gtest.h>

#include "crypto/box/agree.h"
#include "protocol/mailbox/authorise.h"
#include "tests/support/wire_samples.h"

namespace tocsin {
namespace {

class OwnerTagTest : public testing::Test {
 protected:
  OwnerKeys keys() { return OwnerKeys(session_.secret.duplicate(), facts_); }
  Request tagged(std::uint64_t id, const Command& command) {
    Request request = samples::request(id, command);
    const OwnerKey key = owner_key(owner_.secret, owner_.public_key, facts_).value();
    request.tag = owner_tag(key, request.id, request.command);
    return request;
  }

  SeededRng rng_{1};
  KeyPair<OwnerPublic, OwnerSecret> owner_ = make_x25519_pair<OwnerPublic, OwnerSecret>(rng_);
  KeyPair<StoreSessionPublic, StoreSessionSecret> session_ =
      make_x25519_pair<StoreSessionPublic, StoreSessionSecret>(rng_);
  SessionFacts facts_{samples::filled<CurvePublic>(1), session_.public_key,
                      samples::filled<WelcomeNonce>(2)};
};

// MBX-4.1
TEST_F(OwnerTagTest, OwnerAndStoreAgreeOnTheKey) {
  const OwnerKey a = owner_key(owner_.secret, owner_.public_key, facts_).value();
  const OwnerKey b = owner_key(session_.secret, owner_.public_key, facts_).value();
  EXPECT_EQ(to_hex(a.expose(kExpose)), to_hex(b.expose(kExpose)));
}

// MBX-4.1: relay, session, owner and nonce all change the key.
TEST_F(OwnerTagTest, TheKeyIsOfThisRelayThisRunThisOwnerAndThisConnection) {
  const auto text = [&](const SessionFacts& facts, const OwnerPublic& owner) {
    return to_hex(owner_key(session_.secret, owner, facts).value().expose(kExpose));
  };
  const std::string key = text(facts_, owner_.public_key);
  SessionFacts other = facts_;
  other.relay = samples::filled<CurvePublic>(9);
  EXPECT_NE(text(other, owner_.public_key), key);
  other = facts_;
  other.nonce = samples::filled<WelcomeNonce>(9);
  EXPECT_NE(text(other, owner_.public_key), key);
  other = facts_;
  other.session = samples::filled<StoreSessionPublic>(9);
  EXPECT_NE(text(other, owner_.public_key), key);
  EXPECT_NE(text(facts_, make_x25519_pair<OwnerPublic, OwnerSecret>(rng_).public_key), key);
}

// MBX-4.1
TEST_F(OwnerTagTest, ALowOrderKeyMakesNoKey) {
  EXPECT_EQ(owner_key(session_.secret, OwnerPublic(), facts_).error().code, kBadKey);
  facts_.session = StoreSessionPublic();
  EXPECT_EQ(owner_key(owner_.secret, owner_.public_key, facts_).error().code, kBadKey);
}

// MBX-4.2, WIR-5.3
TEST_F(OwnerTagTest, ATagIsOfOneRequestAndOneCommand) {
  const Request good = tagged(5, Subscribe{samples::filled<ReadId>(1), 8});
  EXPECT_TRUE(keys().authorises(&owner_.public_key, good));
  Request moved = good;
  moved.id = {6};
  EXPECT_FALSE(keys().authorises(&owner_.public_key, moved));
  Request changed = good;
  changed.command.back() ^= 1;
  EXPECT_FALSE(keys().authorises(&owner_.public_key, changed));
  Request without = good;
  without.tag.reset();
  EXPECT_FALSE(keys().authorises(&owner_.public_key, without));
}

// MBX-4.3: counted, not timed.
TEST_F(OwnerTagTest, EveryNoCostsOneAgreement) {
  const Request good = tagged(5, Ping{});
  Request bad = good;
  bad.tag->mutable_view()[0] ^= 1;
  Request without = good;
  without.tag.reset();
  for (const Request& request : {good, bad, without}) {
    for (const OwnerPublic* owner : {static_cast<const OwnerPublic*>(&owner_.public_key),
                                     static_cast<const OwnerPublic*>(nullptr)}) {
      OwnerKeys fresh = keys();
      fresh.authorises(owner, request);
      EXPECT_EQ(fresh.derivations(), 1u);
    }
  }
  OwnerKeys none = keys();
  EXPECT_FALSE(none.authorises(nullptr, good)) << "a dummy authorises nothing";
}

// MBX-4.3: a tag made under the dummy key (the session key itself) opens nothing either.
TEST_F(OwnerTagTest, TheDummyKeyAuthorisesNothing) {
  OwnerPublic dummy;
  copy_exact(facts_.session.view(), dummy.mutable_view());
  Request request = samples::request(5, Ping{});
  request.tag =
      owner_tag(owner_key(session_.secret, dummy, facts_).value(), request.id, request.command);
  EXPECT_FALSE(keys().authorises(nullptr, request));
}

// MBX-4.4
TEST_F(OwnerTagTest, AProvenKeyIsKeptAndAWrongTagPaysInFullEvenThen) {
  OwnerKeys store = keys();
  EXPECT_TRUE(store.authorises(&owner_.public_key, tagged(1, Ping{})));
  EXPECT_EQ(store.derivations(), 1u);
  EXPECT_TRUE(store.authorises(&owner_.public_key, tagged(2, Ping{})));
  EXPECT_EQ(store.derivations(), 1u);
  Request bad = tagged(3, Ping{});
  bad.tag->mutable_view()[0] ^= 1;
  EXPECT_FALSE(store.authorises(&owner_.public_key, bad));
  EXPECT_EQ(store.derivations(), 2u);
}

}  // namespace
}  // namespace tocsin
