// protocol/alert/carried.h: what is carried by hand to a holder whose vault was never online, and
// back.
//
// Spec:    protocol/spec/carried.md
// Shape:   one file is one question, with every charter needed to understand it, or one answer,
//          signed by who gives it
// Layout:  "tocsin carried 1\n" | kind 1 | what the kind needs (CAR-1.2)
// Errors:  malformed, unsupported_version, not_a_holder, bad_signature, those of what is carried
// Threads: values only
#pragma once

#include <variant>

#include "protocol/alert/cosign.h"
#include "protocol/alert/founding.h"

namespace tocsin {

// "Will you co-sign this alert?" Signed by the holder who asks, over everything the co-signer is
// told: label, how the person was verified, note and body.
struct CarriedAlert {
  CharterOffer charter;
  CosignRequest request;
  SigningPublic asker;
  Signature proof;
  friend bool operator==(const CarriedAlert&, const CarriedAlert&) = default;
};
// "Signed", or "refused, and why". The proof is the holder's own over the whole answer: a refusal
// has no other signature.
struct CarriedAnswer {
  CosignAnswer answer;
  SigningPublic holder;
  Signature proof;
  friend bool operator==(const CarriedAnswer&, const CarriedAnswer&) = default;
};
// "Will you hold a key?", "will you sign this charter?" (a request or a proposal), with the chain
// that a next version grows from.
struct CarriedCharter {
  std::optional<CharterOffer> base;
  CharterMessage question;
  friend bool operator==(const CarriedCharter&, const CarriedCharter&) = default;
};
// A key with its proof, or a charter's signature: both tell by themselves whose they are.
struct CarriedSeat {
  CharterMessage answer;
  friend bool operator==(const CarriedSeat&, const CarriedSeat&) = default;
};

using Carried = std::variant<CarriedAlert, CarriedAnswer, CarriedCharter, CarriedSeat>;
Result<Bytes> encode_carried(const Carried& carried);
Result<Carried> decode_carried(BytesView bytes);

Result<CarriedAnswer> answer_carried(const CosignAnswer& answer, const SigningSecret& secret);
// Which holder of the charter gives this answer: not_a_holder, bad_signature.
Result<std::size_t> check_carried_answer(const CarriedAnswer& carried, const Charter& charter);

Result<CarriedAlert> ask_carried(const CharterOffer& charter, const CosignRequest& request,
                                 const SigningSecret& secret);
// The holder of the chain's newest charter who asks: not_a_holder, bad_signature.
Result<std::size_t> check_carried_question(const CarriedAlert& carried, const CharterChain& chain);

}  // namespace tocsin
