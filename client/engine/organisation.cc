#include "client/engine/organisation.h"

#include <algorithm>

#include "client/engine/notices.h"
#include "client/engine/sending.h"
#include "client/engine/succession.h"
#include "client/store/held_rows.h"
#include "crypto/base/overloaded.h"
#include "protocol/alert/lookalike.h"
#include "protocol/alert/render.h"

namespace tocsin {
Result<OrganisationRow> organisation_of(Engine& engine, const CharterId& id) {
  std::optional<OrganisationRow> row = TRY(find_organisation(engine.db(), id));
  if (!row.has_value()) return fail(kNoSuchOrganisation, "charter");
  return std::move(*row);
}

Status send_charter_message(Engine& engine, ContactId to, const CharterMessage& message) {
  ContactRow contact = TRY(load_contact(engine.db(), to));
  if (!can_be_written_to(contact)) return {};
  const Bytes content = TRY(encode_charter_message(message));
  TRY(queue_message(engine, contact, {ContentKind::kCharter, content}));
  return {};
}

namespace {

// Who must sign: a new organisation its own holders, a next version those of the one before.
Result<Charter> signers_of(Engine& engine, const FoundingRow& founding) {
  if (!founding.base.has_value()) return decode_charter(founding.proposal->body);
  return TRY(organisation_of(engine, *founding.base)).chain.newest().charter;
}

// Adds a signature if it is new and by one who must sign.
Status add_signature(Engine& engine, FoundingRow& founding, const DsseSignature& signature) {
  Dsse with = *founding.proposal;
  if (std::find(with.signatures.begin(), with.signatures.end(), signature) != with.signatures.end())
    return {};
  with.signatures.push_back(signature);
  const Charter charter = TRY(signers_of(engine, founding));
  if (signing_holders(with, charter).size() <=
      signing_holders(*founding.proposal, charter).size()) {
    return fail(kBadSignature, "charter signature");
  }
  founding.proposal = std::move(with);
  return {};
}

// Our own and our colleagues' organisation: nobody needs to confirm to himself what he signed.
Status conclude(Engine& engine, const FoundingRow& founding) {
  if (founding.base.has_value()) return conclude_succession(engine, founding);
  const Charter charter = TRY(decode_charter(founding.proposal->body));
  if (signing_holders(*founding.proposal, charter).size() < charter.threshold) return {};
  const CharterId id = charter_id_of(founding.proposal->body);
  const OrganisationRow organisation{
      .chain = TRY(CharterChain::found(*founding.proposal, id, engine.today())),
      .petname = {},
      .confirmed = ConfirmedBy::kFile,
      .confirmed_on = engine.today(),
      .offered_by = std::nullopt};
  if (!TRY(find_organisation(engine.db(), id)).has_value())
    TRY(save_organisation(engine.db(), organisation));
  for (const SeatRow& seat : TRY(seats_of(engine.db(), founding.id))) {
    if (!seat.contact.has_value() || !seat.key.has_value()) continue;
    TRY(save_colleague(engine.db(), id, *seat.key, *seat.contact, HolderReached::kThemselves));
    ContactRow contact = TRY(load_contact(engine.db(), *seat.contact));
    TRY(offer_charter(engine, id, contact));
  }
  return {};
}

// All keys are there: the charter is written, signed with the keys of this vault, and sent for
// signing.
Status propose(Engine& engine, FoundingRow& founding) {
  if (founding.base.has_value()) return propose_succession(engine, founding);
  Charter charter;
  charter.issued = engine.today();
  charter.threshold = founding.threshold;
  charter.names = {{TRY(LanguageCode::from(as_bytes("en"))), founding.organisation}};
  const std::vector<SeatRow> seats = TRY(seats_of(engine.db(), founding.id));
  for (const SeatRow& seat : seats) {
    if (!seat.key.has_value()) return {};
    charter.holders.push_back({seat.name, *seat.key});
  }
  Bytes body = TRY(encode_charter(charter));
  founding.proposal =
      Dsse{.kind = DocumentKind::kCharter, .body = std::move(body), .signatures = {}};
  for (const SeatRow& seat : seats) {
    const std::optional<SigningSecret> secret = TRY(find_holder_key(engine.db(), *seat.key));
    if (secret.has_value()) {
      founding.proposal->signatures.push_back(
          sign_document(*secret, DocumentKind::kCharter, founding.proposal->body));
    }
  }
  founding.signed_by_us = true;
  TRY(save_founding(engine.db(), founding));
  for (const SeatRow& seat : seats) {
    if (seat.contact.has_value())
      TRY(send_charter_message(engine, *seat.contact,
                               CharterProposal{founding.id, *founding.proposal}));
  }
  return conclude(engine, founding);
}

Status take_request(Engine& engine, const Sender& from, const FoundingRequest& request) {
  if (TRY(find_founding(engine.db(), request.id)).has_value()) return {};
  // CNT-7.2
  if (from.has_value() && !TRY(has_room_for_founding(engine.db(), *from)))
    return fail(kTooLarge, "foundings");
  return save_founding(engine.db(), {.id = request.id,
                                     .organisation = request.organisation,
                                     .threshold = request.threshold,
                                     .asked_by = from,
                                     .by_file = !from.has_value(),
                                     .our_name = request.holder,
                                     .proposal = std::nullopt,
                                     .signed_by_us = false});
}

Status take_key(Engine& engine, const Sender& from, const FoundingKey& key) {
  std::optional<FoundingRow> founding = TRY(find_founding(engine.db(), key.id));
  if (!founding.has_value() || !founding->is_ours() || founding->proposal.has_value()) return {};
  for (SeatRow& seat : TRY(seats_of(engine.db(), key.id))) {
    if (seat.contact != from || seat.key.has_value()) continue;
    const Status fits =
        check_founding_key({key.id, founding->organisation, seat.name, founding->threshold}, key);
    // Of several seats that are asked by files the proof tells which one answers.
    if (!fits.has_value() && !from.has_value()) continue;
    TRY(fits);
    seat.key = key.alert_key;
    TRY(save_seat(engine.db(), key.id, seat));
    return propose(engine, *founding);
  }
  return {};
}

// A charter we are asked to sign: kept only when it is what we were asked for and names our key by
// our name.
Status take_proposal(Engine& engine, const Sender& from, const CharterProposal& proposal) {
  std::optional<FoundingRow> founding = TRY(find_founding(engine.db(), proposal.id));
  if (!founding.has_value()) return take_succession(engine, from, proposal);
  if (founding->is_ours() || founding->asked_by != from || founding->proposal.has_value())
    return {};
  const Charter charter = TRY(decode_charter(proposal.envelope.body));
  // Under the name, the only one, that the person was asked about: nobody signs what he did not
  // see.
  if (charter.version != 1 || charter.threshold != founding->threshold ||
      charter.names.size() != 1 || charter.names.front().name != founding->organisation)
    return fail(kBadCharter, "proposal");
  // The key made for this founding, and no other of this vault.
  const std::optional<SigningPublic> ours = TRY(holder_key_of(engine.db(), founding->id));
  const std::optional<std::size_t> place =
      ours.has_value() ? holder_of(charter.holders, *ours) : std::nullopt;
  if (!place.has_value() || charter.holders[*place].name != founding->our_name)
    return fail(kBadCharter, "proposal without our key");
  founding->proposal = proposal.envelope;
  return save_founding(engine.db(), *founding);
}

Status take_signature(Engine& engine, const Sender& from, const CharterSignature& signature) {
  std::optional<FoundingRow> founding = TRY(find_founding(engine.db(), signature.id));
  if (!founding.has_value() || !founding->is_ours() || !founding->proposal.has_value()) return {};
  const std::vector<SeatRow> seats = TRY(seats_of(engine.db(), signature.id));
  const bool seated =
      !from.has_value() || std::ranges::find(seats, from, &SeatRow::contact) != seats.end();
  // Of a next version the signature itself tells that a holder made it.
  if (!seated && !founding->base.has_value()) return {};
  TRY(add_signature(engine, *founding, signature.signature));
  TRY(save_founding(engine.db(), *founding));
  // Who signs with a holder's key is that holder.
  if (from.has_value() && founding->base.has_value()) {
    const Charter signers = TRY(signers_of(engine, *founding));
    const Dsse alone{DocumentKind::kCharter, founding->proposal->body, {signature.signature}};
    for (const std::size_t holder : signing_holders(alone, signers))
      TRY(learn_colleague(engine, *founding->base, signers.holders[holder].alert_key, *from));
  }
  return conclude(engine, *founding);
}

// Whether the key made for a founding is among a charter's.
Result<bool> holds_key_of(Engine& engine, const FoundingRow& founding, const Charter& charter) {
  const std::optional<SigningPublic> key = TRY(holder_key_of(engine.db(), founding.id));
  return key.has_value() && holder_of(charter.holders, *key).has_value();
}

// A charter somebody shows us: kept, never confirmed by that.
Status take_offer(Engine& engine, const Sender& from, const CharterOffer& offer) {
  CharterChain offered = TRY(CharterChain::from_offer(offer.chain, offer.id, engine.today()));
  std::optional<OrganisationRow> known = TRY(find_organisation(engine.db(), offer.id));
  if (!known.has_value()) {
    // CNT-7.2
    if (from.has_value() && !TRY(has_room_for_organisation(engine.db(), *from)))
      return fail(kTooLarge, "organisations");
    OrganisationRow row{.chain = std::move(offered),
                        .petname = {},
                        .confirmed = ConfirmedBy::kNothing,
                        .confirmed_on = {},
                        .offered_by = from};
    for (const FoundingRow& founding : TRY(all_foundings(engine.db()))) {
      // The charter we signed ourselves, now with enough signatures.
      const bool ours = founding.signed_by_us && founding.proposal.has_value() &&
                        charter_id_of(founding.proposal->body) == offer.id;
      // A key given to an organisation that was there already: its words are still to be compared.
      const bool joined = !ours && !founding.is_ours() && founding.asked_by == from &&
                          TRY(holds_key_of(engine, founding, row.chain.newest().charter));
      if (!ours && !joined) continue;
      if (ours) {
        row.confirmed = ConfirmedBy::kFile;
        row.confirmed_on = engine.today();
      }
      if (founding.asked_by.has_value()) {
        for (const Holder& holder : row.chain.newest().charter.holders) {
          if (TRY(find_holder_key(engine.db(), holder.alert_key)).has_value()) continue;
          // Whoever founds stands first in version 1.
          const bool founder =
              ours && holder.alert_key == row.chain.links().front().charter.holders[0].alert_key;
          TRY(save_colleague(engine.db(), offer.id, holder.alert_key, *founding.asked_by,
                             founder ? HolderReached::kThemselves : HolderReached::kThrough));
        }
      }
    }
    return save_organisation(engine.db(), row);
  }
  bool changed = false;
  const std::vector<Holder> before = known->chain.newest().charter.holders;
  for (const CharterChain::Link& link : offered.links()) {
    const Result<CharterChain::Accepted> taken = known->chain.accept(link.envelope, engine.today());
    if (!taken.has_value() && taken.error().code == kCharterFork) {
      // CHA-4.4: its holders signed two charters of one version. The one here stays.
      return from.has_value() ? note(engine, {NoticeKind::kCharterFork, from, 0})
                              : Status(fail(taken.error()));
    }
    changed |= TRY(taken) == CharterChain::Accepted::kNew;
  }
  if (!changed) return {};
  TRY(forget_colleagues_who_left(engine, known->chain, before));
  // Who came is reached through the colleague who told us, until something of their own is signed;
  // a charter is shown to targets too, and they are no way to a holder.
  const std::vector<ContactId> colleagues = TRY(colleagues_of(engine.db(), offer.id));
  const bool by_colleague =
      from.has_value() && std::ranges::find(colleagues, *from) != colleagues.end();
  const Charter& newest = known->chain.newest().charter;
  if (by_colleague && TRY(our_key_in(engine.db(), newest)).has_value()) {
    for (const Holder& holder : newest.holders) {
      const bool came = !holder_of(before, holder.alert_key).has_value();
      if (came && !TRY(find_holder_key(engine.db(), holder.alert_key)).has_value())
        TRY(save_colleague(engine.db(), offer.id, holder.alert_key, *from,
                           HolderReached::kThrough));
    }
  }
  // Who carries a file has it shown on the spot.
  if (from.has_value()) TRY(note(engine, {NoticeKind::kNewSigners, from, 0}));
  return save_organisation(engine.db(), *known);
}

}  // namespace

Result<FoundingId> found_organisation(Engine& engine, const FoundingOrder& order) {
  // CHA-8.1: no reader could tell them apart.
  std::vector<std::string_view> names{order.our_name};
  for (const SeatOrder& other : order.others) {
    for (const std::string_view name : names)
      if (names_look_alike(name, other.name)) return fail(kBadCharter, "two holders alike");
    names.emplace_back(other.name);
  }
  return engine.in_transaction([&]() -> Result<FoundingId> {
    FoundingRow founding{.id = engine.rng().draw<FoundingId>(),
                         .organisation = order.organisation,
                         .threshold = order.threshold,
                         .asked_by = std::nullopt,
                         .our_name = order.our_name,
                         .proposal = std::nullopt,
                         .signed_by_us = false};
    TRY(save_founding(engine.db(), founding));
    const SigningSecret ours = SigningSecret::random(engine.rng());
    TRY(insert_holder_key(engine.db(), ours, founding.id));
    TRY(save_seat(engine.db(), founding.id,
                  {0, order.our_name, std::nullopt, signing_public_of(ours)}));
    std::uint8_t seat = 1;
    for (const SeatOrder& other : order.others) {
      TRY(save_seat(engine.db(), founding.id, {seat++, other.name, other.contact, other.key}));
      if (!other.contact.has_value()) continue;
      TRY(send_charter_message(
          engine, *other.contact,
          FoundingRequest{founding.id, order.organisation, other.name, order.threshold}));
    }
    TRY(propose(engine, founding));
    return founding.id;
  });
}

Result<bool> is_concluded(Engine& engine, const FoundingRow& founding) {
  if (!founding.proposal.has_value()) {
    // The key was for an organisation that was there already, and is in its charter now.
    for (const OrganisationRow& row : TRY(all_organisations(engine.db()))) {
      if (!founding.is_ours() && TRY(holds_key_of(engine, founding, row.chain.newest().charter)))
        return true;
    }
    return false;
  }
  if (founding.base.has_value()) {
    const std::optional<OrganisationRow> base = TRY(find_organisation(engine.db(), *founding.base));
    // Overtaken by another next version is as good as concluded: nobody needs to sign it any more.
    return base.has_value() && base->chain.newest().charter.version >=
                                   TRY(decode_charter(founding.proposal->body)).version;
  }
  return TRY(find_organisation(engine.db(), charter_id_of(founding.proposal->body))).has_value();
}

namespace {

// The charter it follows may have come after it.
Status check_next(Engine& engine, const FoundingRow& founding) {
  // What was signed here was checked then, and is not the next version any more.
  if (founding.signed_by_us) return {};
  return check_succession(TRY(organisation_of(engine, *founding.base)).chain, *founding.proposal);
}

}  // namespace

Result<Part> take_part(Engine& engine, const FoundingId& id) {
  return engine.in_transaction([&]() -> Result<Part> {
    std::optional<FoundingRow> founding = TRY(find_founding(engine.db(), id));
    if (!founding.has_value()) return fail(kNoSuchOrganisation, "founding");
    if (founding->is_ours() || (founding->signed_by_us && !founding->by_file)) return Part{};
    const auto give = [&](FoundingStep step, const CharterMessage& answer) -> Result<Part> {
      if (founding->by_file) return Part{step, answer};
      TRY(send_charter_message(engine, *founding->asked_by, answer));
      return Part{step, std::nullopt};
    };
    if (founding->proposal.has_value()) {
      if (!founding->signed_by_us && TRY(is_concluded(engine, *founding))) return Part{};
      if (founding->base.has_value()) {
        TRY(check_next(engine, *founding));
        if (TRY(signed_another(engine, *founding))) return fail(kSignedAnother, "succession");
      }
      const Charter charter = TRY(signers_of(engine, *founding));
      const std::optional<SigningSecret> secret = TRY(our_key_in(engine.db(), charter));
      if (!secret.has_value()) return fail(kNotAHolder, "founding");
      const DsseSignature signature =
          sign_document(*secret, DocumentKind::kCharter, founding->proposal->body);
      founding->signed_by_us = true;
      TRY(save_founding(engine.db(), *founding));
      return give(FoundingStep::kCharterSigned, CharterSignature{id, signature});
    }
    std::optional<SigningSecret> secret = TRY(holder_secret_of(engine.db(), id));
    if (secret.has_value() && !founding->by_file) return Part{};
    if (!secret.has_value()) {
      secret = SigningSecret::random(engine.rng());
      TRY(insert_holder_key(engine.db(), *secret, id));
    }
    return give(FoundingStep::kKeyGiven, answer_founding({id, founding->organisation,
                                                          founding->our_name, founding->threshold},
                                                         *secret));
  });
}

Status sign_founding_with(Engine& engine, const FoundingId& id, const SigningSecret& secret) {
  return engine.in_transaction([&]() -> Status {
    std::optional<FoundingRow> founding = TRY(find_founding(engine.db(), id));
    if (!founding.has_value()) return fail(kNoSuchOrganisation, "founding");
    if (!founding->is_ours() || !founding->proposal.has_value()) return fail(kNotReady, "founding");
    TRY(add_signature(engine, *founding,
                      sign_document(secret, DocumentKind::kCharter, founding->proposal->body)));
    TRY(save_founding(engine.db(), *founding));
    return conclude(engine, *founding);
  });
}

Status offer_charter(Engine& engine, const CharterId& charter, ContactRow& contact) {
  if (!can_be_written_to(contact)) return {};  // who ended it stops nothing of the others'
  const std::optional<OrganisationRow> organisation = TRY(find_organisation(engine.db(), charter));
  if (!organisation.has_value()) return fail(kNoSuchOrganisation, "offer");
  const std::uint32_t version = organisation->chain.newest().charter.version;
  if (TRY(offered_version(engine.db(), charter, contact.id)) >= version) return {};
  const Bytes content =
      TRY(encode_charter_message(CharterOffer{charter, organisation->chain.to_offer()}));
  TRY(queue_message(engine, contact, {ContentKind::kCharter, content}));
  return save_offered(engine.db(), charter, contact.id, version);
}

Status confirm_organisation(Engine& engine, const Confirmation& confirmation) {
  return engine.in_transaction([&]() -> Status {
    std::optional<OrganisationRow> organisation =
        TRY(find_organisation(engine.db(), confirmation.charter));
    if (!organisation.has_value()) return fail(kNoSuchOrganisation, "confirm");
    if (confirmation.words != organisation_words(confirmation.charter))
      return fail(kNotConfirmed, "words");
    organisation->confirmed = confirmation.how;
    organisation->confirmed_on = engine.today();
    return save_organisation(engine.db(), *organisation);
  });
}

Status take_charter(Engine& engine, ContactRow& contact, const IncomingMessage& message) {
  const CharterMessage decoded = TRY(decode_charter_message(message.body.expose(kExpose)));
  // Handlers queue messages to contacts: this contact's row is written first and read again after.
  TRY(update_contact(engine.db(), contact));
  TRY(take_charter_message(engine, contact.id, decoded));
  contact = TRY(load_contact(engine.db(), contact.id));
  return {};
}

Status take_charter_message(Engine& engine, const Sender& from, const CharterMessage& message) {
  return std::visit(
      Overloaded{
          [&](const FoundingRequest& request) { return take_request(engine, from, request); },
          [&](const FoundingKey& key) { return take_key(engine, from, key); },
          [&](const CharterProposal& proposal) { return take_proposal(engine, from, proposal); },
          [&](const CharterSignature& signature) {
            return take_signature(engine, from, signature);
          },
          [&](const CharterOffer& offer) { return take_offer(engine, from, offer); },
      },
      message);
}

std::vector<KnownOrganisation> known_organisations(const std::vector<OrganisationRow>& rows) {
  std::vector<KnownOrganisation> known;
  known.reserve(rows.size());
  for (const OrganisationRow& row : rows) {
    known.push_back({&row.chain, row.confirmed, row.confirmed_on, row.petname});
  }
  return known;
}

}  // namespace tocsin
