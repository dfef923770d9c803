// protocol/alert/limits.h: every bound of alerts and charters, with its derivation.
//
// Spec:    protocol/spec/alert.md ALT-2, protocol/spec/charter.md CHA-2
#pragma once

#include <cstddef>
#include <cstdint>

#include "protocol/session/limits.h"

namespace tocsin {

// While an epoch is not confirmed every cell carries a KEM block (session.md): the smallest room of
// an established session, so each of the four cells may be this small. The message's own prefix is
// in it.
inline constexpr std::size_t kAlertCells = 4;
inline constexpr std::size_t kMaxAlertMessage = kAlertCells * kBodyWithKem - kMessagePrefixBytes;

// DSSE envelope, binary: version, document kind, u32 body length, body, signature count,
// signatures.
inline constexpr std::size_t kMaxSignatures = 8;
inline constexpr std::size_t kDsseSignatureBytes = 8 + 64;  // key hint, Ed25519
inline constexpr std::size_t kDsseOverhead = 1 + 1 + 4 + 1;
inline constexpr std::size_t kMaxDsseSignatureBytes = kMaxSignatures * kDsseSignatureBytes;

// Alert message: version, recipient nonce, envelope.
inline constexpr std::size_t kAlertMessageHead = 1 + 32;
inline constexpr std::size_t kMaxAlertBody =
    kMaxAlertMessage - kAlertMessageHead - kDsseOverhead - kMaxDsseSignatureBytes;
static_assert(kMaxAlertBody == 5064);
inline constexpr std::size_t kMaxCustodyBody = 2'048;  // of a record or a hand-over

// Alert body: lists and texts.
inline constexpr std::size_t kMaxBasis = 6;
inline constexpr std::size_t kMaxPageLanguages = 4;
inline constexpr std::size_t kMaxSteps = 10;          // in each of the two lists
inline constexpr std::size_t kMaxStepText = 160;      // bytes of a phrase's English text
inline constexpr std::size_t kMaxFamilyText = 64;     // bytes
inline constexpr std::size_t kMaxDeviceText = 160;    // bytes
inline constexpr std::size_t kMaxCallText = 160;      // bytes
inline constexpr std::uint32_t kMaxValidDays = 366;   // from issue to the end of an alert
inline constexpr std::uint32_t kOldCharterDays = 14;  // grace of the charter before the newest

inline constexpr std::size_t kAlertBodyFixed = 1 + 16 + 3       // format, id, kind level confidence
                                               + 1 + kMaxBasis  // basis
                                               + 32 + 32 + 4 +
                                               32         // charter id hash version, recipient
                                               + 4 * 4    // issued, window, valid until
                                               + 16 + 16  // supersedes, withdraws
                                               + 32       // catalogue
                                               + 2 + 1 + 2 * kMaxPageLanguages;
inline constexpr std::size_t kAlertBodyLists = 2 * (1 + kMaxSteps * (2 + 2 + kMaxStepText));
inline constexpr std::size_t kAlertBodyTexts =
    (2 + kMaxFamilyText) + (2 + kMaxDeviceText) + (2 + kMaxCallText);
// Everything that is left belongs to the free text.
inline constexpr std::size_t kMaxFreeText =
    kMaxAlertBody - kAlertBodyFixed - kAlertBodyLists - kAlertBodyTexts - 2;
static_assert(kAlertBodyFixed + kAlertBodyLists + kAlertBodyTexts + 2 + kMaxFreeText ==
              kMaxAlertBody);
static_assert(kMaxFreeText >= 1000, "room for a paragraph in any script");

// Charter.
inline constexpr std::size_t kMaxHolders = 8;
inline constexpr std::size_t kMaxCharterNames = 8;  // one per language
inline constexpr std::size_t kMaxNameText = 96;     // bytes of an organisation's or holder's name
inline constexpr std::size_t kMaxCharterBody = 1 + 4 + 32 + 32 + 4 + 1  // fixed part
                                               + 1 + kMaxCharterNames * (2 + 2 + kMaxNameText) + 1 +
                                               kMaxHolders * (32 + 2 + kMaxNameText);
inline constexpr std::size_t kMaxCharterEnvelope =
    kDsseOverhead + kMaxCharterBody + kMaxDsseSignatureBytes;
inline constexpr std::size_t kMaxCharterVersions = 64;  // what a client keeps of one organisation

// Co-signing.
inline constexpr std::size_t kMaxCaseLabel = 96;    // bytes
inline constexpr std::size_t kMaxReasonText = 400;  // bytes of a refusal or a note
inline constexpr std::size_t kMaxCosignRequest =
    1 + (2 + kMaxCaseLabel) + 1 + (2 + kMaxReasonText) + 32 + 32 + (4 + kMaxAlertBody);

}  // namespace tocsin
