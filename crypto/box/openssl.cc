#include "crypto/box/openssl.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/kdf.h>
#include <openssl/params.h>
#include <openssl/pem.h>

#include <climits>

#include "crypto/box/pem.h"
#include "crypto/box/uuid.h"

namespace tocsin {
namespace {

struct DigestFree {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
struct MacFree {
  void operator()(EVP_MAC_CTX* context) const { EVP_MAC_CTX_free(context); }
};
struct CipherFree {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
struct KdfFree {
  void operator()(EVP_KDF_CTX* context) const { EVP_KDF_CTX_free(context); }
};
using DigestContext = std::unique_ptr<EVP_MD_CTX, DigestFree>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, MacFree>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, CipherFree>;
using KdfContext = std::unique_ptr<EVP_KDF_CTX, KdfFree>;

// Fetched once: an implicit fetch costs more than a short digest.
EVP_MAC* hmac_algorithm() {
  static EVP_MAC* const mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  return mac;
}
const EVP_MD* sha1_algorithm() {
  static EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA1", nullptr);
  return md;
}
const EVP_MD* sha256_algorithm() {
  static EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return md;
}
const EVP_MD* sha512_algorithm() {
  static EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA512", nullptr);
  return md;
}
EVP_KDF* hkdf_algorithm() {
  static EVP_KDF* const kdf = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
  return kdf;
}
const EVP_CIPHER* aes_algorithm(AesMode mode) {
  static EVP_CIPHER* const cbc = EVP_CIPHER_fetch(nullptr, "AES-256-CBC", nullptr);
  static EVP_CIPHER* const ctr = EVP_CIPHER_fetch(nullptr, "AES-256-CTR", nullptr);
  return mode == AesMode::kCbcPkcs7 ? cbc : ctr;
}

// A digest that cannot be computed must not become a wrong one.
void require(bool held) {
  if (!held) std::abort();
}

void digest_parts(const EVP_MD* md, std::initializer_list<BytesView> parts, MutableBytes out) {
  const DigestContext context(EVP_MD_CTX_new());
  require(context && EVP_DigestInit_ex2(context.get(), md, nullptr) == 1);
  for (const BytesView part : parts)
    require(EVP_DigestUpdate(context.get(), part.data(), part.size()) == 1);
  require(EVP_DigestFinal_ex(context.get(), out.data(), nullptr) == 1);
}

// HMAC with its digest chosen and no key yet. A copy of it is a quarter cheaper than a new context,
// which would look the digest up by name; libsignal asks for seven per message.
const EVP_MAC_CTX* keyless_hmac() {
  static const MacContext keyless = [] {
    MacContext context(EVP_MAC_CTX_new(hmac_algorithm()));
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string("digest", digest, 0),
                                     OSSL_PARAM_construct_end()};
    require(context != nullptr && EVP_MAC_CTX_set_params(context.get(), parameters) == 1);
    return context;
  }();
  return keyless.get();
}

MacContext start_hmac(BytesView key) {
  MacContext context(EVP_MAC_CTX_dup(keyless_hmac()));
  if (!context) return nullptr;
  // A null key would mean "keep the old one"; an empty key needs a real pointer.
  static const std::uint8_t no_key = 0;
  const std::uint8_t* data = key.empty() ? &no_key : key.data();
  if (EVP_MAC_init(context.get(), data, key.size(), nullptr) != 1) return nullptr;
  return context;
}

Result<SecretBytes> run_aes(const AesKeyView& key, BytesView input, int encrypt) {
  if (key.key.size() != 32 || key.iv.size() != 16) {
    return fail(kMalformed, "AES key or iv length", static_cast<std::int64_t>(key.key.size()));
  }
  if (input.size() > INT_MAX - 32)
    return fail(kTooLarge, "AES input", static_cast<std::int64_t>(input.size()));
  const CipherContext context(EVP_CIPHER_CTX_new());
  if (!context) return fail(kNoMemory, "AES context");
  if (EVP_CipherInit_ex2(context.get(), aes_algorithm(key.mode), key.key.data(), key.iv.data(),
                         encrypt, nullptr) != 1) {
    return fail(kLibraryFault, "AES init");
  }
  Bytes output(input.size() + 16);
  int length = 0;
  int tail = 0;
  const bool ran = EVP_CipherUpdate(context.get(), output.data(), &length, input.data(),
                                    static_cast<int>(input.size())) == 1 &&
                   EVP_CipherFinal_ex(context.get(), output.data() + length, &tail) == 1;
  if (!ran) {
    wipe(output);
    return fail(kBadCiphertext, "AES");
  }
  output.resize(static_cast<std::size_t>(length) + static_cast<std::size_t>(tail));
  return SecretBytes(std::move(output));
}

}  // namespace

Sha256 sha256(std::initializer_list<BytesView> parts) {
  Sha256 digest;
  digest_parts(sha256_algorithm(), parts, digest.mutable_view());
  return digest;
}

Sha512 sha512(std::initializer_list<BytesView> parts) {
  Sha512 digest;
  digest_parts(sha512_algorithm(), parts, digest.mutable_view());
  return digest;
}

Sha256 hmac_sha256(BytesView key, std::initializer_list<BytesView> parts) {
  const MacContext context = start_hmac(key);
  require(context != nullptr);
  for (const BytesView part : parts)
    require(EVP_MAC_update(context.get(), part.data(), part.size()) == 1);
  Sha256 digest;
  std::size_t length = 0;
  require(EVP_MAC_final(context.get(), digest.mutable_view().data(), &length, Sha256::kBytes) == 1);
  return digest;
}

namespace {

struct HkdfInput {
  std::string digest;
  BytesView salt, ikm, info;
};

SecretBytes hkdf(HkdfInput input, std::size_t length) {
  const KdfContext context(EVP_KDF_CTX_new(hkdf_algorithm()));
  require(context != nullptr);
  // OpenSSL's parameters are not const, but these are only read. An empty one needs a place too:
  // OpenSSL refuses null.
  static constexpr std::uint8_t kNothing = 0;
  const auto octets = [](const char* name, BytesView bytes) {
    const std::uint8_t* data = bytes.empty() ? &kNothing : bytes.data();
    return OSSL_PARAM_construct_octet_string(name, const_cast<std::uint8_t*>(data), bytes.size());
  };
  const OSSL_PARAM parameters[] = {
      OSSL_PARAM_construct_utf8_string("digest", input.digest.data(), 0), octets("key", input.ikm),
      octets("salt", input.salt), octets("info", input.info), OSSL_PARAM_construct_end()};
  Bytes out(length);
  require(EVP_KDF_derive(context.get(), out.data(), out.size(), parameters) == 1);
  return SecretBytes(std::move(out));
}

}  // namespace

SecretBytes hkdf_sha512(BytesView salt, BytesView ikm, BytesView info, std::size_t length) {
  return hkdf({"SHA512", salt, ikm, info}, length);
}
SecretBytes hkdf_sha256(BytesView salt, BytesView ikm, BytesView info, std::size_t length) {
  return hkdf({"SHA256", salt, ikm, info}, length);
}

struct HmacSha256Stream::Inside {
  MacContext context;
};
HmacSha256Stream::HmacSha256Stream(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
HmacSha256Stream::HmacSha256Stream(HmacSha256Stream&&) noexcept = default;
HmacSha256Stream& HmacSha256Stream::operator=(HmacSha256Stream&&) noexcept = default;
HmacSha256Stream::~HmacSha256Stream() = default;

Result<HmacSha256Stream> HmacSha256Stream::create(BytesView key) {
  MacContext context = start_hmac(key);
  if (!context) return fail(kLibraryFault, "HMAC init");
  return HmacSha256Stream(std::make_unique<Inside>(Inside{std::move(context)}));
}
Status HmacSha256Stream::update(BytesView data) {
  if (EVP_MAC_update(inside_->context.get(), data.data(), data.size()) != 1)
    return fail(kLibraryFault, "HMAC");
  return {};
}
Result<Sha256> HmacSha256Stream::finish() {
  Sha256 digest;
  std::size_t length = 0;
  if (EVP_MAC_final(inside_->context.get(), digest.mutable_view().data(), &length,
                    Sha256::kBytes) != 1) {
    return fail(kLibraryFault, "HMAC");
  }
  return digest;
}

struct Sha256Stream::Inside {
  DigestContext context;
};
Sha256Stream::Sha256Stream(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
Sha256Stream::Sha256Stream(Sha256Stream&&) noexcept = default;
Sha256Stream& Sha256Stream::operator=(Sha256Stream&&) noexcept = default;
Sha256Stream::~Sha256Stream() = default;

Result<Sha256Stream> Sha256Stream::create() {
  DigestContext context(EVP_MD_CTX_new());
  if (!context || EVP_DigestInit_ex2(context.get(), sha256_algorithm(), nullptr) != 1)
    return fail(kLibraryFault, "SHA-256 init");
  return Sha256Stream(std::make_unique<Inside>(Inside{std::move(context)}));
}
Status Sha256Stream::update(BytesView data) {
  if (EVP_DigestUpdate(inside_->context.get(), data.data(), data.size()) != 1)
    return fail(kLibraryFault, "SHA-256");
  return {};
}
Result<Sha256> Sha256Stream::finish() {
  Sha256 digest;
  if (EVP_DigestFinal_ex(inside_->context.get(), digest.mutable_view().data(), nullptr) != 1)
    return fail(kLibraryFault, "SHA-256");
  return digest;
}

struct Sha512Stream::Inside {
  DigestContext context;
};
Sha512Stream::Sha512Stream(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
Sha512Stream::Sha512Stream(Sha512Stream&&) noexcept = default;
Sha512Stream& Sha512Stream::operator=(Sha512Stream&&) noexcept = default;
Sha512Stream::~Sha512Stream() = default;

Result<Sha512Stream> Sha512Stream::create() {
  DigestContext context(EVP_MD_CTX_new());
  if (!context || EVP_DigestInit_ex2(context.get(), sha512_algorithm(), nullptr) != 1) {
    return fail(kLibraryFault, "SHA-512 init");
  }
  return Sha512Stream(std::make_unique<Inside>(Inside{std::move(context)}));
}
Status Sha512Stream::update(BytesView data) {
  if (EVP_DigestUpdate(inside_->context.get(), data.data(), data.size()) != 1) {
    return fail(kLibraryFault, "SHA-512");
  }
  return {};
}
Result<Sha512> Sha512Stream::finish() {
  Sha512 digest;
  EVP_MD_CTX* context = inside_->context.get();
  if (EVP_DigestFinal_ex(context, digest.mutable_view().data(), nullptr) != 1 ||
      EVP_DigestInit_ex2(context, sha512_algorithm(), nullptr) != 1) {
    return fail(kLibraryFault, "SHA-512");
  }
  return digest;
}

struct NamedDigest::Inside {
  struct MdFree {
    void operator()(EVP_MD* each) const { EVP_MD_free(each); }
  };
  std::unique_ptr<EVP_MD, MdFree> algorithm;
  DigestContext context;
};
NamedDigest::NamedDigest(std::unique_ptr<Inside> inside) : inside_(std::move(inside)) {}
NamedDigest::NamedDigest(NamedDigest&&) noexcept = default;
NamedDigest& NamedDigest::operator=(NamedDigest&&) noexcept = default;
NamedDigest::~NamedDigest() = default;

Result<NamedDigest> NamedDigest::create(const char* name) {
  auto inside = std::make_unique<Inside>();
  inside->algorithm.reset(EVP_MD_fetch(nullptr, name, nullptr));
  if (!inside->algorithm) return fail(kNotFound, "digest");
  inside->context.reset(EVP_MD_CTX_new());
  if (!inside->context ||
      EVP_DigestInit_ex2(inside->context.get(), inside->algorithm.get(), nullptr) != 1)
    return fail(kLibraryFault, "digest init");
  return NamedDigest(std::move(inside));
}
Status NamedDigest::update(BytesView data) {
  if (EVP_DigestUpdate(inside_->context.get(), data.data(), data.size()) != 1)
    return fail(kLibraryFault, "digest");
  return {};
}
Result<Bytes> NamedDigest::finish() {
  Bytes digest(static_cast<std::size_t>(EVP_MD_get_size(inside_->algorithm.get())));
  EVP_MD_CTX* context = inside_->context.get();
  if (EVP_DigestFinal_ex(context, digest.data(), nullptr) != 1 ||
      EVP_DigestInit_ex2(context, inside_->algorithm.get(), nullptr) != 1)
    return fail(kLibraryFault, "digest");
  return digest;
}

Result<SecretBytes> aes256_encrypt(const AesKeyView& key, BytesView plaintext) {
  return run_aes(key, plaintext, 1);
}
Result<SecretBytes> aes256_decrypt(const AesKeyView& key, BytesView ciphertext) {
  return run_aes(key, ciphertext, 0);
}

Uuid uuid_of_name(const Uuid& name_space, BytesView name) {
  std::array<std::uint8_t, 20> digest{};
  digest_parts(sha1_algorithm(), {name_space.view(), name}, digest);
  digest[6] = static_cast<std::uint8_t>((digest[6] & 0x0FU) | 0x50U);  // version 5
  digest[8] = static_cast<std::uint8_t>((digest[8] & 0x3FU) | 0x80U);  // variant of the RFC
  return Uuid::from(BytesView(digest).first(Uuid::kBytes)).value();
}
std::string uuid_text(const Uuid& uuid) {
  std::string text = to_hex(uuid.view());
  for (const std::size_t at : {20U, 16U, 12U, 8U}) text.insert(at, "-");
  return text;
}

std::string public_key_pem(const SigningPublic& key) {
  struct KeyFree {
    void operator()(EVP_PKEY* each) const { EVP_PKEY_free(each); }
  };
  struct BioFree {
    void operator()(BIO* each) const { BIO_free(each); }
  };
  const std::unique_ptr<EVP_PKEY, KeyFree> spki(
      EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, key.view().data(), key.view().size()));
  const std::unique_ptr<BIO, BioFree> memory(BIO_new(BIO_s_mem()));
  require(spki && memory && PEM_write_bio_PUBKEY(memory.get(), spki.get()) == 1);
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  require(size > 0);
  return {text, static_cast<std::size_t>(size)};
}

}  // namespace tocsin
