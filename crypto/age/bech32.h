// crypto/age/bech32.h: the text form of age's keys.
//
// Source:  BIP 173, without its bound on the length, as age has it. No packaged library has it.
// Shape:   prefix ‖ "1" ‖ data, five bits a character ‖ checksum of six characters
// Errors:  malformed (case, character, checksum, bits left over)
// Threads: values only
#pragma once

#include "crypto/keys/secret.h"

namespace tocsin::age {

struct Bech32 {
  std::string prefix;  // in the case it was written in
  SecretBytes data;    // may be a private key
};

// All lower case.
std::string to_bech32(std::string_view prefix, BytesView data);
// All of one case.
Result<Bech32> from_bech32(std::string_view text);

}  // namespace tocsin::age
