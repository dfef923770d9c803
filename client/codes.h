// client/codes.h: the error codes of the client room, 4000 … 4999. Numbers are stable; never reuse
// one.
#pragma once

#include <string_view>

#include "protocol/codes.h"

namespace tocsin {

inline constexpr Code kClientBadUsage{4000};   // a command or configuration that cannot be meant
inline constexpr Code kNoRelay{4001};          // not reached in time; what was to be sent is kept
inline constexpr Code kRelayRefused{4002};     // detail = Answer
inline constexpr Code kUsedOrWithdrawn{4003};  // an invitation's card is not there any more
inline constexpr Code kAlreadyKnown{4004};     // this identity is a contact already
inline constexpr Code kOwnInvitation{4005};
inline constexpr Code kNoSuchContact{4006};
inline constexpr Code kNoSuchOrganisation{4007};
inline constexpr Code kNoSuchAlert{4008};
inline constexpr Code kNotReady{4009};      // not in this state
inline constexpr Code kNotConfirmed{4010};  // the person typed something else
inline constexpr Code kNoVault{4011};
inline constexpr Code kOwnerGone{4012};     // `tocsin run` ended before it answered
inline constexpr Code kTwoOfOneName{4013};  // a name that two organisations have
inline constexpr Code kNoSuchFile{4014};    // a file the command names
inline constexpr Code kFileInTheWay{4015};  // where one is to be written
inline constexpr Code kVaultExists{4016};
inline constexpr Code kOutputLost{4017};       // what was to be shown could not be written
inline constexpr Code kMovedAway{4019};        // the vault was moved to another device
inline constexpr Code kNoCodeInPicture{4020};  // none, or more than one
inline constexpr Code kNoPictureReader{4021};  // libzbar is not installed
inline constexpr Code kSignedAnother{4022};    // a next charter that is still open
inline constexpr Code kRequesterLeft{4023};    // who asks for a signature holds no key there
inline constexpr Code kNobodyTyped{4018};      // at a question, for too long
inline constexpr Code kContactEnded{4024};     // they said farewell
inline constexpr Code kOtherFile{4025};        // carried, but not what the command takes
inline constexpr Code kOrganisationNotConfirmed{4027};
inline constexpr Code kOnionWithoutTor{4028};  // an onion service, and no proxy
inline constexpr Code kNoTerminal{4029};       // to ask at
inline constexpr Code kBrokenOff{4030};        // by a signal, at a prompt
inline constexpr Code kWeakPassphrase{4031};
inline constexpr Code kNoBulkPlane{4032};  // a relay that stores no evidence
inline constexpr Code kFileChanged{4033};  // while it was being sent
inline constexpr Code kBlobGone{4034};     // expired, or deleted
inline constexpr Code kNoSuchEvidence{4035};
inline constexpr Code kNoSpace{4036};       // for what is to come; detail = bytes
inline constexpr Code kBadRecipient{4037};  // no public key of age
inline constexpr Code kRelayFull{4038};     // no room for evidence now
inline constexpr Code kBadIdentity{4039};   // no secret key of age
inline constexpr Code kNoSuchSeat{4026};    // no holder of that name is asked by files

// Documents of custody
inline constexpr Code kTwoChainsOfOne{4050};     // of one custodian, where one is written
inline constexpr Code kForeignCase{4051};        // of another case than the rest
inline constexpr Code kCustodyIncomplete{4052};  // lacks what a record or hand-over names
inline constexpr Code kTimeStampRefused{4053};   // by its authority; detail = its status
inline constexpr Code kOtherTimeStamp{4054};     // of other bytes, or no answer to this request
inline constexpr Code kNoTimeStamp{4055};        // detail = HTTP's status, else libcurl's code

inline constexpr Code kBagStopped{4040};  // its maker or reader was told to stop
inline constexpr Code kBagName{4041};     // a file name or element that a bag cannot have

// Transport
inline constexpr Code kNetWouldBlock{4100};   // not now; nothing was taken
inline constexpr Code kNetFault{4101};        // detail = errno
inline constexpr Code kNetNoWelcome{4102};    // nothing verified within the watchdog's time
inline constexpr Code kNetUnreachable{4103};  // the relay or the proxy refused the line
inline constexpr Code kNetHandshake{4104};    // a line, but not to a relay with the address's key
inline constexpr Code kNetGone{4105};         // the line ended
inline constexpr Code kNetBadRelay{4106};     // the relay broke the protocol: detail = which rule
inline constexpr Code kNetNotReady{4107};     // no welcome yet
inline constexpr Code kNetQueueFull{4108};    // more requests than kMaxQueued wait
inline constexpr Code kNetBadProxy{4109};     // proxy address or credentials that cannot be meant

// The name of a code of this room, or an empty view.
std::string_view client_code_name(Code code);

}  // namespace tocsin
