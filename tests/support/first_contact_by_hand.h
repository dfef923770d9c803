// tests/support/first_contact_by_hand.h: a first contact put together from its parts, so that each
// part can be wrong.
#pragma once

#include <functional>

#include "crypto/ratchet/first_contact_keys.h"
#include "tests/support/ratchet_people.h"

namespace tocsin::testing_support {

struct ByHand {
  const Person& initiator;
  const Person& responder;
  const Psk& psk;
  RecordBytes record;
  SigningPublic signing;  // the initiator's, as the session id takes it

  std::uint16_t version = kFirstContactVersion;
  std::optional<CardId> card = std::nullopt;  // the transcript's, when it is not the responder's
  std::optional<RecordBytes> bound =
      std::nullopt;  // what the binding covers, when it is not the record
  std::size_t inner_plain = kFirstContactInnerPlain;
  int thrown_away = 0;  // inner messages sealed before the one that is sent
  std::function<void(Bytes&)> change_inner = nullptr;
  std::function<void(Bytes&)> change_body = nullptr;
};
Envelope seal_by_hand(const ByHand& order, Rng& rng);

}  // namespace tocsin::testing_support
