// tests/unit/crypto/ratchet/wall_fixture.h: two parties with an inner session between them.
#pragma once

#include <gtest/gtest.h>

#include "crypto/ratchet/identity.h"
#include "crypto/ratchet/wall.h"

namespace tocsin {

inline Bytes text(std::string_view words) { return to_bytes(as_bytes(words)); }

// Like outer messages: an initiator, a responder with one prekey, and the same session id.
class WallTest : public testing::Test {
 protected:
  static constexpr std::uint32_t kPrekeyId = 77;

  InnerParty initiator() { return {{alice_.public_key, alice_.secret}, sid_, rng_}; }
  InnerParty responder() { return {{bob_.public_key, bob_.secret}, sid_, rng_}; }

  PeerBundle bundle() {
    return {.identity = bob_.public_key,
            .prekey = prekey_.public_key,
            .prekey_signature = sign_prekey(bob_.secret, prekey_.public_key, rng_).value(),
            .prekey_id = kPrekeyId};
  }
  OwnPrekey own_prekey() { return {kPrekeyId, prekey_.public_key, prekey_.secret}; }

  InnerRecord start() { return inner_start(initiator(), bundle()).value(); }
  Result<InnerFirstOpened> open_first(BytesView message) {
    return inner_open_first(responder(), {message, alice_.public_key, own_prekey()});
  }

  // Seals with `party` and moves its record on.
  InnerSealed seal(const InnerParty& party, InnerRecord& record, std::string_view words) {
    InnerSealed sealed = inner_seal(party, record, as_bytes(words)).value();
    record = sealed.record.duplicate();
    return sealed;
  }
  // Opens a plain message and moves the record on.
  std::string open(const InnerParty& party, InnerRecord& record, BytesView message) {
    InnerOpened opened = inner_open(party, record, {message, InnerForm::kPlain, {}}).value();
    record = std::move(opened.record);
    return std::string(as_text(opened.plaintext.expose(kExpose)));
  }

  // Both sides past the prekey form.
  struct Pair {
    InnerRecord alice;
    InnerRecord bob;
    InnerPin pin;
  };
  Pair settled() {
    InnerRecord alice = start();
    const InnerSealed first = seal(initiator(), alice, "first");
    InnerFirstOpened opened = open_first(first.message).value();
    InnerRecord bob = std::move(opened.record);
    const InnerSealed answer = seal(responder(), bob, "answer");
    EXPECT_EQ(open(initiator(), alice, answer.message), "answer");
    return {std::move(alice), std::move(bob), opened.pin};
  }

  SeededRng rng_{20261123};
  IdentityPair alice_ = make_identity_pair(rng_);
  IdentityPair bob_ = make_identity_pair(rng_);
  PrekeyPair prekey_ = make_prekey_pair(rng_);
  SessionId sid_ = rng_.draw<SessionId>();
};

inline bool same(const InnerRecord& a, const InnerRecord& b) {
  const BytesView left = a.expose(kExpose);
  const BytesView right = b.expose(kExpose);
  return std::equal(left.begin(), left.end(), right.begin(), right.end());
}

template <class T>
Code code_of_result(const Result<T>& result) {
  return result.has_value() ? Code{} : result.error().code;
}

}  // namespace tocsin
