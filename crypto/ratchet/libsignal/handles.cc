#include "crypto/ratchet/libsignal/handles.h"

#include "crypto/ratchet/libsignal/context.h"
#include "crypto/ratchet/libsignal/errors.h"

namespace tocsin::libsignal {

std::array<std::uint8_t, kSerializedKeyBytes> serialized_key(BytesView key) {
  std::array<std::uint8_t, kSerializedKeyBytes> serialized{kCurveType};
  copy_exact(key, MutableBytes(serialized).subspan(1));
  return serialized;
}

Result<Ref<ec_public_key>> public_key_of(BytesView key) {
  Context& context = *TRY(Context::of_this_thread());
  const auto serialized = serialized_key(key);
  Ref<ec_public_key> decoded;
  TRY(local(
      curve_decode_point(Out(decoded), serialized.data(), serialized.size(), context.library()),
      "public key"));
  return decoded;
}

Result<Ref<ec_private_key>> private_key_of(BytesView key) {
  Context& context = *TRY(Context::of_this_thread());
  // X25519 clamps as it multiplies (RFC 7748 section 5); libsignal's signatures expect it done.
  auto clamped = SecretBytes::copy_of(key);
  const MutableBytes bytes = clamped.expose_mutable(kExpose);
  if (bytes.size() != 32) return fail(kCannotNow, "private key length");
  bytes[0] &= 0xf8;
  bytes[31] = static_cast<std::uint8_t>((bytes[31] & 0x7f) | 0x40);
  Ref<ec_private_key> decoded;
  TRY(local(curve_decode_private_point(Out(decoded), bytes.data(), bytes.size(), context.library()),
            "private key"));
  return decoded;
}

Result<RawKey> raw_key_of(const ec_public_key* key) {
  if (key == nullptr) return fail(kForbiddenMessage, "key missing");
  Buffer serialized;
  TRY(local(ec_public_key_serialize(Out(serialized), key), "serialize key"));
  const BytesView bytes = view_of(serialized.get());
  if (bytes.size() != kSerializedKeyBytes) return fail(kCannotNow, "serialized key length");
  RawKey raw{};
  copy_exact(bytes.subspan(1), raw);
  return raw;
}

}  // namespace tocsin::libsignal
