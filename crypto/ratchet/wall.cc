#include "crypto/ratchet/wall.h"

#include "crypto/box/agree.h"
#include "crypto/ratchet/identity.h"
#include "crypto/ratchet/libsignal/context.h"
#include "crypto/ratchet/libsignal/errors.h"
#include "crypto/ratchet/libsignal/parse.h"
#include "crypto/ratchet/libsignal/record.h"

namespace tocsin {
namespace {

using namespace libsignal;

// Our own record, so whatever is wrong with it is a local fault.
Result<Ref<session_record>> load(Context& context, BytesView bytes) {
  Ref<session_record> loaded;
  TRY(local(session_record_deserialize(Out(loaded), bytes.data(), bytes.size(), context.library()),
            "inner record"));
  if (session_record_is_fresh(loaded.get()) != 0) return fail(kCannotNow, "inner record is fresh");
  if (session_record_get_previous_states_head(loaded.get()) != nullptr)
    return fail(kCannotNow, "inner record has archived states");
  return loaded;
}

Result<Cipher> make_cipher(Context& context, const Address& address) {
  Cipher cipher;
  TRY(local(session_cipher_create(Out(cipher), context.stores(), address.get(), context.library()),
            "cipher"));
  return cipher;
}

Result<BytesView> written(const Call& call) {
  if (!call.stored.has_value()) return fail(kCannotNow, "inner record was not written");
  return call.stored->expose(kExpose);
}

// A record that outgrew its bound is the doing of the message it was written for.
Result<InnerRecord> judged_size(Result<InnerRecord> record) {
  if (!record.has_value() && record.error().code == kTooLarge)
    return fail(kUnopenable, "inner record size", record.error().detail);
  return record;
}

SecretBytes take_plaintext(const Buffer& plaintext) {
  return SecretBytes::copy_of(view_of(plaintext.get()));
}

Status check_bundle(const PeerBundle& bundle) {
  TRY(check_x25519_public(bundle.identity.view()));
  TRY(check_x25519_public(bundle.prekey.view()));
  return verify_prekey(bundle.identity, bundle.prekey, bundle.prekey_signature);
}

Result<Ref<session_pre_key_bundle>> library_bundle(const PeerBundle& bundle) {
  const auto identity = TRY(public_key_of(bundle.identity.view()));
  const auto prekey = TRY(public_key_of(bundle.prekey.view()));
  const BytesView signature = bundle.prekey_signature.view();
  Ref<session_pre_key_bundle> result;
  TRY(local(
      session_pre_key_bundle_create(Out(result), 1, 1, 0, nullptr, bundle.prekey_id, prekey.get(),
                                    signature.data(), signature.size(), identity.get()),
      "bundle"));
  return result;
}

struct Sealing {
  InnerForm form;
  std::uint32_t counter;
};
Sealing describe(const ciphertext_message* message) {
  if (ciphertext_message_get_type(message) == CIPHERTEXT_PREKEY_TYPE) {
    const auto* prekey = reinterpret_cast<const pre_key_signal_message*>(message);
    return {InnerForm::kPrekey,
            signal_message_get_counter(pre_key_signal_message_get_signal_message(prekey))};
  }
  return {InnerForm::kPlain,
          signal_message_get_counter(reinterpret_cast<const signal_message*>(message))};
}

// One decryption inside one call: every effect stays in `call` until it succeeded.
struct Opening {
  Context& context;
  const InnerParty& party;
  Call& call;
};

Result<SecretBytes> decrypt_plain(const Opening& opening, signal_message* message) {
  const CallScope scope(opening.context, opening.call);
  const Address address(opening.party.sid);
  const Cipher cipher = TRY(make_cipher(opening.context, address));
  Buffer plaintext;
  TRY(judged(session_cipher_decrypt_signal_message(cipher.get(), message, nullptr, Out(plaintext)),
             "inner open"));
  return take_plaintext(plaintext);
}

Result<SecretBytes> decrypt_prekey(const Opening& opening, pre_key_signal_message* message) {
  const CallScope scope(opening.context, opening.call);
  const Address address(opening.party.sid);
  const Cipher cipher = TRY(make_cipher(opening.context, address));
  Buffer plaintext;
  TRY(judged(
      session_cipher_decrypt_pre_key_signal_message(cipher.get(), message, nullptr, Out(plaintext)),
      "inner open prekey"));
  return take_plaintext(plaintext);
}

Call call_of(const InnerParty& party) {
  Call call;
  call.rng = &party.rng;
  call.identity = &party.identity;
  return call;
}

// What a message is opened with: the record, seen in parts, and how its form is decrypted.
struct Material {
  Context& context;
  const InnerParty& party;
  RecordView view;
  Ref<session_record> session;
  PlainFacts facts;
};

// libsignal still has the chain: the retired ones stay as they are.
Result<InnerRecord> after_known_chain(const Material& material, const Call& call) {
  return judged_size(with_live(material.view, TRY(written(call))));
}

// The message began a chain, so libsignal dropped its oldest one when it had all it keeps.
Result<InnerRecord> after_new_chain(const Material& material, const Call& call) {
  auto retired = TRY(read_retired(material.view));
  std::vector<RawKey> chains = material.view.chains;
  if (chains.size() == kInnerReceivingChains) {
    session_state* before = session_record_get_state(material.session.get());
    retired.push_back(TRY(take_chain(before, chains.front())));
    bound_retired(retired);
    chains.erase(chains.begin());
  }
  chains.push_back(material.facts.ratchet_key);
  return judged_size(write_record({TRY(written(call)), chains, retired}));
}

// A late message of a chain libsignal has forgotten: opened in a session of that chain alone.
Result<InnerOpened> open_retired(const Material& material, signal_message* message,
                                 std::vector<RetiredChain> retired, std::size_t place) {
  const session_state* state = session_record_get_state(material.session.get());
  const SecretBytes alone = TRY(revive_chain(retired[place], state));
  Call call = call_of(material.party);
  call.loaded = alone.expose(kExpose);
  SecretBytes plaintext = TRY(decrypt_plain({material.context, material.party, call}, message));
  const auto moved = TRY(load(material.context, TRY(written(call))));
  retired[place] =
      TRY(take_chain(session_record_get_state(moved.get()), material.facts.ratchet_key));
  bound_retired(retired);
  InnerRecord record =
      TRY(judged_size(write_record({material.view.live, material.view.chains, retired})));
  return InnerOpened{std::move(plaintext), material.facts.counter, std::move(record)};
}

// `decrypt` opens the message in the live session, within the call it is given.
template <class Decrypt>
Result<InnerOpened> open_with(Material material, signal_message* message, Decrypt decrypt) {
  const bool known = material.view.has_chain(material.facts.ratchet_key);
  if (!known) {
    auto retired = TRY(read_retired(material.view));
    for (std::size_t place = 0; place < retired.size(); ++place) {
      if (retired[place].ratchet_key == material.facts.ratchet_key)
        return open_retired(material, message, std::move(retired), place);
    }
    TRY(check_ratchet_key(material.facts.ratchet_key));
  }
  Call call = call_of(material.party);
  call.loaded = material.view.live;
  SecretBytes plaintext = TRY(decrypt(call));
  InnerRecord record =
      TRY(known ? after_known_chain(material, call) : after_new_chain(material, call));
  return InnerOpened{std::move(plaintext), material.facts.counter, std::move(record)};
}

Result<InnerOpened> open_plain(const InnerParty& party, const InnerRecord& record,
                               BytesView bytes) {
  Context& context = *TRY(Context::of_this_thread());
  RecordView view = TRY(view_record(record));
  auto session = TRY(load(context, view.live));
  const auto message = TRY(parse_plain(context, bytes));
  const PlainFacts facts = TRY(check_plain(message.get()));
  return open_with(
      {context, party, std::move(view), std::move(session), facts}, message.get(),
      [&](Call& call) { return decrypt_plain({context, party, call}, message.get()); });
}

Result<InnerOpened> open_prekey(const InnerParty& party, const InnerRecord& record,
                                const InnerIncoming& incoming) {
  Context& context = *TRY(Context::of_this_thread());
  RecordView view = TRY(view_record(record));
  auto session = TRY(load(context, view.live));
  const auto message = TRY(parse_prekey(context, incoming.message));
  if (!incoming.pin.has_value() || TRY(check_prekey(message.get())) != *incoming.pin)
    return fail(kForbiddenMessage, "prekey form of another session");
  signal_message* inside = pre_key_signal_message_get_signal_message(message.get());
  const PlainFacts facts = TRY(check_plain(inside));
  // Otherwise libsignal would begin another session and archive this one (trap S9).
  if (session_record_has_session_state(session.get(), CIPHERTEXT_CURRENT_VERSION,
                                       pre_key_signal_message_get_base_key(message.get())) != 1)
    return fail(kCannotNow, "pin and inner record disagree");
  return open_with({context, party, std::move(view), std::move(session), facts}, inside,
                   [&](Call& call) {
                     call.peer = &incoming.pin->identity;
                     return decrypt_prekey({context, party, call}, message.get());
                   });
}

}  // namespace

Result<InnerRecord> InnerRecord::from(SecretBytes serialized) {
  if (serialized.empty()) return fail(kMalformed, "inner record is empty");
  if (serialized.size() > kMaxInnerRecordBytes)
    return fail(kTooLarge, "inner record", static_cast<std::int64_t>(serialized.size()));
  return InnerRecord(std::move(serialized));
}

Result<InnerOutlook> inner_outlook(const InnerRecord& record) {
  Context& context = *TRY(Context::of_this_thread());
  const auto session = TRY(load(context, TRY(view_record(record)).live));
  const session_state* state = session_record_get_state(session.get());
  const ratchet_chain_key* chain = session_state_get_sender_chain_key(state);
  if (chain == nullptr) return fail(kCannotNow, "inner record cannot send");
  const bool prekey = session_state_has_unacknowledged_pre_key_message(state) == 1;
  return InnerOutlook{prekey ? InnerForm::kPrekey : InnerForm::kPlain,
                      ratchet_chain_key_get_index(chain)};
}

Result<InnerRecord> inner_start(const InnerParty& party, const PeerBundle& bundle) {
  TRY(check_bundle(bundle));
  Context& context = *TRY(Context::of_this_thread());
  const auto library = TRY(library_bundle(bundle));
  Call call = call_of(party);
  call.peer = &bundle.identity;
  const CallScope scope(context, call);
  const Address address(party.sid);
  Builder builder;
  TRY(local(
      session_builder_create(Out(builder), context.stores(), address.get(), context.library()),
      "builder"));
  TRY(local(session_builder_process_pre_key_bundle(builder.get(), library.get()), "inner start"));
  // libsignal's first receiving chain is the peer's prekey.
  RawKey chain{};
  copy_exact(bundle.prekey.view(), chain);
  return write_record({TRY(written(call)), {chain}, {}});
}

Result<InnerSealed> inner_seal(const InnerParty& party, const InnerRecord& record,
                               BytesView plaintext) {
  if (plaintext.size() > kMaxInnerMessageBytes)
    return fail(kTooLarge, "inner plaintext", static_cast<std::int64_t>(plaintext.size()));
  Context& context = *TRY(Context::of_this_thread());
  const RecordView view = TRY(view_record(record));
  Call call = call_of(party);
  call.loaded = view.live;
  const CallScope scope(context, call);
  const Address address(party.sid);
  const Cipher cipher = TRY(make_cipher(context, address));
  Ref<ciphertext_message> message;
  TRY(local(session_cipher_encrypt(cipher.get(), plaintext.data(), plaintext.size(), Out(message)),
            "inner seal"));
  const Sealing sealing = describe(message.get());
  // The chain has moved in the buffered record only; refusing here drops it.
  if (sealing.counter >= kMaxInner) return fail(kPeerSilent, "inner counter", sealing.counter);
  const BytesView bytes = view_of(ciphertext_message_get_serialized(message.get()));
  if (bytes.size() > kMaxInnerMessageBytes)
    return fail(kTooLarge, "inner message", static_cast<std::int64_t>(bytes.size()));
  InnerRecord after = TRY(with_live(view, TRY(written(call))));
  return InnerSealed{to_bytes(bytes), sealing.form, sealing.counter, std::move(after)};
}

Result<InnerOpened> inner_open(const InnerParty& party, const InnerRecord& record,
                               const InnerIncoming& incoming) {
  if (incoming.form == InnerForm::kPrekey) return open_prekey(party, record, incoming);
  return open_plain(party, record, incoming.message);
}

Result<InnerFirstOpened> inner_open_first(const InnerParty& party,
                                          const InnerFirstIncoming& incoming) {
  Context& context = *TRY(Context::of_this_thread());
  const auto message = TRY(parse_prekey(context, incoming.message));
  const InnerPin pin = TRY(check_prekey(message.get()));
  if (pin.identity != incoming.sender) return fail(kForbiddenMessage, "sender of first message");
  if (!check_x25519_public(pin.identity.view()).has_value())
    return fail(kForbiddenMessage, "identity of first message");
  if (pin.prekey_id != incoming.prekey.id)
    return fail(kForbiddenMessage, "prekey of first message", pin.prekey_id);
  const PlainFacts facts =
      TRY(check_plain(pre_key_signal_message_get_signal_message(message.get())));
  if (facts.counter != 0) return fail(kForbiddenMessage, "counter of first message", facts.counter);
  TRY(check_ratchet_key(facts.ratchet_key));
  Call call = call_of(party);
  call.peer = &incoming.sender;
  call.prekey = &incoming.prekey;
  SecretBytes plaintext = TRY(decrypt_prekey({context, party, call}, message.get()));
  InnerRecord record =
      TRY(judged_size(write_record({TRY(written(call)), {facts.ratchet_key}, {}})));
  return InnerFirstOpened{std::move(plaintext), pin, std::move(record)};
}

bool is_inner_refusal(Code code) { return code == kForbiddenMessage || code == kUnopenable; }

}  // namespace tocsin
