// protocol/alert/cosign.h: from a draft to k signatures: request, check, answer, assembly.
//
// Spec:    protocol/spec/alert.md ALT-6
// Shape:   requests and answers travel inside a session or as files; the answer's signature is the
//          alert's own, so neither needs another
// Errors:  malformed, wrong_recipient, not_a_holder, charter_not_newest, catalogue_differs,
//          forbidden_value, too_few_signers, bad_signature
// Threads: values only
#pragma once

#include <map>
#include <string>
#include <variant>
#include <vector>

#include "protocol/alert/body.h"

namespace tocsin {

// How the requester knows that this identity key is the person's. Ordered by what it is worth.
enum class RecipientVerified : std::uint8_t {
  kNotVerified = 1,
  kThirdPerson = 2,  // somebody who met the person passed it on
  kCall = 3,         // compared in a call the person started
  kInPerson = 4
};

struct CosignRequest {
  std::string case_label;
  RecipientVerified verified = RecipientVerified::kNotVerified;
  std::string note;  // how, in the requester's words; may be empty
  IdentityPublic recipient;
  RecipientNonce nonce;
  Bytes body;
  friend bool operator==(const CosignRequest&, const CosignRequest&) = default;
};
Result<Bytes> encode_cosign_request(const CosignRequest& request);
Result<CosignRequest> decode_cosign_request(BytesView bytes);

// A request that passed every check a program can make; the rest is for the co-signer's eyes. Only
// check_cosign_request makes one, and only from one can an answer be made.
class CheckedRequest {
 public:
  const CosignRequest& request() const { return request_; }
  const AlertBody& body() const { return body_; }
  // The recipient's 30 digits, computed here from the identity key in the request.
  const std::string& safety_half() const { return safety_half_; }

 private:
  CheckedRequest(CosignRequest request, AlertBody body, std::string safety_half)
      : request_(std::move(request)),
        body_(std::move(body)),
        safety_half_(std::move(safety_half)) {}
  friend Result<CheckedRequest> check_cosign_request(const CosignRequest&, const CharterChain&,
                                                     Day);

  CosignRequest request_;
  AlertBody body_;
  std::string safety_half_;
};

// Body readable and this organisation's, newest charter, catalogue equal to the co-signer's, not
// expired, and the signed recipient is exactly the identity key in the request under the nonce.
Result<CheckedRequest> check_cosign_request(const CosignRequest& request, const CharterChain& chain,
                                            Day today);

struct CosignSignature {
  AlertBodyHash body;
  DsseSignature signature;
  friend bool operator==(const CosignSignature&, const CosignSignature&) = default;
};
enum class RefusalReason : std::uint8_t {
  kWrongPerson = 1,
  kWrongContent = 2,
  kNotConvinced = 3,  // the evidence does not carry the level or the confidence
  kOther = 4
};
struct CosignRefusal {
  AlertBodyHash body;
  RefusalReason reason = RefusalReason::kOther;
  std::string words;
  friend bool operator==(const CosignRefusal&, const CosignRefusal&) = default;
};
using CosignAnswer = std::variant<CosignSignature, CosignRefusal>;
Result<Bytes> encode_cosign_answer(const CosignAnswer& answer);
Result<CosignAnswer> decode_cosign_answer(BytesView bytes);

// The co-signer's key must be a holder's of the newest charter.
Result<CosignSignature> cosign(const CheckedRequest& checked, const CharterChain& chain,
                               const SigningSecret& secret);
Result<CosignRefusal> refuse_to_cosign(const CheckedRequest& checked, RefusalReason reason,
                                       std::string_view words);

// Collects the signatures of different holders until k are there.
class AlertAssembly {
 public:
  // Starts from the request the drafter made; the draft itself carries no signature yet.
  static Result<AlertAssembly> start(const CosignRequest& request, const Charter& charter);
  // Refuses a signature over another body, by a stranger, or that does not verify; the same holder
  // again changes nothing.
  Status add(const CosignSignature& signature);

  std::size_t signers() const { return signatures_.size(); }
  bool complete() const { return signers() >= charter_.threshold; }
  const std::string& holder_name(std::size_t holder) const { return charter_.holders[holder].name; }
  std::vector<std::size_t> holders() const;
  // The message for the recipient; too_few_signers before k holders signed.
  Result<AlertMessage> finish() const;

 private:
  AlertAssembly(CosignRequest request, Charter charter)
      : request_(std::move(request)), charter_(std::move(charter)) {}
  CosignRequest request_;
  Charter charter_;
  std::map<std::size_t, DsseSignature> signatures_;  // by holder
};

}  // namespace tocsin
