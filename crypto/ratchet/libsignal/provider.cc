// The twelve crypto callbacks: the Rng of the current call, and crypto/box/openssl.h. libsignal
// checks only four of them for null (trap S7), so all twelve are set by name.
#include <new>

#include "crypto/box/openssl.h"
#include "crypto/ratchet/libsignal/context.h"
#include "crypto/ratchet/libsignal/errors.h"

namespace tocsin::libsignal {
namespace {

// No exception may cross libsignal's C frames.
template <class Work>
int guarded(Work work) noexcept {
  try {
    return work();
  } catch (const std::bad_alloc&) {
    return kFaultMemory;
  } catch (...) {
    return kFaultUnexpected;
  }
}

int give(BytesView bytes, signal_buffer** output) {
  *output = new_buffer(bytes);
  return *output == nullptr ? kFaultMemory : SG_SUCCESS;
}

int random(std::uint8_t* data, std::size_t length, void* user_data) {
  return guarded([&] {
    const Call* call = static_cast<Context*>(user_data)->call();
    if (call == nullptr || call->rng == nullptr) return kFaultNoRandomness;
    call->rng->fill({data, length});
    return SG_SUCCESS;
  });
}

template <class Stream>
int start_stream(Result<Stream> stream, void** context) {
  if (!stream.has_value()) return kFaultLibrary;
  *context = new Stream(std::move(*stream));
  return SG_SUCCESS;
}
template <class Stream>
int update_stream(void* context, const std::uint8_t* data, std::size_t length) {
  return guarded([&] {
    return static_cast<Stream*>(context)->update({data, length}).has_value() ? SG_SUCCESS
                                                                             : kFaultLibrary;
  });
}
template <class Stream>
int finish_stream(void* context, signal_buffer** output) {
  return guarded([&] {
    const auto digest = static_cast<Stream*>(context)->finish();
    return digest.has_value() ? give(digest->view(), output) : kFaultLibrary;
  });
}

int hmac_init(void** context, const std::uint8_t* key, std::size_t length, void*) {
  return guarded([&] { return start_stream(HmacSha256Stream::create({key, length}), context); });
}
int hmac_update(void* context, const std::uint8_t* data, std::size_t length, void*) {
  return update_stream<HmacSha256Stream>(context, data, length);
}
int hmac_final(void* context, signal_buffer** output, void*) {
  return finish_stream<HmacSha256Stream>(context, output);
}
void hmac_cleanup(void* context, void*) { delete static_cast<HmacSha256Stream*>(context); }

int sha512_init(void** context, void*) {
  return guarded([&] { return start_stream(Sha512Stream::create(), context); });
}
int sha512_update(void* context, const std::uint8_t* data, std::size_t length, void*) {
  return update_stream<Sha512Stream>(context, data, length);
}
int sha512_final(void* context, signal_buffer** output, void*) {
  return finish_stream<Sha512Stream>(context, output);
}
void sha512_cleanup(void* context, void*) { delete static_cast<Sha512Stream*>(context); }

// libsignal's argument list, gathered.
struct AesCall {
  int cipher;
  AesKeyView key;
  BytesView input;
};
using AesFunction = Result<SecretBytes> (*)(const AesKeyView&, BytesView);

int run_aes(AesFunction function, AesCall call, signal_buffer** output) {
  return guarded([&] {
    if (call.cipher == SG_CIPHER_AES_CTR_NOPADDING) {
      call.key.mode = AesMode::kCtr;
    } else if (call.cipher != SG_CIPHER_AES_CBC_PKCS5) {
      return kFaultUnexpected;
    }
    const auto result = function(call.key, call.input);
    if (result.has_value()) return give(result->expose(kExpose), output);
    // Wrong padding under a right MAC is the peer's doing, not a fault of ours: were it reported as
    // one, a hostile contact could keep its message unacknowledged for ever.
    return result.error().code == kBadCiphertext ? SG_ERR_INVALID_MESSAGE : kFaultLibrary;
  });
}

int encrypt(signal_buffer** output, int cipher, const std::uint8_t* key, std::size_t key_length,
            const std::uint8_t* iv, std::size_t iv_length, const std::uint8_t* input,
            std::size_t input_length, void*) {
  return run_aes(
      aes256_encrypt,
      {cipher, {AesMode::kCbcPkcs7, {key, key_length}, {iv, iv_length}}, {input, input_length}},
      output);
}
int decrypt(signal_buffer** output, int cipher, const std::uint8_t* key, std::size_t key_length,
            const std::uint8_t* iv, std::size_t iv_length, const std::uint8_t* input,
            std::size_t input_length, void*) {
  return run_aes(
      aes256_decrypt,
      {cipher, {AesMode::kCbcPkcs7, {key, key_length}, {iv, iv_length}}, {input, input_length}},
      output);
}

}  // namespace

signal_crypto_provider crypto_provider(Context& context) {
  return {.random_func = random,
          .hmac_sha256_init_func = hmac_init,
          .hmac_sha256_update_func = hmac_update,
          .hmac_sha256_final_func = hmac_final,
          .hmac_sha256_cleanup_func = hmac_cleanup,
          .sha512_digest_init_func = sha512_init,
          .sha512_digest_update_func = sha512_update,
          .sha512_digest_final_func = sha512_final,
          .sha512_digest_cleanup_func = sha512_cleanup,
          .encrypt_func = encrypt,
          .decrypt_func = decrypt,
          .user_data = &context};
}

}  // namespace tocsin::libsignal
