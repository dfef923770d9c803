#include "client/engine/carrying.h"

#include <algorithm>

#include "client/engine/alerts.h"
#include "crypto/base/overloaded.h"
#include "protocol/alert/render.h"

namespace tocsin {
namespace {

CharterOffer offer_of(const OrganisationRow& row) { return {row.chain.id(), row.chain.to_offer()}; }

}  // namespace

Result<CarriedAlert> carry_draft(Engine& engine, std::int64_t id) {
  const std::optional<DraftRow> draft = TRY(find_draft(engine.db(), id));
  if (!draft.has_value()) return fail(kNoSuchAlert, "draft", id);
  if (draft->requester.has_value()) return fail(kNotReady, "a draft of somebody else");
  const OrganisationRow organisation = TRY(organisation_of(engine, draft->charter));
  TRY(assemble(engine, *draft));  // refuses one under an earlier charter
  const std::optional<SigningSecret> ours =
      TRY(our_key_in(engine.db(), organisation.chain.newest().charter));
  if (!ours.has_value()) return fail(kNotAHolder, "carried");
  return ask_carried(offer_of(organisation), draft->request, *ours);
}

Result<CarriedCharter> carry_founding(Engine& engine, const FoundingId& id,
                                      std::string_view holder) {
  const std::optional<FoundingRow> founding = TRY(find_founding(engine.db(), id));
  if (!founding.has_value() || !founding->is_ours()) return fail(kNoSuchOrganisation, "founding");
  CarriedCharter carried{std::nullopt, FoundingRequest{}};
  if (founding->base.has_value())
    carried.base = offer_of(TRY(organisation_of(engine, *founding->base)));
  if (founding->proposal.has_value()) {
    carried.question = CharterProposal{id, *founding->proposal};
    return carried;
  }
  for (const SeatRow& seat : TRY(seats_of(engine.db(), id))) {
    if (seat.name != holder || seat.contact.has_value()) continue;
    if (seat.key.has_value()) return fail(kNotReady, "keys of others are missing");
    carried.question = FoundingRequest{id, founding->organisation, seat.name, founding->threshold};
    return carried;
  }
  return fail(kNoSuchSeat, "seat asked by a file");
}

Result<CarriedPage> open_carried(Engine& engine, const CarriedAlert& carried,
                                 const SigningSecret* key) {
  return engine.in_transaction([&]() -> Result<CarriedPage> {
    CharterChain chain =
        TRY(CharterChain::from_offer(carried.charter.chain, carried.charter.id, engine.today()));
    const Charter& newest = chain.newest().charter;
    const bool ours = TRY(our_key_in(engine.db(), newest)).has_value();
    const bool known = TRY(find_organisation(engine.db(), chain.id())).has_value();
    if (!ours && !known && (key == nullptr || !holder_of(newest.holders, signing_public_of(*key))))
      return fail(kNotAHolder, "carried");
    // To a key from a file, of an organisation unknown here, this vault only lends its screen.
    bool confirmed = false;
    if (ours || known) {
      TRY(take_charter_message(engine, std::nullopt, carried.charter));
      const OrganisationRow row = TRY(organisation_of(engine, chain.id()));
      confirmed = row.confirmed != ConfirmedBy::kNothing;
      chain = row.chain;
    }
    const Result<std::size_t> asks = check_carried_question(carried, chain);
    if (!asks.has_value()) return fail(kRequesterLeft, "carried question");
    CheckedRequest checked = TRY(check_cosign_request(carried.request, chain, engine.today()));
    std::string name = chain.newest().charter.holders[*asks].name;
    return CarriedPage{std::move(checked), std::move(chain), std::move(name), confirmed};
  });
}

namespace {

// The key that answers: the one given, else this vault's. Anybody can write a charter that names a
// key which stands in another one: for an organisation that was not confirmed here nothing is
// signed, unless its words were typed.
Result<SigningSecret> answering_key(Engine& engine, const CarriedPage& page,
                                    const CarriedSigner& signer) {
  if (!page.confirmed && signer.words != organisation_words(page.chain.id()))
    return fail(kOrganisationNotConfirmed, "carried");
  if (signer.key != nullptr) return SigningSecret::from(signer.key->expose(kExpose));
  std::optional<SigningSecret> ours = TRY(our_key_in(engine.db(), page.chain.newest().charter));
  if (!ours.has_value()) return fail(kNotAHolder, "carried");
  return std::move(*ours);
}

}  // namespace

Result<CarriedAnswer> sign_carried(Engine& engine, const CarriedAlert& carried,
                                   std::string_view typed_label, const CarriedSigner& signer) {
  if (typed_label != carried.request.case_label) return fail(kNotConfirmed, "case label");
  const CarriedPage page = TRY(open_carried(engine, carried, signer.key));
  const SigningSecret secret = TRY(answering_key(engine, page, signer));
  return answer_carried(TRY(cosign(page.checked, page.chain, secret)), secret);
}

Result<CarriedAnswer> refuse_carried(Engine& engine, const CarriedAlert& carried,
                                     std::string_view words, const CarriedSigner& signer) {
  const CarriedPage page = TRY(open_carried(engine, carried, signer.key));
  const SigningSecret secret = TRY(answering_key(engine, page, signer));
  return answer_carried(TRY(refuse_to_cosign(page.checked, RefusalReason::kOther, words)), secret);
}

Result<CarriedFounding> keep_carried(Engine& engine, const CarriedCharter& carried) {
  return engine.in_transaction([&]() -> Result<CarriedFounding> {
    const FoundingId id = std::visit(Overloaded{[](const CharterOffer&) { return FoundingId{}; },
                                                [](const auto& question) { return question.id; }},
                                     carried.question);
    const std::optional<FoundingRow> before = TRY(find_founding(engine.db(), id));
    if (carried.base.has_value()) {
      const CharterChain chain =
          TRY(CharterChain::from_offer(carried.base->chain, carried.base->id, engine.today()));
      // A chain is kept where a key of this vault stands in it; who joins has given none yet.
      if (TRY(our_key_in(engine.db(), chain.newest().charter)).has_value())
        TRY(take_charter_message(engine, std::nullopt, *carried.base));
    }
    TRY(take_charter_message(engine, std::nullopt, carried.question));
    std::optional<FoundingRow> founding = TRY(find_founding(engine.db(), id));
    // In a session it would be dropped without a word; whoever carried it here is told.
    if (!founding.has_value()) return fail(kNotAHolder, "carried charter");
    if (!founding->by_file) return fail(kNotReady, "asked in a session");
    const bool seen = before.has_value() && before->proposal == founding->proposal;
    return CarriedFounding{std::move(*founding), seen};
  });
}

namespace {

Result<Collected> collect_answer(Engine& engine, const CarriedAnswer& carried) {
  const AlertBodyHash hash = std::visit([](const auto& kind) { return kind.body; }, carried.answer);
  const std::optional<DraftRow> draft = TRY(find_draft_by_body(engine.db(), hash));
  if (!draft.has_value() || draft->requester.has_value()) return fail(kNoSuchAlert, "carried");
  const OrganisationRow organisation = TRY(organisation_of(engine, draft->charter));
  const Charter& charter = organisation.chain.newest().charter;
  const std::size_t holder = TRY(check_carried_answer(carried, charter));
  const auto* signature = std::get_if<CosignSignature>(&carried.answer);
  if (signature != nullptr) {
    AlertAssembly assembly = TRY(assemble(engine, *draft));
    TRY(assembly.add(*signature));
    // Told as theirs who proves the answer: then it is theirs.
    if (signature->signature.hint != key_hint(carried.holder))
      return fail(kBadSignature, "carried");
  }
  TRY(save_answer(engine.db(), draft->id, {carried.answer, std::nullopt, carried.holder}));
  return Collected{CollectedAlert{draft->id, charter.holders[holder].name, signature != nullptr}};
}

// In a session what does not fit is dropped without a word; whoever carried it here is told.
Result<Collected> collect_seat(Engine& engine, const CarriedSeat& carried,
                               const std::vector<std::string>& key_words) {
  const auto* key = std::get_if<FoundingKey>(&carried.answer);
  const auto* signature = std::get_if<CharterSignature>(&carried.answer);
  if (key == nullptr && signature == nullptr) return fail(kOtherFile, "answer of a holder");
  const FoundingId id = key != nullptr ? key->id : signature->id;
  const std::optional<FoundingRow> before = TRY(find_founding(engine.db(), id));
  if (!before.has_value() || !before->is_ours()) return fail(kNoSuchOrganisation, "founding");
  if (TRY(is_concluded(engine, *before))) return Collected{CollectedSeat{id}};
  if (signature != nullptr && !before->proposal.has_value()) return fail(kNotReady, "founding");
  // The question was for whoever held the file: whose key came back is compared before it counts.
  if (key != nullptr && key_words != alert_key_words(key->alert_key))
    return Collected{CollectedKey{id, key->alert_key}};
  TRY(take_charter_message(engine, std::nullopt, carried.answer));
  if (key == nullptr) return Collected{CollectedSeat{id}};
  for (const SeatRow& seat : TRY(seats_of(engine.db(), id)))
    if (seat.key == key->alert_key) return Collected{CollectedSeat{id}};
  return fail(kBadSignature, "key for no seat that is asked by a file");
}

}  // namespace

Result<Collected> collect(Engine& engine, const Carried& carried,
                          const std::vector<std::string>& key_words) {
  return engine.in_transaction([&]() -> Result<Collected> {
    if (const auto* answer = std::get_if<CarriedAnswer>(&carried))
      return collect_answer(engine, *answer);
    if (const auto* seat = std::get_if<CarriedSeat>(&carried))
      return collect_seat(engine, *seat, key_words);
    return fail(kOtherFile, "a question, not an answer");
  });
}

}  // namespace tocsin
