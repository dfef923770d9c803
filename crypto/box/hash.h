// crypto/box/hash.h: BLAKE2b from libsodium; SHA-2, HMAC and HKDF from OpenSSL's EVP through
// openssl.cc alone.
//
// Source:  RFC 7693 (BLAKE2b), FIPS 180-4 (SHA-2), RFC 2104 (HMAC), RFC 5869 (HKDF)
// Errors:  none: inputs are bounded by the caller; a failing library is fatal (abort), never a
//          wrong digest
// Threads: values only
#pragma once

#include <cstdlib>

#include "crypto/base/bytes.h"
#include "crypto/base/strong.h"
#include "crypto/keys/secret.h"

namespace tocsin {

using Sha256 = Fixed<struct Sha256Tag, 32>;
using Sha512 = Fixed<struct Sha512Tag, 64>;

// BLAKE2b over the parts, one after the other, into any length of 16 … 64 bytes; an empty key means
// unkeyed.
void blake2b(BytesView key, std::initializer_list<BytesView> parts, MutableBytes digest);

// The same as a typed public value: `blake2b_of<CardId>({card_bytes})`.
template <class FixedValue>
FixedValue blake2b_of(std::initializer_list<BytesView> parts) {
  FixedValue digest;
  blake2b({}, parts, digest.mutable_view());
  return digest;
}
template <class FixedValue>
FixedValue keyed_blake2b_of(BytesView key, std::initializer_list<BytesView> parts) {
  FixedValue digest;
  blake2b(key, parts, digest.mutable_view());
  return digest;
}
// The same as a secret: `derive<MessageKey>(chain_key.expose(kExpose),
// {label_bytes(Label::kMessage)})`.
template <class SecretValue>
SecretValue derive(BytesView key, std::initializer_list<BytesView> parts) {
  std::array<std::uint8_t, SecretValue::kBytes> digest{};
  blake2b(key, parts, digest);
  return SecretValue::take(digest);
}

Sha256 sha256(std::initializer_list<BytesView> parts);
Sha512 sha512(std::initializer_list<BytesView> parts);
Sha256 hmac_sha256(BytesView key, std::initializer_list<BytesView> parts);

// HKDF-SHA-512, extract and expand; 1 … 255 · 64 bytes.
SecretBytes hkdf_sha512(BytesView salt, BytesView ikm, BytesView info, std::size_t length);
// HKDF-SHA-256, for formats of others; 1 … 255 · 32 bytes.
SecretBytes hkdf_sha256(BytesView salt, BytesView ikm, BytesView info, std::size_t length);

}  // namespace tocsin
