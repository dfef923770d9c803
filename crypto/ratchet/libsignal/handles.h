// crypto/ratchet/libsignal/handles.h: owners of libsignal's objects, for crypto/ratchet/*.cc only.
//
// Shape:   Ref<T> a reference-counted object, Buffer a byte buffer that is wiped when it goes
// Threads: the context's own thread: reference counts are plain integers (trap S6)
#pragma once

#include <signal/protocol.h>
#include <signal/session_builder.h>
#include <signal/session_cipher.h>
#include <signal/session_record.h>
#include <signal/session_state.h>
#include <signal/signal_protocol.h>

#include <memory>

#include "crypto/keys/keys.h"

namespace tocsin::libsignal {

struct Unref {
  template <class T>
  void operator()(T* object) const {
    signal_type_unref(reinterpret_cast<signal_type_base*>(object));
  }
};
template <class T>
using Ref = std::unique_ptr<T, Unref>;

struct FreeBuffer {
  void operator()(signal_buffer* buffer) const { signal_buffer_bzero_free(buffer); }
};
using Buffer = std::unique_ptr<signal_buffer, FreeBuffer>;

struct FreeBuilder {
  void operator()(session_builder* builder) const { session_builder_free(builder); }
};
struct FreeCipher {
  void operator()(session_cipher* cipher) const { session_cipher_free(cipher); }
};
using Builder = std::unique_ptr<session_builder, FreeBuilder>;
using Cipher = std::unique_ptr<session_cipher, FreeCipher>;

// For a C out parameter: `create(Out(handle), …)` gives `handle` what the call made.
template <class T, class Deleter>
class Out {
 public:
  explicit Out(std::unique_ptr<T, Deleter>& target) : target_(target) {}
  Out(const Out&) = delete;
  Out& operator=(const Out&) = delete;
  ~Out() { target_.reset(raw_); }
  operator T**() { return &raw_; }  // NOLINT: the conversion is the purpose

 private:
  std::unique_ptr<T, Deleter>& target_;
  T* raw_ = nullptr;
};

inline BytesView view_of(const signal_buffer* buffer) {
  return {signal_buffer_const_data(buffer), signal_buffer_len(buffer)};
}
inline signal_buffer* new_buffer(BytesView bytes) {
  return signal_buffer_create(bytes.data(), bytes.size());
}

// The serialised form of a public key is 0x05 ‖ 32 bytes.
inline constexpr std::uint8_t kCurveType = 0x05;
inline constexpr std::size_t kSerializedKeyBytes = 33;
std::array<std::uint8_t, kSerializedKeyBytes> serialized_key(BytesView key);

Result<Ref<ec_public_key>> public_key_of(BytesView key);
Result<Ref<ec_private_key>> private_key_of(BytesView key);
// The 32 bytes of a key; forbidden_message when the message has none.
using RawKey = std::array<std::uint8_t, 32>;
Result<RawKey> raw_key_of(const ec_public_key* key);

}  // namespace tocsin::libsignal
