// crypto/box/labels.h: every derivation and signature label of the system, in one place.
//
// Spec:    protocol/spec/session.md SES-1, protocol/spec/limits.md LIM-9
// Shape:   ASCII text; no label is a prefix of another (tested over the table)
#pragma once

#include <array>
#include <string_view>

#include "crypto/base/bytes.h"

namespace tocsin {

enum class Label : std::uint8_t {
  kMessage,             // STEP: message key
  kChain,               // STEP: next chain key
  kTurn,                // ROOT
  kHeader,              // AD of a sealed header
  kKemBlock,            // AD of a KEM block
  kBody,                // AD of a body
  kIdentity,            // identity proof over SIG
  kCardSignature,       // SIG over a card
  kCommit,              // identity commitment of a link
  kCardKey,             // key of the card on its board
  kPsk,                 // invitation secret to psk
  kRecord,              // SIG over a first-contact record
  kTranscript,          // th
  kExtract,             // salt of the first-contact KDF
  kFirstContact,        // info of the first-contact KDF
  kSessionId,           // sid
  kOwner,               // salt of the owner-tag KDF
  kWelcome,             // the store's signature over welcome
  kStorePin,            // storePin of a relay address
  kSignedBoard,         // a board's writer over its record
  kWork,                // proof of work
  kLookup,              // readId and dropId as keyed hashes in the store
  kSlot,                // vault slot keys
  kSlotKeyFile,         // vault slot key of a key file
  kSlotTable,           // kinds of the vault slots
  kBackup,              // sealed files
  kRecipient,           // recipient binding of an alert
  kCharterId,           // hash of charter version 1
  kWords,               // verification words
  kAccess,              // relay password proof
  kUnpublish,           // a board's writer over its deletion
  kCharterHash,         // hash of a charter of any version
  kAlertBody,           // hash of an alert's signed body
  kPhrases,             // hash of the phrase catalogue
  kFounding,            // a holder's proof of an alert key
  kCarriedAnswer,       // a holder's answer carried by hand
  kCarriedQuestion,     // a holder's question carried by hand
  kEvidenceKeys,        // frame key and iv key of a file
  kEvidenceCommitment,  // what ties a file secret to one value
  kEvidenceIv,          // synthetic iv of a frame
  kCustodyRecord,       // hash of a custody record
  kCustodyHandOver,     // hash of a hand-over
  kCount
};

inline constexpr std::array<std::string_view, static_cast<std::size_t>(Label::kCount)> kLabels{
    "tocsin/1 message",
    "tocsin/1 chain",
    "tocsin/1 turn",
    "tocsin/1 h",
    "tocsin/1 k",
    "tocsin/1 b",
    "tocsin/1 identity",
    "tocsin/1 card sig",
    "tocsin/1 commit",
    "tocsin/1 card key",
    "tocsin/1 psk",
    "tocsin/1 record",
    "tocsin/1 transcript",
    "tocsin/1 extract",
    "tocsin/1 fc keys",
    "tocsin/1 sid",
    "tocsin/1 owner",
    "tocsin/1 welcome",
    "tocsin/1 store pin",
    "tocsin/1 signed board",
    "tocsin/1 work",
    "tocsin/1 lookup",
    "tocsin/1 vault slot",
    "tocsin/1 vault file slot",
    "tocsin/1 vault table",
    "tocsin/1 sealed file",
    "tocsin/1 recipient",
    "tocsin/1 first charter",
    "tocsin/1 words",
    "tocsin/1 access",
    "tocsin/1 unpublish",
    "tocsin/1 charter hash",
    "tocsin/1 alert body",
    "tocsin/1 phrases",
    "tocsin/1 founding",
    "tocsin/1 carried answer",
    "tocsin/1 carried question",
    "tocsin/1 evidence keys",
    "tocsin/1 evidence commitment",
    "tocsin/1 evidence iv",
    "tocsin/1 custody record",
    "tocsin/1 custody handover"};

constexpr std::string_view label_text(Label label) {
  return kLabels[static_cast<std::size_t>(label)];
}
inline BytesView label_bytes(Label label) { return as_bytes(label_text(label)); }

}  // namespace tocsin
