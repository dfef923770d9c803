// protocol/alert/dsse.h: the DSSE envelope around signed documents, in binary and as JSON.
//
// Spec:    protocol/spec/alert.md ALT-1
// Source:  DSSE v1 (github.com/secure-systems-lab/dsse), RFC 8032
// Shape:   body 1 … kMaxAlertBody or kMaxCharterBody bytes by kind, 1 … kMaxSignatures signatures
// Layout:  version 1 | kind 1 | u32 length | body | count 1 | count x {key hint 8 | signature 64}
// Errors:  malformed, unsupported_version, bad_key
// Threads: values only
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/box/sign.h"
#include "protocol/alert/limits.h"

namespace tocsin {

// One payload type per document kind; the number stands for it inside cells.
enum class DocumentKind : std::uint8_t { kAlert = 1, kCharter = 2, kCustody = 3, kHandOver = 4 };
std::string_view payload_type(DocumentKind kind);
std::size_t max_document_body(DocumentKind kind);

// The first eight bytes of the public key: a hint which key to try, never evidence.
KeyHint key_hint(const SigningPublic& key);

struct DsseSignature {
  KeyHint hint;
  Signature signature;
  friend bool operator==(const DsseSignature&, const DsseSignature&) = default;
};

struct Dsse {
  DocumentKind kind{};
  Bytes body;
  std::vector<DsseSignature> signatures;
  friend bool operator==(const Dsse&, const Dsse&) = default;
};

// "DSSEv1" SP len(type) SP type SP len(body) SP body: what is signed.
Bytes pre_authentication_encoding(DocumentKind kind, BytesView body);

DsseSignature sign_document(const SigningSecret& secret, DocumentKind kind, BytesView body);

// Which of `keys` signed the raw body: ascending indices, each at most once. A key that is not
// canonical, and a later copy of an earlier key, never counts. At most kMaxSignatures checks for
// each key whose hint is named.
std::vector<std::size_t> valid_signers(const Dsse& envelope, std::span<const SigningPublic> keys);

Result<Bytes> encode_dsse(const Dsse& envelope);
Result<Dsse> decode_dsse(BytesView bytes, DocumentKind expected);

// The JSON form other DSSE tools read: payload and sig in standard base64 with padding, keyid in
// hex.
Result<std::string> dsse_to_json(const Dsse& envelope);
// The same as one line without its break: members in alphabetical order, no blanks.
Result<std::string> dsse_to_json_line(const Dsse& envelope);
Result<Dsse> dsse_from_json(std::string_view json, DocumentKind expected);

}  // namespace tocsin
