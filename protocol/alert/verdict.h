// protocol/alert/verdict.h: one verdict and one life for every alert.
//
// Spec:    protocol/spec/alert.md ALT-7 … ALT-9
// Shape:   pure: message, organisations, own identity, today and history in; evaluation out
// Errors:  none: what cannot be verified is a verdict with a reason
// Threads: values only
// Cost:    at most kMaxSignatures signature checks for each known charter key that is named
#pragma once

#include <optional>
#include <span>
#include <string>
#include <vector>

#include "protocol/alert/body.h"

namespace tocsin {

enum class Verdict : std::uint8_t { kAuthentic = 1, kSignedUnconfirmed = 2, kNotVerified = 3 };
enum class Life : std::uint8_t { kCurrent = 1, kExpired = 2, kWithdrawn = 3 };

// Why an alert is NOT VERIFIED; each has its sentence in the catalogue.
enum class NotVerifiedReason : std::uint8_t {
  kNone = 0,
  kUnreadable = 1,           // the body is not what its format says; nothing of it can be shown
  kNotForThisPerson = 2,     // signed for somebody else
  kUnknownOrganisation = 3,  // no charter of that id is known here
  kUnknownCharter = 4,       // a version this client has not received, or one of another hash
  kCharterTooOld = 5,        // neither the newest nor the one before within its grace
  kSingleSigner = 6,         // the charter lets one key decide
  kAltered = 7,              // a holder's signature does not fit the text
  kTooFewSignatures = 8,     // fewer than k holders signed
  kSignerRemoved = 9,        // enough signed, but not all of them sign for it any more
  kConflict = 10             // two alerts with one number, both fully signed
};

// How the user confirmed an organisation outside of any alert and pairing.
enum class ConfirmedBy : std::uint8_t {
  kNothing = 0,
  kQrPicture = 1,
  kFile = 2,
  kLink = 3,
  kSpokenWords = 4  // read out by a second member in a call the user started
};

struct KnownOrganisation {
  const CharterChain* chain = nullptr;
  ConfirmedBy confirmed_by = ConfirmedBy::kNothing;
  Day confirmed_on;
  std::string petname;  // what the user calls it, may be empty
};

// What this client remembers of an alert that once carried k valid signatures: kept for ever, also
// as the tombstone of a withdrawal that came before its alert.
struct FirstVerdict {
  AlertId id;
  AlertBodyHash body;
  CharterId charter_id;
  CharterHash charter_hash;
  AlertKind kind = AlertKind::kNotification;
  std::optional<AlertId> supersedes;
  std::optional<AlertId> withdraws;
  Day verified_on;
  std::vector<SigningPublic> signers;
  friend bool operator==(const FirstVerdict&, const FirstVerdict&) = default;
};
Bytes encode_first_verdict(const FirstVerdict& record);
Result<FirstVerdict> decode_first_verdict(BytesView bytes);

struct AlertView {
  const AlertMessage& message;
  std::span<const KnownOrganisation> organisations;
  const IdentityPublic& recipient;  // this client's own identity
  std::span<const FirstVerdict> history;
  Day today;
};

struct Evaluation {
  Verdict verdict = Verdict::kNotVerified;
  NotVerifiedReason reason = NotVerifiedReason::kUnreadable;
  Life life = Life::kCurrent;
  std::optional<AlertBody> body;            // absent only when unreadable
  std::optional<std::size_t> organisation;  // index into AlertView::organisations
  std::size_t signers = 0;                  // different holders who signed
  std::size_t threshold = 0;                // k of the named charter, 0 when unknown
  std::size_t holders = 0;                  // n of the named charter, 0 when unknown
  std::vector<std::string> signer_names;
  std::vector<std::string> removed_since;  // signers that the newest charter no longer names
  std::optional<Day> first_verified;
  std::optional<AlertId> superseded_by;
  // To be stored in the transaction that stores the message; absent when already in the history.
  std::optional<FirstVerdict> remember;
};

Evaluation evaluate(const AlertView& view);

}  // namespace tocsin
