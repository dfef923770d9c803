// protocol/alert/body.h: what an alert says, as the bytes its signers sign.
//
// Spec:    protocol/spec/alert.md ALT-2 … ALT-5
// Shape:   body at most kMaxAlertBody bytes; message (nonce and envelope) at most kMaxAlertMessage
// Errors:  malformed, too_large, forbidden_value, not_plain_text, unsupported_version
// Threads: values only
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "crypto/base/time.h"
#include "protocol/alert/charter.h"

namespace tocsin {

enum class AlertKind : std::uint8_t {
  kNotification = 1,
  kAdvisory = 2,
  kWithdrawal = 3,
  kCheckIn = 4
};
// Three different statements, never blurred. Only a notification has one.
enum class AlertLevel : std::uint8_t { kNone = 0, kTargeted = 1, kAttempted = 2, kInfected = 3 };
enum class Confidence : std::uint8_t { kNone = 0, kLow = 1, kModerate = 2, kHigh = 3 };
enum class Basis : std::uint8_t {
  kTracesOnDevice = 1,
  kMessageAnalysed = 2,
  kNetworkTraffic = 3,
  kProviderNotice = 4,
  kLeakedList = 5,
  kOtherEvidence = 6
};

// One thing to do or not to do: the catalogue's number and the English text the signers meant, so
// that another version of the catalogue can never change what was said.
struct Step {
  std::uint16_t phrase = 0;
  std::string text;
  friend bool operator==(const Step&, const Step&) = default;
};

struct AlertBody {
  AlertId id;
  AlertKind kind = AlertKind::kNotification;
  AlertLevel level = AlertLevel::kNone;
  Confidence confidence = Confidence::kNone;
  std::vector<Basis> basis;  // ascending
  CharterId charter_id;
  CharterHash charter_hash;
  std::uint32_t charter_version = 1;
  RecipientDigest recipient;
  Day issued;
  Day window_from;  // both zero: not known
  Day window_until;
  Day valid_until;
  std::optional<AlertId> supersedes;
  std::optional<AlertId> withdraws;  // exactly in a withdrawal
  CatalogueHash catalogue;
  LanguageCode text_language;                // of family, device, call and text
  std::vector<LanguageCode> page_languages;  // in which the co-signers saw the page
  std::vector<Step> do_first;                // phrases 100 … 199
  std::vector<Step> do_not;                  // phrases 200 … 299
  std::string family;                        // empty: not disclosed
  std::string device;                        // as the person knows it
  std::string call;                          // whom to call, and the number
  std::string text;                          // free text, line breaks allowed
  friend bool operator==(const AlertBody&, const AlertBody&) = default;
};

// Strict both ways: a body that breaks a rule is neither written nor read.
Result<Bytes> encode_alert_body(const AlertBody& body);
Result<AlertBody> decode_alert_body(BytesView bytes);

AlertBodyHash alert_body_hash(BytesView body);

// BLAKE2b-256(key = nonce, label ‖ identity): whoever lacks the nonce cannot test a guess.
RecipientDigest recipient_digest(const RecipientNonce& nonce, const IdentityPublic& recipient);

// What travels to the recipient: the nonce stays outside of what is signed.
struct AlertMessage {
  RecipientNonce nonce;
  Dsse envelope;
  friend bool operator==(const AlertMessage&, const AlertMessage&) = default;
};
Result<Bytes> encode_alert_message(const AlertMessage& message);
Result<AlertMessage> decode_alert_message(BytesView bytes);

}  // namespace tocsin
