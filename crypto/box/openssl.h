// crypto/box/openssl.h: the door to OpenSSL's EVP: streaming SHA-256, and HMAC-SHA-256, SHA-512 and
// AES-256 for libsignal's callbacks. One-shot hashes are in hash.h (implemented in openssl.cc as
// well).
//
// Source:  FIPS 180-4, RFC 2104, FIPS 197 with SP 800-38A (CBC with PKCS #7 padding, CTR)
// Errors:  bad_ciphertext (padding), malformed (key or iv length), library_fault
// Threads: one object, one thread
#pragma once

#include <memory>

#include "crypto/base/bytes.h"
#include "crypto/box/hash.h"

namespace tocsin {

class HmacSha256Stream {
 public:
  static Result<HmacSha256Stream> create(BytesView key);
  HmacSha256Stream(HmacSha256Stream&&) noexcept;
  HmacSha256Stream& operator=(HmacSha256Stream&&) noexcept;
  ~HmacSha256Stream();
  Status update(BytesView data);
  Result<Sha256> finish();

 private:
  struct Inside;
  explicit HmacSha256Stream(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

class Sha256Stream {
 public:
  static Result<Sha256Stream> create();
  Sha256Stream(Sha256Stream&&) noexcept;
  Sha256Stream& operator=(Sha256Stream&&) noexcept;
  ~Sha256Stream();
  Status update(BytesView data);
  // Once.
  Result<Sha256> finish();

 private:
  struct Inside;
  explicit Sha256Stream(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

// Usable again after finish(): the next update begins a new digest (libsignal's contract).
class Sha512Stream {
 public:
  static Result<Sha512Stream> create();
  Sha512Stream(Sha512Stream&&) noexcept;
  Sha512Stream& operator=(Sha512Stream&&) noexcept;
  ~Sha512Stream();
  Status update(BytesView data);
  Result<Sha512> finish();

 private:
  struct Inside;
  explicit Sha512Stream(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

// A digest of others' formats, by OpenSSL's name for it. Usable again after finish().
class NamedDigest {
 public:
  // not_found: this OpenSSL has no such digest (MD5, under some policies).
  static Result<NamedDigest> create(const char* name);
  NamedDigest(NamedDigest&&) noexcept;
  NamedDigest& operator=(NamedDigest&&) noexcept;
  ~NamedDigest();
  Status update(BytesView data);
  Result<Bytes> finish();

 private:
  struct Inside;
  explicit NamedDigest(std::unique_ptr<Inside> inside);
  std::unique_ptr<Inside> inside_;
};

enum class AesMode : std::uint8_t { kCbcPkcs7, kCtr };
struct AesKeyView {
  AesMode mode;
  BytesView key;  // 32 bytes
  BytesView iv;   // 16 bytes
};
Result<SecretBytes> aes256_encrypt(const AesKeyView& key, BytesView plaintext);
Result<SecretBytes> aes256_decrypt(const AesKeyView& key, BytesView ciphertext);

}  // namespace tocsin
