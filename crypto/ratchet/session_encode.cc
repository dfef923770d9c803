#include "crypto/ratchet/session_state.h"

namespace tocsin {
namespace {

// Layout of the vault row: protocol/spec/session.md SES-10.
constexpr std::uint8_t kRowVersion = 1;

enum class Presence : std::uint8_t { kAbsent = 0, kPresent = 1 };

void encode_presence(Writer& writer, bool present) {
  writer.integer(static_cast<std::uint8_t>(present ? Presence::kPresent : Presence::kAbsent));
}
Result<bool> decode_presence(Reader& reader) {
  const auto byte = reader.integer<std::uint8_t>();
  if (!reader.ok() || byte > 1) return fail(kMalformed, "session row presence", byte);
  return byte == 1;
}

template <class SecretValue>
Result<SecretValue> decode_secret(Reader& reader) {
  return SecretValue::from(reader.raw(SecretValue::kBytes));
}

void encode_sending(Writer& writer, const Sending& sending) {
  writer.integer(sending.epoch.value)
      .raw(sending.chain.expose(kExpose))
      .raw(sending.header.expose(kExpose))
      .raw(sending.block.expose(kExpose))
      .integer(sending.sent)
      .integer(sending.previous)
      .integer(sending.born.value);
  encode_presence(writer, sending.offer.has_value());
  if (sending.offer) writer.raw(sending.offer->ciphertext.view()).raw(sending.offer->next.view());
}

Result<Sending> decode_sending(Reader& reader) {
  const Epoch epoch{reader.integer<std::uint32_t>()};
  ChainKey chain = TRY(decode_secret<ChainKey>(reader));
  HeaderKey header = TRY(decode_secret<HeaderKey>(reader));
  KemBlockKey block = TRY(decode_secret<KemBlockKey>(reader));
  Sending sending{epoch, std::move(chain), std::move(header), std::move(block), 0, 0, {}, {}};
  sending.sent = reader.integer<std::uint32_t>();
  sending.previous = reader.integer<std::uint32_t>();
  sending.born.value = reader.integer<std::uint32_t>();
  if (sending.sent > kMaxEpochSends || sending.previous > kMaxEpochSends)
    return fail(kMalformed, "session row counters");
  if (TRY(decode_presence(reader))) {
    const auto ciphertext = reader.fixed<KemCiphertext>();
    sending.offer = KemOffer{ciphertext, reader.fixed<KemPublic>()};
  }
  return sending;
}

void encode_receiving(Writer& writer, const Receiving& receiving) {
  writer.integer(receiving.epoch.value)
      .raw(receiving.chain.expose(kExpose))
      .raw(receiving.header.expose(kExpose))
      .raw(receiving.block.expose(kExpose))
      .integer(receiving.next)
      .raw(receiving.kem.view());
}

Result<Receiving> decode_receiving(Reader& reader) {
  const Epoch epoch{reader.integer<std::uint32_t>()};
  ChainKey chain = TRY(decode_secret<ChainKey>(reader));
  HeaderKey header = TRY(decode_secret<HeaderKey>(reader));
  KemBlockKey block = TRY(decode_secret<KemBlockKey>(reader));
  const auto next = reader.integer<std::uint32_t>();
  if (next > kMaxEpochSends) return fail(kMalformed, "session row counters");
  return Receiving{epoch, std::move(chain),         std::move(header), std::move(block),
                   next,  reader.fixed<KemDigest>()};
}

void encode_turn(Writer& writer, const std::variant<Waiting, Entitled>& turn) {
  const auto* waiting = std::get_if<Waiting>(&turn);
  encode_presence(writer, waiting != nullptr);
  const NextKeys& next = waiting != nullptr ? waiting->next : std::get<Entitled>(turn).next;
  writer.raw(next.header.expose(kExpose)).raw(next.block.expose(kExpose));
  if (waiting != nullptr) {
    writer.raw(waiting->offered.public_key.view()).raw(waiting->offered.secret.expose(kExpose));
  } else {
    writer.raw(std::get<Entitled>(turn).peer.view());
  }
}

Result<std::variant<Waiting, Entitled>> decode_turn(Reader& reader) {
  const bool waiting = TRY(decode_presence(reader));
  HeaderKey header = TRY(decode_secret<HeaderKey>(reader));
  KemBlockKey block = TRY(decode_secret<KemBlockKey>(reader));
  NextKeys next{std::move(header), std::move(block)};
  const auto key = reader.fixed<KemPublic>();
  if (!waiting) return Entitled{std::move(next), key};
  KemSecret secret = TRY(decode_secret<KemSecret>(reader));
  return Waiting{std::move(next), {key, std::move(secret)}};
}

void encode_old(Writer& writer, const std::vector<OldEpoch>& old) {
  writer.integer(static_cast<std::uint8_t>(old.size()));
  for (const OldEpoch& epoch : old) {
    writer.integer(epoch.epoch.value).raw(epoch.header.expose(kExpose)).integer(epoch.closed.value);
  }
}

Result<std::vector<OldEpoch>> decode_old(Reader& reader) {
  const auto count = reader.integer<std::uint8_t>();
  if (count > kOldEpochs + kOldWithSkips) return fail(kMalformed, "session row old epochs", count);
  std::vector<OldEpoch> old;
  for (std::uint8_t i = 0; i < count; ++i) {
    const Epoch epoch{reader.integer<std::uint32_t>()};
    HeaderKey header = TRY(decode_secret<HeaderKey>(reader));
    old.push_back({epoch, std::move(header), Day{reader.integer<std::uint32_t>()}});
  }
  return old;
}

// The invariant of SES-6: the epochs differ by one, the newer one's owner waits, parities fit.
Status check_state(const SessionState& state) {
  const std::int64_t sending = state.sending ? std::int64_t{state.sending->epoch.value} : -1;
  const std::int64_t receiving = state.receiving ? std::int64_t{state.receiving->epoch.value} : -1;
  const std::int64_t parity = state.role == SessionRole::kInitiator ? 0 : 1;
  const bool waiting = std::holds_alternative<Waiting>(state.turn);
  const bool good = sending - receiving == (waiting ? 1 : -1) &&
                    (sending < 0 || sending % 2 == parity) &&
                    (receiving < 0 || receiving % 2 != parity) &&
                    (state.role == SessionRole::kResponder) == state.pin.has_value() &&
                    (!state.peer_seen || std::int64_t{state.peer_seen->value} <= sending);
  if (!good) return fail(kMalformed, "session row state");
  return {};
}

void encode_pin(Writer& writer, const InnerPin& pin) {
  writer.raw(pin.base_key.view()).raw(pin.identity.view()).integer(pin.prekey_id);
}
InnerPin decode_pin(Reader& reader) {
  const auto base = reader.fixed<InnerBaseKey>();
  const auto identity = reader.fixed<IdentityPublic>();
  return {base, identity, reader.integer<std::uint32_t>()};
}

constexpr std::uint32_t kNone = 0xFFFFFFFF;

}  // namespace

SecretBytes Session::encode() const {
  const SessionState& state = *state_;
  Writer writer;
  writer.integer(kRowVersion)
      .integer(static_cast<std::uint8_t>(state.role))
      .raw(state.sid.view())
      .raw(state.peer.identity.view())
      .raw(state.peer.signing.view())
      .raw(state.root.expose(kExpose))
      .integer(state.peer_seen ? state.peer_seen->value : kNone);
  encode_presence(writer, state.pin.has_value());
  if (state.pin) encode_pin(writer, *state.pin);
  encode_presence(writer, state.sending.has_value());
  if (state.sending) encode_sending(writer, *state.sending);
  encode_presence(writer, state.receiving.has_value());
  if (state.receiving) encode_receiving(writer, *state.receiving);
  encode_turn(writer, state.turn);
  encode_old(writer, state.old);
  state.memory.encode(writer);
  writer.long_field(state.inner.expose(kExpose));
  return SecretBytes(std::move(writer).take());
}

Result<Session> Session::decode(BytesView row) {
  Reader reader(row);
  const auto version = reader.integer<std::uint8_t>();
  if (version > kRowVersion) return fail(kTooNew, "session row", version);
  const auto role = reader.integer<std::uint8_t>();
  if (version != kRowVersion || role > 1) return fail(kMalformed, "session row", version);
  const auto sid = reader.fixed<SessionId>();
  const auto identity = reader.fixed<IdentityPublic>();
  const auto signing = reader.fixed<SigningPublic>();
  RootKey root = TRY(decode_secret<RootKey>(reader));
  const auto seen = reader.integer<std::uint32_t>();
  std::optional<InnerPin> pin;
  if (TRY(decode_presence(reader))) pin = decode_pin(reader);
  std::optional<Sending> sending;
  if (TRY(decode_presence(reader))) sending = TRY(decode_sending(reader));
  std::optional<Receiving> receiving;
  if (TRY(decode_presence(reader))) receiving = TRY(decode_receiving(reader));
  auto turn = TRY(decode_turn(reader));
  auto old = TRY(decode_old(reader));
  auto memory = TRY(MessageMemory::decode(reader));
  const BytesView record = reader.long_field(kMaxInnerRecordBytes);
  TRY(reader.finish("session row"));
  InnerRecord inner = TRY(InnerRecord::from(SecretBytes::copy_of(record)));
  auto state = std::make_unique<SessionState>(SessionState{.role = static_cast<SessionRole>(role),
                                                           .sid = sid,
                                                           .peer = {identity, signing},
                                                           .pin = pin,
                                                           .root = std::move(root),
                                                           .peer_seen = std::nullopt,
                                                           .sending = std::move(sending),
                                                           .receiving = std::move(receiving),
                                                           .old = std::move(old),
                                                           .turn = std::move(turn),
                                                           .memory = std::move(memory),
                                                           .inner = std::move(inner),
                                                           .outlook = std::nullopt});
  if (seen != kNone) state->peer_seen = Epoch{seen};
  TRY(check_state(*state));
  return Session(std::move(state));
}

}  // namespace tocsin
