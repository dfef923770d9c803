#include "client/engine/succession.h"

#include <algorithm>

#include "client/engine/sending.h"
#include "client/store/held_rows.h"
#include "protocol/alert/lookalike.h"
#include "protocol/alert/phrases/catalogue.h"
#include "protocol/alert/render.h"

namespace tocsin {
namespace {

// What the organisation is called between holders: the name that CHA-5.2 falls back to.
std::string english_name(const Charter& charter) {
  return charter_name(charter, language_code(Language::kEnglish));
}

const Holder* holder_named(const Charter& charter, std::string_view name) {
  const auto found = std::ranges::find(charter.holders, name, &Holder::name);
  return found == charter.holders.end() ? nullptr : &*found;
}

}  // namespace

Result<bool> signed_another(Engine& engine, const FoundingRow& founding) {
  for (const FoundingRow& other : TRY(all_foundings(engine.db()))) {
    if (other.id == founding.id || other.base != founding.base || !other.signed_by_us) continue;
    // The same charter, proposed by two at once: signing it twice makes no fork.
    const bool same = founding.proposal.has_value() && other.proposal.has_value() &&
                      founding.proposal->body == other.proposal->body;
    if (same) continue;
    if (!TRY(is_concluded(engine, other))) return true;
  }
  return false;
}

namespace {

Status save_seats(Engine& engine, const FoundingRow& founding, const SuccessionOrder& order,
                  const Charter& newest) {
  std::uint8_t seat = 0;
  for (const Holder& holder : newest.holders) {
    if (holder.name == order.removed) continue;
    TRY(save_seat(engine.db(), founding.id, {seat++, holder.name, std::nullopt, holder.alert_key}));
  }
  if (!order.added.has_value()) return {};
  return save_seat(engine.db(), founding.id,
                   {seat, order.added->name, order.added->contact, order.added->key});
}

// Whom to send the proposal to: everybody who may hold a key of the version before. It is kept with
// the founding, because a key of somebody new may come days later.
Status ask_all(Engine& engine, const FoundingRow& founding, const std::vector<ContactId>& more) {
  std::vector<ContactId> asked = TRY(colleagues_of(engine.db(), *founding.base));
  asked.insert(asked.end(), more.begin(), more.end());
  std::ranges::sort(asked);
  const auto [first, last] = std::ranges::unique(asked);
  asked.erase(first, last);
  const Charter next = TRY(decode_charter(founding.proposal->body));
  for (const ContactId contact : asked) {
    // Not who goes: whoever stole their key would be warned.
    const std::optional<SigningPublic> own = TRY(own_key_of(engine.db(), *founding.base, contact));
    if (own.has_value() && !holder_of(next.holders, *own).has_value()) continue;
    TRY(send_charter_message(engine, contact, CharterProposal{founding.id, *founding.proposal}));
  }
  return {};
}

}  // namespace

Result<FoundingId> begin_succession(Engine& engine, const SuccessionOrder& order) {
  return engine.in_transaction([&]() -> Result<FoundingId> {
    const std::optional<OrganisationRow> base =
        TRY(find_organisation(engine.db(), order.organisation));
    if (!base.has_value()) return fail(kNoSuchOrganisation, "succession");
    const Charter& newest = base->chain.newest().charter;
    if (!TRY(our_key_in(engine.db(), newest)).has_value()) return fail(kNotAHolder, "succession");
    const Holder* removed = holder_named(newest, order.removed);
    if (removed == nullptr) return fail(kNotFound, "holder");
    const std::size_t remaining =
        newest.holders.size() - 1 + (order.added.has_value() ? std::size_t{1} : std::size_t{0});
    if (remaining < newest.threshold) return fail(kBadCharter, "fewer holders than signatures");
    // CHA-8.1
    for (const Holder& holder : newest.holders) {
      if (order.added.has_value() && &holder != removed &&
          names_look_alike(holder.name, order.added->name))
        return fail(kBadCharter, "two holders alike");
    }
    FoundingRow founding{.id = engine.rng().draw<FoundingId>(),
                         .organisation = english_name(newest),
                         .threshold = newest.threshold,
                         .asked_by = std::nullopt,
                         .our_name = {},
                         .proposal = std::nullopt,
                         .signed_by_us = false,
                         .base = order.organisation};
    if (TRY(signed_another(engine, founding))) return fail(kSignedAnother, "succession");
    TRY(save_founding(engine.db(), founding));
    TRY(save_seats(engine, founding, order, newest));
    for (const ContactId contact : order.ask)
      TRY(save_colleague_to_ask(engine.db(), founding.id, contact));
    if (order.added.has_value() && order.added->contact.has_value() &&
        !order.added->key.has_value()) {
      TRY(send_charter_message(engine, *order.added->contact,
                               FoundingRequest{founding.id, founding.organisation,
                                               order.added->name, founding.threshold}));
    }
    TRY(propose_succession(engine, founding));
    return founding.id;
  });
}

Result<std::size_t> withdraw_successions(Engine& engine, const CharterId& organisation) {
  return engine.in_transaction([&]() -> Result<std::size_t> {
    std::size_t withdrawn = 0;
    for (const FoundingRow& founding : TRY(all_foundings(engine.db()))) {
      if (founding.base != organisation || TRY(is_concluded(engine, founding))) continue;
      TRY(erase_founding(engine.db(), founding.id));
      ++withdrawn;
    }
    return withdrawn;
  });
}

Status propose_succession(Engine& engine, FoundingRow& founding) {
  const OrganisationRow base = TRY(organisation_of(engine, *founding.base));
  const CharterChain::Link& newest = base.chain.newest();
  Charter next = newest.charter;
  next.version = newest.charter.version + 1;
  next.id = base.chain.id();
  next.previous = newest.hash;
  next.issued = engine.today();
  next.holders.clear();
  for (const SeatRow& seat : TRY(seats_of(engine.db(), founding.id))) {
    if (!seat.key.has_value()) return {};
    next.holders.push_back({seat.name, *seat.key});
  }
  // Another next charter was signed here since this one was begun: signing both would be a fork.
  if (TRY(signed_another(engine, founding))) return {};
  Bytes body = TRY(encode_charter(next));
  founding.proposal =
      Dsse{.kind = DocumentKind::kCharter, .body = std::move(body), .signatures = {}};
  for (const Holder& holder : newest.charter.holders) {
    const std::optional<SigningSecret> secret = TRY(find_holder_key(engine.db(), holder.alert_key));
    if (!secret.has_value()) continue;
    founding.proposal->signatures.push_back(
        sign_document(*secret, DocumentKind::kCharter, founding.proposal->body));
  }
  founding.signed_by_us = true;
  TRY(save_founding(engine.db(), founding));
  TRY(ask_all(engine, founding, TRY(colleagues_to_ask(engine.db(), founding.id))));
  return conclude_succession(engine, founding);
}

Status learn_colleague(Engine& engine, const CharterId& charter, const SigningPublic& key,
                       ContactId contact) {
  const std::optional<SigningPublic> own = TRY(own_key_of(engine.db(), charter, contact));
  const std::optional<ContactId> owner = TRY(owner_of(engine.db(), charter, key));
  if (own.value_or(key) != key || owner.value_or(contact) != contact) return {};
  return save_colleague(engine.db(), charter, key, contact, HolderReached::kThemselves);
}

Status forget_colleagues_who_left(Engine& engine, const CharterChain& chain,
                                  const std::vector<Holder>& before) {
  const std::vector<Holder>& now = chain.newest().charter.holders;
  for (const Holder& holder : before) {
    if (!holder_of(now, holder.alert_key).has_value())
      TRY(erase_colleague(engine.db(), chain.id(), holder.alert_key));
  }
  return {};
}

Status conclude_succession(Engine& engine, const FoundingRow& founding) {
  OrganisationRow base = TRY(organisation_of(engine, *founding.base));
  const Charter& newest = base.chain.newest().charter;
  if (signing_holders(*founding.proposal, newest).size() < newest.threshold) return {};
  const std::vector<Holder> before = newest.holders;
  if (TRY(base.chain.accept(*founding.proposal, engine.today())) == CharterChain::Accepted::kKnown)
    return {};
  TRY(save_organisation(engine.db(), base));
  TRY(forget_colleagues_who_left(engine, base.chain, before));
  for (const SeatRow& seat : TRY(seats_of(engine.db(), founding.id))) {
    if (seat.contact.has_value() && seat.key.has_value())
      TRY(save_colleague(engine.db(), base.chain.id(), *seat.key, *seat.contact,
                         HolderReached::kThemselves));
  }
  // Holders first; then whoever was shown an earlier version.
  std::vector<ContactId> told = TRY(colleagues_of(engine.db(), base.chain.id()));
  for (const ContactId contact : TRY(offered_to(engine.db(), base.chain.id())))
    told.push_back(contact);
  for (const ContactId id : told) {
    ContactRow contact = TRY(load_contact(engine.db(), id));
    TRY(offer_charter(engine, base.chain.id(), contact));
  }
  return {};
}

Status check_succession(const CharterChain& chain, const Dsse& proposal) {
  const Charter next = TRY(decode_charter(proposal.body));
  const CharterChain::Link& newest = chain.newest();
  if (next.version != newest.charter.version + 1 || next.previous != newest.hash)
    return fail(kNotReady, "another version than the next");
  if (next.threshold != newest.charter.threshold || next.names != newest.charter.names)
    return fail(kBadCharter, "a succession changes holders alone");
  // Who proposes has signed: nobody else collects signatures, one here and one there.
  if (signing_holders(proposal, newest.charter).empty())
    return fail(kTooFewSigners, "proposal of nobody who holds a key");
  return {};
}

Status take_succession(Engine& engine, const Sender& from, const CharterProposal& proposal) {
  const Charter next = TRY(decode_charter(proposal.envelope.body));
  const std::optional<OrganisationRow> base = TRY(find_organisation(engine.db(), next.id));
  if (!base.has_value()) return {};
  const CharterChain::Link& newest = base->chain.newest();
  if (next.version <= newest.charter.version) return {};
  const std::optional<SigningSecret> ours = TRY(our_key_in(engine.db(), newest.charter));
  if (!ours.has_value()) return {};
  const Status checked = check_succession(base->chain, proposal.envelope);
  if (!checked.has_value()) {
    // It overtook the charter before it: kept, if a colleague sent it, and checked before it is
    // signed.
    const std::vector<ContactId> colleagues = TRY(colleagues_of(engine.db(), next.id));
    const bool early = checked.error().code == kNotReady &&
                       next.version > newest.charter.version + 1 && from.has_value() &&
                       std::ranges::find(colleagues, *from) != colleagues.end();
    if (!early) return checked.error().code == kNotReady ? Status{} : checked;
  } else if (from.has_value()) {
    const std::vector<std::size_t> proposers = signing_holders(proposal.envelope, newest.charter);
    if (proposers.size() == 1)
      TRY(learn_colleague(engine, next.id, newest.charter.holders[proposers.front()].alert_key,
                          *from));
  }
  // CNT-7.2
  if (from.has_value() && !TRY(has_room_for_founding(engine.db(), *from)))
    return fail(kTooLarge, "foundings");
  const auto named =
      std::ranges::find(newest.charter.holders, signing_public_of(*ours), &Holder::alert_key);
  return save_founding(engine.db(), {.id = proposal.id,
                                     .organisation = english_name(newest.charter),
                                     .threshold = next.threshold,
                                     .asked_by = from,
                                     .by_file = !from.has_value(),
                                     .our_name = named->name,
                                     .proposal = proposal.envelope,
                                     .signed_by_us = false,
                                     .base = next.id});
}

}  // namespace tocsin
