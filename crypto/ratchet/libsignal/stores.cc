// The five stores, over one Call: reads come from it, the session record is written into it, and
// everything this design never needs is a fault of our own.
#include <new>

#include "crypto/ratchet/libsignal/context.h"
#include "crypto/ratchet/libsignal/errors.h"

namespace tocsin::libsignal {
namespace {

// libsignal's registration ids carry no meaning here; everybody sends the same.
constexpr std::uint32_t kRegistrationId = 1;

Call* call_of(void* user_data) { return static_cast<Context*>(user_data)->call(); }

int load_session(signal_buffer** record, signal_buffer**, const signal_protocol_address*,
                 void* user_data) {
  const Call* call = call_of(user_data);
  if (call == nullptr) return kFaultUnexpected;
  if (call->loaded.empty()) return 0;
  *record = new_buffer(call->loaded);
  return *record == nullptr ? kFaultMemory : 1;
}
int sub_device_sessions(signal_int_list**, const char*, std::size_t, void*) {
  return kFaultUnexpected;
}
int store_session(const signal_protocol_address*, std::uint8_t* record, std::size_t length,
                  std::uint8_t*, std::size_t, void* user_data) {
  Call* call = call_of(user_data);
  if (call == nullptr) return kFaultUnexpected;
  try {
    call->stored = SecretBytes::copy_of({record, length});
  } catch (const std::bad_alloc&) {
    return kFaultMemory;
  }
  return SG_SUCCESS;
}
int contains_session(const signal_protocol_address*, void* user_data) {
  const Call* call = call_of(user_data);
  if (call == nullptr) return kFaultUnexpected;
  return call->loaded.empty() ? 0 : 1;
}
int delete_session(const signal_protocol_address*, void*) { return kFaultUnexpected; }
int delete_all_sessions(const char*, std::size_t, void*) { return kFaultUnexpected; }

// No one-time prekeys exist (trap S5).
int load_prekey(signal_buffer**, std::uint32_t, void*) { return SG_ERR_INVALID_KEY_ID; }
int store_prekey(std::uint32_t, std::uint8_t*, std::size_t, void*) { return kFaultUnexpected; }
int contains_prekey(std::uint32_t, void*) { return 0; }
int remove_prekey(std::uint32_t, void*) { return kFaultUnexpected; }

int serialize_prekey(const OwnPrekey& own, signal_buffer** record) {
  auto public_key = public_key_of(own.public_key.view());
  auto secret = private_key_of(own.secret.expose(kExpose));
  if (!public_key.has_value() || !secret.has_value()) return kFaultLibrary;
  Ref<ec_key_pair> pair;
  int result = ec_key_pair_create(Out(pair), public_key->get(), secret->get());
  if (result < 0) return result;
  // libsignal stores a signature and a time with its own prekey and reads neither.
  const std::array<std::uint8_t, 64> signature{};
  Ref<session_signed_pre_key> prekey;
  result = session_signed_pre_key_create(Out(prekey), own.id, 0, pair.get(), signature.data(),
                                         signature.size());
  if (result < 0) return result;
  return session_signed_pre_key_serialize(record, prekey.get());
}

int load_signed_prekey(signal_buffer** record, std::uint32_t id, void* user_data) {
  const Call* call = call_of(user_data);
  if (call == nullptr || call->prekey == nullptr || call->prekey->id != id)
    return SG_ERR_INVALID_KEY_ID;
  return serialize_prekey(*call->prekey, record);
}
int contains_signed_prekey(std::uint32_t id, void* user_data) {
  const Call* call = call_of(user_data);
  return call != nullptr && call->prekey != nullptr && call->prekey->id == id ? 1 : 0;
}

int identity_pair(signal_buffer** public_data, signal_buffer** private_data, void* user_data) {
  const Call* call = call_of(user_data);
  if (call == nullptr || call->identity == nullptr) return kFaultUnexpected;
  Buffer public_key(new_buffer(serialized_key(call->identity->public_key.view())));
  Buffer secret(new_buffer(call->identity->secret.expose(kExpose)));
  if (!public_key || !secret) return kFaultMemory;
  *public_data = public_key.release();
  *private_data = secret.release();
  return SG_SUCCESS;
}
int registration_id(void*, std::uint32_t* id) {
  *id = kRegistrationId;
  return SG_SUCCESS;
}
// Called before the message is authenticated (trap S2), so nothing is kept. The answer 1 means "not
// changed": at 0 libsignal calls again with a null key when the message turns out forged.
int save_identity(const signal_protocol_address*, std::uint8_t*, std::size_t, void*) { return 1; }
int is_trusted_identity(const signal_protocol_address*, std::uint8_t* key, std::size_t length,
                        void* user_data) {
  const Call* call = call_of(user_data);
  if (call == nullptr || call->peer == nullptr) return kFaultUnexpected;
  const auto expected = serialized_key(call->peer->view());
  return equal_in_constant_time({key, length}, expected) ? 1 : 0;
}

int store_sender_key(const signal_protocol_sender_key_name*, std::uint8_t*, std::size_t,
                     std::uint8_t*, std::size_t, void*) {
  return kFaultUnexpected;
}
int load_sender_key(signal_buffer**, signal_buffer**, const signal_protocol_sender_key_name*,
                    void*) {
  return kFaultUnexpected;
}

void nothing(void*) {}

}  // namespace

int install_stores(Context& context) {
  const signal_protocol_session_store sessions{.load_session_func = load_session,
                                               .get_sub_device_sessions_func = sub_device_sessions,
                                               .store_session_func = store_session,
                                               .contains_session_func = contains_session,
                                               .delete_session_func = delete_session,
                                               .delete_all_sessions_func = delete_all_sessions,
                                               .destroy_func = nothing,
                                               .user_data = &context};
  const signal_protocol_pre_key_store prekeys{.load_pre_key = load_prekey,
                                              .store_pre_key = store_prekey,
                                              .contains_pre_key = contains_prekey,
                                              .remove_pre_key = remove_prekey,
                                              .destroy_func = nothing,
                                              .user_data = &context};
  const signal_protocol_signed_pre_key_store signed_prekeys{
      .load_signed_pre_key = load_signed_prekey,
      .store_signed_pre_key = store_prekey,
      .contains_signed_pre_key = contains_signed_prekey,
      .remove_signed_pre_key = remove_prekey,
      .destroy_func = nothing,
      .user_data = &context};
  const signal_protocol_identity_key_store identities{.get_identity_key_pair = identity_pair,
                                                      .get_local_registration_id = registration_id,
                                                      .save_identity = save_identity,
                                                      .is_trusted_identity = is_trusted_identity,
                                                      .destroy_func = nothing,
                                                      .user_data = &context};
  const signal_protocol_sender_key_store sender_keys{.store_sender_key = store_sender_key,
                                                     .load_sender_key = load_sender_key,
                                                     .destroy_func = nothing,
                                                     .user_data = &context};
  signal_protocol_store_context* stores = context.stores();
  for (const int result :
       {signal_protocol_store_context_set_session_store(stores, &sessions),
        signal_protocol_store_context_set_pre_key_store(stores, &prekeys),
        signal_protocol_store_context_set_signed_pre_key_store(stores, &signed_prekeys),
        signal_protocol_store_context_set_identity_key_store(stores, &identities),
        signal_protocol_store_context_set_sender_key_store(stores, &sender_keys)}) {
    if (result < 0) return result;
  }
  return SG_SUCCESS;
}

}  // namespace tocsin::libsignal
