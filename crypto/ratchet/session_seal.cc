#include "crypto/kem/kem.h"
#include "crypto/ratchet/session_state.h"

namespace tocsin {
namespace {

// SES-7.1: the party the peer has answered opens the next epoch, lazily.
struct Foresight {
  InnerOutlook inner;
  SealTiming timing;
  std::uint32_t ahead = 0;
};

bool turns(const SessionState& state, const Foresight& foresight) {
  if (!std::holds_alternative<Entitled>(state.turn)) return false;
  if (foresight.inner.form == InnerForm::kPrekey) return false;
  if (!state.sending) return true;
  return state.sending->sent + foresight.ahead >= kTurnSends ||
         foresight.timing.hour.value >= state.sending->born.value + kTurnHours ||
         foresight.timing.since_unlock == SinceUnlock::kFirstSeal;
}

std::size_t capacity_of(const SessionState& state, const Foresight& foresight) {
  if (foresight.inner.form == InnerForm::kPrekey) return kContentPrekeyForm;
  const bool carries = turns(state, foresight) || (state.sending && state.sending->offer);
  return carries ? kContentWithKem : kContentPlain;
}

Status check_limits(const SessionState& state, const Foresight& foresight) {
  if (foresight.inner.counter >= kMaxInner)
    return fail(kPeerSilent, "inner messages", foresight.inner.counter);
  if (turns(state, foresight)) return {};
  if (!state.sending) return fail(kNoSession, "no sending epoch");
  const std::uint32_t limit = state.receiving ? kMaxEpochSends : kMaxUnconfirmedSends;
  if (state.sending->sent >= limit)
    return fail(kPeerSilent, "messages of one epoch", state.sending->sent);
  return {};
}

// SES-7.2. Cannot fail: everything that can has happened before.
void take_turn(SessionState& state, const SealContext& context) {
  Entitled entitled = std::move(std::get<Entitled>(state.turn));
  const Epoch epoch{state.receiving->epoch.value + 1};
  const KemEncapsulation answer = kem_encapsulate(entitled.peer, context.rng);
  KemPair offered =
      context.pool != nullptr ? context.pool->take(context.rng) : make_kem_pair(context.rng);
  const KemOffer offer{answer.ciphertext, offered.public_key};
  RootStep root = root_step({.root = state.root,
                             .sid = state.sid,
                             .epoch = epoch,
                             .shared = answer.shared,
                             .offered = entitled.peer,
                             .answer = offer});
  state.root = std::move(root.root);
  const std::uint32_t previous = state.sending ? state.sending->sent : 0;
  state.sending = Sending{.epoch = epoch,
                          .chain = std::move(root.chain),
                          .header = std::move(entitled.next.header),
                          .block = std::move(entitled.next.block),
                          .sent = 0,
                          .previous = previous,
                          .offer = offer,
                          .born = context.timing.hour};
  state.turn =
      Waiting{{std::move(root.next_header), std::move(root.next_block)}, std::move(offered)};
}

OuterHeader header_of(const SessionState& state, const InnerSealed& inner) {
  const Sending& sending = *state.sending;
  OuterHeader header;
  header.kem = sending.offer ? KemBlock::kPresent : KemBlock::kAbsent;
  header.form = inner.form;
  header.number = {sending.epoch, sending.sent};
  header.previous = sending.previous;
  if (state.receiving) header.seen = state.receiving->epoch;
  header.body = body_hash_of(inner.message);
  return header;
}

Sealed seal_copies(SessionState& state, const InnerSealed& inner, const SealContext& context) {
  Sending& sending = *state.sending;
  const OuterHeader header = header_of(state, inner);
  ChainStep keys = step(sending.chain);
  Sealed sealed{{}, header.number};
  sealed.copies.reserve(context.copies);
  for (std::size_t copy = 0; copy < context.copies; ++copy) {
    // Its own nonce for each relay, so that two of them cannot match bytes.
    const Nonce nonce = context.rng.draw<Nonce>();
    sealed.copies.push_back(
        seal_envelope(state.sid, {sending.header, sending.block, keys.message},
                      {header, sending.offer ? &*sending.offer : nullptr, inner.message}, nonce));
  }
  sending.chain = std::move(keys.next);
  ++sending.sent;
  return sealed;
}

}  // namespace

Result<std::size_t> Session::capacity(const SealTiming& timing, std::uint32_t ahead) const {
  return capacity_of(*state_, {TRY(outlook_of(*state_)), timing, ahead});
}

// flow 2/8: through both ratchets: the inner one, then the post-quantum outer one around it.
Result<Sealed> Session::seal(BytesView content, const SealContext& context) {
  const Foresight foresight{TRY(outlook_of(*state_)), context.timing, 0};
  const std::size_t capacity = capacity_of(*state_, foresight);
  if (content.size() > capacity)
    return fail(kTooLarge, "content of one envelope", static_cast<std::int64_t>(content.size()));
  if (context.copies < 1 || context.copies > kMaxCopies)
    return fail(kOutOfRange, "copies", static_cast<std::int64_t>(context.copies));
  TRY(check_limits(*state_, foresight));

  SecretBytes padded = SecretBytes::zeros(capacity);
  copy_exact(content, padded.expose_mutable(kExpose).first(content.size()));
  InnerSealed inner = TRY(inner_seal({context.identity, state_->sid, context.rng}, state_->inner,
                                     padded.expose(kExpose)));
  const bool turning = turns(*state_, foresight);
  const std::size_t room = capacity == kContentWithKem ? kMaxInnerWithKem : kMaxInnerPlain;
  if (inner.message.size() > room)
    return fail(kTooLarge, "inner message", static_cast<std::int64_t>(inner.message.size()));

  // Nothing below fails: the session changes as a whole.
  if (turning) take_turn(*state_, context);
  Sealed sealed = seal_copies(*state_, inner, context);
  state_->inner = std::move(inner.record);
  state_->outlook = InnerOutlook{inner.form, inner.counter + 1};
  return sealed;
}

}  // namespace tocsin
