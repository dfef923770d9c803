// crypto/age/header.h: the front of an age file: who it is for.
//
// Source:  C2SP age.md, "Header"
// Layout:  version line | stanzas | "--- " MAC
// Errors:  malformed, too_large, bad_signature (the MAC)
// Threads: values only
// Cost:    linear in the header; at most kMostHeaderBytes are looked at
#pragma once

#include <optional>
#include <vector>

#include "crypto/box/hash.h"

namespace tocsin::age {

// The type of a passphrase's stanza, which stands alone in its header.
inline constexpr std::string_view kPassphraseType = "scrypt";

using FileKey = Secret<struct AgeFileKeyTag, 16>;

struct Stanza {
  std::vector<std::string> arguments;  // the first says of which type it is
  Bytes body;
};

struct Header {
  std::vector<Stanza> stanzas;
  Sha256 mac;
  Bytes authenticated;    // what the MAC is over
  std::size_t bytes = 0;  // the payload begins behind
};

// Nothing while more bytes are needed.
Result<std::optional<Header>> parse_header(BytesView front);
// Whether who wrote this header had the file key.
Status check_header(const Header& header, const FileKey& key);
Bytes encode_header(const std::vector<Stanza>& stanzas, const FileKey& key);

}  // namespace tocsin::age
