#include <expected>

#include "crypto/kem/kem.h"
#include "crypto/ratchet/session_state.h"

namespace tocsin {
namespace {

// Why an opening stops before the inside; the alternatives of OpenOutcome that change no state.
using Stop = std::variant<Duplicate, Unopenable, Forked, RolledBack>;
template <class T>
using Step = std::expected<T, Stop>;
std::unexpected<Stop> stop(Stop why) { return std::unexpected(why); }
std::unexpected<Stop> unopenable(UnopenableCause cause) { return stop(Unopenable{cause}); }

enum class Candidate : std::uint8_t { kCurrent, kNext, kOld };

struct Found {
  Candidate candidate;
  Epoch epoch;
  OuterHeaderBytes header;
};

// The epoch the peer opens next, when it is its turn.
Epoch next_epoch(const SessionState& state) { return {state.sending->epoch.value + 1}; }

// SES-8.2: the current epoch, the next one, the old ones from the newest; own keys never.
std::optional<Found> find_header(const SessionState& state, const Envelope& envelope) {
  const auto attempt = [&](const HeaderKey& key, Candidate candidate,
                           Epoch epoch) -> std::optional<Found> {
    const auto header = open_header(state.sid, key, envelope);
    if (!header) return std::nullopt;
    return Found{candidate, epoch, *header};
  };
  if (state.receiving) {
    if (auto found = attempt(state.receiving->header, Candidate::kCurrent, state.receiving->epoch))
      return found;
  }
  if (const auto* waiting = std::get_if<Waiting>(&state.turn)) {
    if (auto found = attempt(waiting->next.header, Candidate::kNext, next_epoch(state)))
      return found;
  }
  for (auto old = state.old.rbegin(); old != state.old.rend(); ++old) {
    if (auto found = attempt(old->header, Candidate::kOld, old->epoch)) return found;
  }
  return std::nullopt;
}

// What entering the peer's next epoch replaces.
struct Entry {
  RootKey root;
  Receiving receiving;
  Entitled entitled;
};

// Everything an envelope changes outside libsignal, gathered first and applied whole.
struct Plan {
  OuterHeader header;
  std::optional<Entry> entry;
  std::vector<NumberedKey> passed;  // of the closed epoch, then of this one
  std::uint32_t lost = 0;
  std::optional<ChainKey> chain;  // the receiving chain after this message, when it moved
};

class Opening {
 public:
  Opening(const SessionState& state, const Envelope& envelope)
      : state_(state), envelope_(envelope) {}

  // SES-8.2 … SES-8.7: the plan, and the inner message.
  Step<SecretBytes> run() {
    const std::optional<Found> found = find_header(state_, envelope_);
    if (!found) return unopenable(UnopenableCause::kNoKey);
    TRY(check_header(*found));
    if (found->candidate == Candidate::kNext) TRY(enter());
    if (found->candidate == Candidate::kCurrent) TRY(check_block());
    const MessageKey key = TRY(message_key(found->candidate));
    auto inner = open_body(state_.sid, key, envelope_, plan_.header);
    if (!inner) return unopenable(UnopenableCause::kBody);
    return std::move(*inner);
  }

  Plan& plan() { return plan_; }

 private:
  Step<void> check_header(const Found& found) {
    const auto header = decode_header(found.header.view());
    if (!header || header->number.epoch != found.epoch) return unopenable(UnopenableCause::kHeader);
    plan_.header = *header;
    if (header->seen) {
      const std::uint32_t own_parity = state_.role == SessionRole::kInitiator ? 0 : 1;
      if (header->seen->value % 2 != own_parity) return unopenable(UnopenableCause::kHeader);
      if (!state_.sending || *header->seen > state_.sending->epoch) return stop(RolledBack{});
    }
    if (const BodyHash* body = state_.memory.used(header->number)) {
      if (*body == header->body) return stop(Duplicate{});
      return stop(Forked{});
    }
    return {};
  }

  // SES-8.6: the peer answered our offer and opens a new epoch.
  Step<void> enter() {
    // Only a peer who has proof that we know this epoch leaves the block out.
    if (plan_.header.kem == KemBlock::kAbsent) return stop(RolledBack{});
    const Waiting& waiting = std::get<Waiting>(state_.turn);
    const auto offer = open_kem_block(state_.sid, waiting.next.block, envelope_);
    if (!offer) return unopenable(UnopenableCause::kKemBlock);
    TRY(close_current());
    const Epoch epoch = next_epoch(state_);
    const KemShared shared = kem_decapsulate(waiting.offered.secret, offer->ciphertext);
    RootStep root = root_step({.root = state_.root,
                               .sid = state_.sid,
                               .epoch = epoch,
                               .shared = shared,
                               .offered = waiting.offered.public_key,
                               .answer = *offer});
    plan_.entry.emplace(
        Entry{std::move(root.root),
              Receiving{.epoch = epoch,
                        .chain = std::move(root.chain),
                        .header = waiting.next.header.duplicate(),
                        .block = waiting.next.block.duplicate(),
                        .next = 0,
                        .kem = digest_of(*offer)},
              Entitled{{std::move(root.next_header), std::move(root.next_block)}, offer->next}});
    return {};
  }

  Step<void> close_current() {
    if (!state_.receiving) return {};
    const Receiving& closing = *state_.receiving;
    // The header is the peer's own: it has sent less than we opened, so it is not the only one.
    if (plan_.header.previous < closing.next) return stop(Forked{});
    if (plan_.header.previous - closing.next > kMaxJump)
      return unopenable(UnopenableCause::kHeader);
    pass(walk(closing.chain, {closing.epoch, closing.next}, plan_.header.previous));
    return {};
  }

  // SES-8.7: a repeated KEM block must be the one that opened the epoch.
  Step<void> check_block() {
    if (plan_.header.kem == KemBlock::kAbsent) return {};
    const auto offer = open_kem_block(state_.sid, state_.receiving->block, envelope_);
    if (!offer) return unopenable(UnopenableCause::kKemBlock);
    if (digest_of(*offer) != state_.receiving->kem) return stop(Forked{});
    return {};
  }

  Step<MessageKey> message_key(Candidate candidate) {
    if (candidate != Candidate::kOld) {
      const Receiving& receiving = plan_.entry ? plan_.entry->receiving : *state_.receiving;
      const std::uint32_t counter = plan_.header.number.counter;
      if (counter >= receiving.next) {
        if (counter - receiving.next > kMaxJump) return unopenable(UnopenableCause::kMessageKey);
        ChainWalk walked = walk(receiving.chain, {receiving.epoch, receiving.next}, counter);
        ChainStep keys = step(walked.chain);
        pass(std::move(walked));
        plan_.chain = std::move(keys.next);
        return std::move(keys.message);
      }
    }
    const MessageKey* key = state_.memory.skipped(plan_.header.number);
    if (key == nullptr) return unopenable(UnopenableCause::kMessageKey);
    return key->duplicate();
  }

  void pass(ChainWalk walked) {
    plan_.lost += walked.lost;
    plan_.passed.insert(plan_.passed.end(), std::make_move_iterator(walked.passed.begin()),
                        std::make_move_iterator(walked.passed.end()));
  }

  const SessionState& state_;
  const Envelope& envelope_;
  Plan plan_;
};

void note_seen(SessionState& state, std::optional<Epoch> seen) {
  state.peer_seen = std::max(state.peer_seen, seen);
  if (state.sending && state.peer_seen >= state.sending->epoch) state.sending->offer.reset();
}

void enter_epoch(SessionState& state, Entry entry, Day day) {
  if (state.receiving) {
    state.old.push_back({state.receiving->epoch, std::move(state.receiving->header), day});
  }
  state.root = std::move(entry.root);
  state.receiving = std::move(entry.receiving);
  state.turn = std::move(entry.entitled);
  note_seen(state, state.sending->epoch);
}

// Returns how many messages can never be opened any more.
std::uint32_t apply(SessionState& state, Plan plan, Day day) {
  std::uint32_t lost = plan.lost;
  const bool ages = plan.entry.has_value() || !plan.chain;  // an epoch closes, or loses a key
  if (plan.entry) enter_epoch(state, std::move(*plan.entry), day);
  lost += state.memory.store(std::move(plan.passed), day);
  if (plan.chain) {
    state.receiving->chain = std::move(*plan.chain);
    state.receiving->next = plan.header.number.counter + 1;
  } else {
    state.memory.drop_key(plan.header.number);
  }
  state.memory.remember(plan.header.number, plan.header.body, day);
  note_seen(state, plan.header.seen);
  if (ages) trim_old_epochs(state, day);
  return lost;
}

Result<InnerOpened> open_inner(const SessionState& state, const OuterHeader& header,
                               BytesView inner, const OpenContext& context) {
  // The prekey form is the initiator's until it has heard us, in its first epoch.
  if (header.form == InnerForm::kPrekey &&
      (state.role != SessionRole::kResponder || header.number.epoch != Epoch{0})) {
    return fail(kForbiddenMessage, "prekey form");
  }
  return inner_open({context.identity, state.sid, context.rng}, state.inner,
                    {inner, header.form, state.pin});
}

OpenOutcome outcome_of(const Stop& why) {
  return std::visit([](const auto& outcome) -> OpenOutcome { return outcome; }, why);
}

}  // namespace

bool Session::recognises(const Envelope& envelope) const {
  return find_header(*state_, envelope).has_value();
}

OpenOutcome Session::open(const Envelope& envelope, const OpenContext& context) {
  Opening opening(*state_, envelope);
  const Step<SecretBytes> inner = opening.run();
  if (!inner) return outcome_of(inner.error());
  Result<InnerOpened> opened =
      open_inner(*state_, opening.plan().header, inner->expose(kExpose), context);
  if (!opened && !is_inner_refusal(opened.error().code)) return CannotNow{opened.error()};

  // From here on the envelope is the peer's for certain: the outer step holds even if libsignal
  // refuses the inside, or a hostile peer could make us repeat the work.
  const std::uint32_t lost = apply(*state_, std::move(opening.plan()), context.day);
  if (!opened) return Unopenable{UnopenableCause::kInnerRefused};
  state_->inner = std::move(opened->record);
  state_->outlook.reset();
  return Opened{std::move(opened->plaintext), lost};
}

}  // namespace tocsin
