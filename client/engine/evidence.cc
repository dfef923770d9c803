#include "client/engine/evidence.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "client/engine/notices.h"
#include "client/engine/sending.h"
#include "crypto/base/codec.h"
#include "crypto/base/overloaded.h"
#include "protocol/evidence/name.h"
#include "protocol/evidence/padding.h"

namespace tocsin {
namespace {

Bytes bytes_of(const FileMark& mark) {
  Writer writer;
  writer.integer(mark.length)
      .integer(static_cast<std::uint64_t>(mark.modified_seconds))
      .integer(static_cast<std::uint64_t>(mark.modified_nanoseconds))
      .integer(mark.inode)
      .integer(mark.device);
  return std::move(writer).take();
}

Result<bool> can_store_evidence(Engine& engine) {
  const std::vector<RelayRow> relays = TRY(all_relays(engine.db()));
  return std::ranges::any_of(
      relays, [](const RelayRow& relay) { return relay.is_in_use() && !relay.password.empty(); });
}

Status take_offer(Engine& engine, ContactId contact, const EvidenceOffer& offer) {
  const std::vector<EvidenceRow> known = TRY(all_evidence(engine.db()));
  const auto offers =
      static_cast<std::size_t>(std::ranges::count_if(known, [&](const EvidenceRow& row) {
        return row.contact == contact && row.standing == EvidenceStanding::kOffered;
      }));
  if (offers >= kMostOffers)
    return note(engine,
                {NoticeKind::kNoRoom, contact, static_cast<std::int64_t>(ContentKind::kEvidence)});
  const EvidenceRow row{.contact = contact,
                        .direction = EvidenceDirection::kReceived,
                        .file = offer.file,
                        .secret = offer.secret.duplicate(),
                        .standing = EvidenceStanding::kOffered,
                        .name = safe_file_name(offer.name),
                        .note = offer.note,
                        .path = {},
                        .length = offer.length,
                        .begun = engine.now()};
  static_cast<void>(TRY(insert_evidence(engine.db(), row)));
  return {};
}

Status take_place(Engine& engine, const EvidenceRow& row, const EvidencePlace& place) {
  if (row.direction != EvidenceDirection::kReceived || is_over(row.standing)) return {};
  const std::uint64_t count = TRY(frames_of(row.length));
  if (place.first >= count || place.frames > count - place.first)
    return fail(kMalformed, "place of a file");
  const std::vector<EvidencePlaceRow> known = TRY(places_of(engine.db(), row.id));
  if (std::ranges::find(known, place.first, &EvidencePlaceRow::first) != known.end()) return {};
  EvidencePlaceRow kept{.evidence = row.id,
                        .first = place.first,
                        .frames = place.frames,
                        .relay = place.relay,
                        .blob = place.blob};
  if (place.owner.has_value()) kept.owner = place.owner->duplicate();
  return save_place(engine.db(), kept);
}

Status take_end(Engine& engine, EvidenceRow row, const EvidenceEnd& end) {
  if (row.direction != EvidenceDirection::kReceived || row.content.has_value()) return {};
  row.content = end.content;
  row.root = end.root;
  return update_evidence(engine.db(), row);
}

Status take_taken(Engine& engine, EvidenceRow row, const EvidenceTaken& taken) {
  if (row.direction != EvidenceDirection::kSent || taken.next > row.tree.count()) return {};
  row.taken = std::max(row.taken, taken.next);
  for (EvidencePlaceRow& place : TRY(places_of(engine.db(), row.id))) {
    if (place.gone || place.end() > row.taken) continue;
    place.gone = true;  // they erase what they have
    TRY(save_place(engine.db(), place));
  }
  return update_evidence(engine.db(), row);
}

Status take_result(Engine& engine, EvidenceRow row, const EvidenceResult& result) {
  const bool sent = row.direction == EvidenceDirection::kSent;
  if (is_over(row.standing)) return {};
  switch (result.outcome) {
    case EvidenceOutcome::kWhole:
    case EvidenceOutcome::kDifferent:
      // Only of what was told to be complete.
      if (!sent || row.standing != EvidenceStanding::kThere) return {};
      row.standing = result.outcome == EvidenceOutcome::kWhole && result.content == row.content
                         ? EvidenceStanding::kWhole
                         : EvidenceStanding::kDifferent;
      row.taken = row.tree.count();
      for (EvidencePlaceRow& place : TRY(places_of(engine.db(), row.id))) {
        place.gone = true;  // they erased what they have
        TRY(save_place(engine.db(), place));
      }
      break;
    case EvidenceOutcome::kRefused:
      if (!sent) return {};
      row.standing = EvidenceStanding::kRefused;
      break;
    case EvidenceOutcome::kGivenUp:
      if (sent) return {};
      row.standing = EvidenceStanding::kGivenUp;
      drop_part(row.path);
      break;
  }
  if (EvidencePort* port = engine.evidence(); port != nullptr) port->break_off(row.file);
  return update_evidence(engine.db(), row);
}

FileId file_of(const EvidenceMessage& message) {
  return std::visit([](const auto& said) { return said.file; }, message);
}

}  // namespace

void drop_part(const std::string& path) {
  if (path.empty()) return;
  struct stat status{};
  if (::lstat(path.c_str(), &status) != 0) return;
  // Another name of a file that is whole must not be overwritten with it. What cannot be removed
  // stays: its owner sees it.
  if (S_ISREG(status.st_mode) && status.st_nlink == 1) {
    static_cast<void>(erase_file(path));
  } else {
    static_cast<void>(::unlink(path.c_str()));
  }
}

Status say_evidence(Engine& engine, ContactId contact, const EvidenceMessage& message) {
  const SecretBytes body = TRY(encode_evidence_message(message));
  ContactRow row = TRY(load_contact(engine.db(), contact));
  static_cast<void>(
      TRY(queue_message(engine, row, {ContentKind::kEvidence, body.expose(kExpose)})));
  return update_contact(engine.db(), row);
}

Result<EvidenceNumber> offer_evidence(Engine& engine, const EvidenceOrder& order) {
  if (!TRY(can_store_evidence(engine))) return fail(kNoBulkPlane, "relays of ours");
  static_cast<void>(TRY(frames_of(order.mark.length)));
  return engine.in_transaction([&]() -> Result<EvidenceNumber> {
    const EvidenceRow row{.contact = order.contact,
                          .direction = EvidenceDirection::kSent,
                          .file = engine.rng().draw<FileId>(),
                          .secret = FileSecret::random(engine.rng()),
                          .standing = EvidenceStanding::kMoving,
                          .name = order.name,
                          .note = order.note,
                          .path = order.path,
                          .length = order.mark.length,
                          .mark = bytes_of(order.mark),
                          .rate = order.bytes_per_second,
                          .begun = engine.now()};
    const EvidenceNumber id = TRY(insert_evidence(engine.db(), row));
    TRY(say_evidence(
        engine, order.contact,
        EvidenceOffer{row.file, row.secret.duplicate(), row.length, row.name, row.note}));
    return id;
  });
}

Status want_evidence(Engine& engine, EvidenceNumber id, const std::string& part) {
  EvidenceRow row = TRY(load_evidence(engine.db(), id));
  if (row.direction != EvidenceDirection::kReceived || row.standing != EvidenceStanding::kOffered)
    return fail(kNotReady, "evidence");
  const Status made = create_private_file(part);
  if (!made.has_value())
    return fail(made.error().code == kFileExists ? Error{kFileInTheWay, "file that is received"}
                                                 : made.error());
  row.path = part;
  row.standing = EvidenceStanding::kMoving;
  const Status wanted = engine.in_transaction([&] { return update_evidence(engine.db(), row); });
  if (!wanted.has_value()) drop_part(part);
  return wanted;
}

Status cancel_evidence(Engine& engine, EvidenceNumber id) {
  EvidenceRow row = TRY(load_evidence(engine.db(), id));
  if (is_over(row.standing)) return fail(kNotReady, "evidence");
  const bool sent = row.direction == EvidenceDirection::kSent;
  if (EvidencePort* port = engine.evidence(); port != nullptr) port->break_off(row.file);
  if (!sent) drop_part(row.path);
  row.standing = sent ? EvidenceStanding::kGivenUp : EvidenceStanding::kRefused;
  return engine.in_transaction([&]() -> Status {
    TRY(update_evidence(engine.db(), row));
    return say_evidence(
        engine, row.contact,
        EvidenceResult{row.file, sent ? EvidenceOutcome::kGivenUp : EvidenceOutcome::kRefused, {}});
  });
}

Status take_evidence(Engine& engine, const ContactRow& contact, const IncomingMessage& message) {
  const EvidenceMessage said = TRY(decode_evidence_message(message.body.expose(kExpose)));
  const std::optional<EvidenceRow> known =
      TRY(find_evidence(engine.db(), contact.id, file_of(said)));
  if (const auto* offer = std::get_if<EvidenceOffer>(&said); offer != nullptr) {
    // Whoever names a file of somebody else's hears nothing of it.
    if (known.has_value() || TRY(find_evidence(engine.db(), offer->file)).has_value()) return {};
    return take_offer(engine, contact.id, *offer);
  }
  if (!known.has_value()) return {};
  EvidenceRow row = TRY(load_evidence(engine.db(), known->id));
  return std::visit(
      Overloaded{
          [](const EvidenceOffer&) -> Status { return {}; },
          [&](const EvidencePlace& place) { return take_place(engine, row, place); },
          [&](const EvidenceEnd& end) { return take_end(engine, std::move(row), end); },
          [&](const EvidenceTaken& taken) { return take_taken(engine, std::move(row), taken); },
          [&](const EvidenceResult& result) { return take_result(engine, std::move(row), result); },
      },
      said);
}

}  // namespace tocsin
