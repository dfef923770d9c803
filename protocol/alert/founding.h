// protocol/alert/founding.h: how holders come together: what travels before and with a charter.
//
// Spec:    protocol/spec/charter.md CHA-6
// Shape:   the body of a content of kind charter: one of five messages
// Layout:  version 1 | kind 1 | what the kind needs (CHA-6.2)
// Errors:  malformed, too_large, unsupported_version, bad_key
// Threads: values only
#pragma once

#include <variant>

#include "protocol/alert/charter.h"

namespace tocsin {

using FoundingId = Fixed<struct FoundingIdTag, 16>;

// "Will you hold a key of the organisation that is to be called so?"
struct FoundingRequest {
  FoundingId id;
  std::string organisation;
  std::string holder;  // how the holder will be named in the charter
  std::uint8_t threshold = kDefaultThreshold;
  friend bool operator==(const FoundingRequest&, const FoundingRequest&) = default;
};
// "Yes, with this key", signed by that key over the founding and the name it answers.
struct FoundingKey {
  FoundingId id;
  SigningPublic alert_key;
  Signature proof;
  friend bool operator==(const FoundingKey&, const FoundingKey&) = default;
};
// "This is the charter; sign it." Carries the signatures made so far.
struct CharterProposal {
  FoundingId id;
  Dsse envelope;
  friend bool operator==(const CharterProposal&, const CharterProposal&) = default;
};
struct CharterSignature {
  FoundingId id;
  DsseSignature signature;
  friend bool operator==(const CharterSignature&, const CharterSignature&) = default;
};
// "This is our charter": every version there is, oldest first.
struct CharterOffer {
  CharterId id;
  Bytes chain;  // CharterChain::to_offer
  friend bool operator==(const CharterOffer&, const CharterOffer&) = default;
};

using CharterMessage =
    std::variant<FoundingRequest, FoundingKey, CharterProposal, CharterSignature, CharterOffer>;
Result<Bytes> encode_charter_message(const CharterMessage& message);
Result<CharterMessage> decode_charter_message(BytesView bytes);

// The holder's answer, and its check.
FoundingKey answer_founding(const FoundingRequest& request, const SigningSecret& secret);
Status check_founding_key(const FoundingRequest& request, const FoundingKey& key);

}  // namespace tocsin
