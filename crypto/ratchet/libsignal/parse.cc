#include "crypto/ratchet/libsignal/parse.h"

#include "crypto/box/agree.h"
#include "crypto/ratchet/libsignal/errors.h"

namespace tocsin::libsignal {
namespace {

constexpr std::uint8_t kMessageVersion = 3;

Status check_length(BytesView message) {
  if (message.size() > kMaxInnerMessageBytes)
    return fail(kForbiddenMessage, "inner length", static_cast<std::int64_t>(message.size()));
  return {};
}

Status check_key(BytesView key, const char* where) {
  if (!check_x25519_public(key).has_value()) return fail(kForbiddenMessage, where);
  return {};
}

}  // namespace

Result<Ref<signal_message>> parse_plain(Context& context, BytesView message) {
  TRY(check_length(message));
  Ref<signal_message> result;
  TRY(parsed(
      signal_message_deserialize(Out(result), message.data(), message.size(), context.library()),
      "inner message"));
  return result;
}

Result<Ref<pre_key_signal_message>> parse_prekey(Context& context, BytesView message) {
  TRY(check_length(message));
  Ref<pre_key_signal_message> result;
  TRY(parsed(pre_key_signal_message_deserialize(Out(result), message.data(), message.size(),
                                                context.library()),
             "inner prekey message"));
  return result;
}

Result<PlainFacts> check_plain(const signal_message* message) {
  if (message == nullptr) return fail(kForbiddenMessage, "inner message missing");
  if (signal_message_get_message_version(message) != kMessageVersion)
    return fail(kForbiddenMessage, "inner version", signal_message_get_message_version(message));
  const std::uint32_t counter = signal_message_get_counter(message);
  if (counter >= kMaxInner) return fail(kForbiddenMessage, "inner counter", counter);
  const RawKey ratchet_key = TRY(raw_key_of(signal_message_get_sender_ratchet_key(message)));
  return PlainFacts{counter, ratchet_key};
}

Status check_ratchet_key(const RawKey& key) { return check_key(key, "inner ratchet key"); }

Result<InnerPin> check_prekey(const pre_key_signal_message* message) {
  if (pre_key_signal_message_get_message_version(message) != kMessageVersion)
    return fail(kForbiddenMessage, "prekey form version");
  if (pre_key_signal_message_has_pre_key_id(message) != 0)
    return fail(kForbiddenMessage, "one-time prekey id");
  const RawKey base_key = TRY(raw_key_of(pre_key_signal_message_get_base_key(message)));
  const RawKey identity = TRY(raw_key_of(pre_key_signal_message_get_identity_key(message)));
  TRY(check_key(base_key, "base key"));
  return InnerPin{.base_key = InnerBaseKey(base_key),
                  .identity = IdentityPublic(identity),
                  .prekey_id = pre_key_signal_message_get_signed_pre_key_id(message)};
}

}  // namespace tocsin::libsignal
