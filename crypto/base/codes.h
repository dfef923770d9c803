// crypto/base/codes.h: the error codes of the crypto room, 1000 … 1999. Numbers are stable; never
// reuse one. Given up: 1006.
#pragma once

#include <string_view>

#include "crypto/base/result.h"

namespace tocsin {

inline constexpr Code kMalformed{1000};      // bytes or text that are not what their format says
inline constexpr Code kTooLarge{1001};       // more than the named bound
inline constexpr Code kBadCiphertext{1002};  // did not open: one answer for every cause
inline constexpr Code kBadKey{1003};         // non-canonical, low-order or otherwise unusable key
inline constexpr Code kBadSignature{1004};
inline constexpr Code kNoMemory{1005};
inline constexpr Code kLibraryFault{
    1007};  // a library refused what must not fail; detail = its code
inline constexpr Code kSelfCheckFailed{1008};  // a start-up check of a dependency failed
inline constexpr Code kOutOfRange{1009};

// Ratchet
inline constexpr Code kPeerSilent{
    1100};  // sending limit reached until the peer is heard (session-protocol line 33)
inline constexpr Code kUnopenable{1101};
inline constexpr Code kCannotNow{1102};  // local fault: nothing was committed, do not acknowledge
inline constexpr Code kNoSession{1103};
inline constexpr Code kForbiddenMessage{1104};  // refused by the wall before libsignal saw it

// Files, vault, database
inline constexpr Code kFileNotFound{1200};
inline constexpr Code kFileExists{1201};
inline constexpr Code kFileFault{1202};  // detail = errno
inline constexpr Code kDiskFull{1203};
inline constexpr Code kLocked{1204};           // another process owns the vault or database
inline constexpr Code kWrongPassphrase{1205};  // no slot opened
inline constexpr Code kDamaged{1206};          // integrity check failed
inline constexpr Code kTooNew{1207};           // written by a newer program
inline constexpr Code kDatabaseFault{1208};    // detail = SQLite's extended code
inline constexpr Code kConstraint{1209};       // a uniqueness or check constraint refused the row
inline constexpr Code kWiped{1210};            // a wipe slot was opened: all slots are overwritten
inline constexpr Code kSlotsFull{1211};
inline constexpr Code kNotFound{1212};  // no such row

// Formats of others
inline constexpr Code kNoRecipient{1300};  // none of the keys given opens this age file
inline constexpr Code kBadArmor{1301};     // not the one text that an armored age file has

// True for a code of this block that says what is wrong with this device's files. kNotFound is an
// answer, not a fault.
constexpr bool is_storage_fault(Code code) {
  const auto value = static_cast<std::uint16_t>(code);
  return value >= 1200 && value < 1300 && code != kNotFound;
}

// The name of a code of this room, or an empty view.
std::string_view crypto_code_name(Code code);

}  // namespace tocsin
