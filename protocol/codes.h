// protocol/codes.h: the error codes of the protocol room, 2000 … 2999. Numbers are stable; never
// reuse one.
#pragma once

#include <string_view>

#include "crypto/base/codes.h"

namespace tocsin {

// wire 2000, mailbox and board 2100, pairing 2200, session and delivery 2300, alert and charter
// 2400, evidence and custody 2500
inline constexpr Code kUnsupportedVersion{2000};
inline constexpr Code kWrongStore{2001};  // welcome by another store or over another transport key

// Mailbox and board
inline constexpr Code kRefusedWork{2100};    // the proof of work does not hold
inline constexpr Code kRefusedAccess{2101};  // the proof of the password does not hold
inline constexpr Code kWrongBoard{2102};     // a record of another board
inline constexpr Code kStale{2103};          // older than what was seen, or than the link's floor
inline constexpr Code kEquivocation{2104};   // two records of one version; detail = the version
inline constexpr Code kExpiredBoard{2105};   // past its day; detail = that day
inline constexpr Code kLongLived{2106};      // its expiry lies further ahead than honest writers go

// Pairing
inline constexpr Code kBadCard{2200};  // detail = CardReason
inline constexpr Code kBadLink{2201};  // malformed or mistyped

// Alert and charter
inline constexpr Code kBadCharter{2400};        // breaks a rule of charters
inline constexpr Code kCharterUnchained{2401};  // does not follow the newest version
inline constexpr Code kCharterLower{2402};      // older than what is known
inline constexpr Code kCharterFork{2403};       // another charter of a known version
inline constexpr Code kTooFewSigners{2404};     // detail = different holders who signed
inline constexpr Code kNotPlainText{2405};      // detail = offset of the first offending byte
inline constexpr Code kWrongRecipient{2406};  // the signed recipient is not the key in the request
inline constexpr Code kNotAHolder{2407};      // the key is none of the charter's
inline constexpr Code kForbiddenValue{2408};  // fields that contradict each other or leave a range
inline constexpr Code kCatalogueDiffers{2409};  // written with another phrase catalogue
inline constexpr Code kCharterNotNewest{2410};  // names a charter that is not the newest

// Evidence and custody
inline constexpr Code kCustodyBroken{2500};  // a record that does not follow; detail = its number
inline constexpr Code kCustodyCut{2501};     // shorter than it once was; detail = its length
inline constexpr Code kCustodyFork{2502};    // two records of one number; detail = that number

// The name of a code of this room, or an empty view.
std::string_view protocol_code_name(Code code);

}  // namespace tocsin
