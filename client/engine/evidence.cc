#include "client/engine/evidence.h"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "client/engine/custody.h"
#include "client/engine/evidence_places.h"
#include "client/engine/notices.h"
#include "client/engine/sending.h"
#include "crypto/base/overloaded.h"
#include "protocol/evidence/name.h"
#include "protocol/evidence/padding.h"

namespace tocsin {
namespace {

Status take_offer(Engine& engine, ContactId contact, const EvidenceOffer& offer) {
  if (TRY(count_offers(engine.db(), contact)) >= kMostOffers)
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

bool overlap(const EvidencePlaceRow& known, const EvidencePlace& place) {
  return known.first < place.first + place.frames && place.first < known.end();
}

// A place comes when its blob is made, and again, with the key to erase it, when that is full; in
// whichever order. It is where it was first said to be.
Status take_place(Engine& engine, const EvidenceRow& row, const EvidencePlace& place) {
  if (row.direction != EvidenceDirection::kReceived) return {};
  const std::uint64_t count = TRY(frames_of(row.length));
  if (place.first >= count || place.frames > count - place.first)
    return fail(kMalformed, "place of a file");
  std::vector<EvidencePlaceRow> known = TRY(places_of(engine.db(), row.id));
  for (EvidencePlaceRow& other : known) {
    if (other.first != place.first && overlap(other, place))
      return fail(kMalformed, "places over each other");
    if (other.first != place.first) continue;
    if (other.blob != place.blob || !place.owner.has_value()) return {};
    other.owner = place.owner->duplicate();
    return save_place(engine.db(), other);
  }
  if (is_over(row.standing)) return {};
  if (known.size() >= kMostPlaces)
    return note(engine, {NoticeKind::kNoRoom, row.contact,
                         static_cast<std::int64_t>(ContentKind::kEvidence)});
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

// What they have and can erase is theirs to erase; the rest is ours.
Status leave_to_them(Engine& engine, const EvidenceRow& row) {
  for (EvidencePlaceRow& place : TRY(places_of(engine.db(), row.id))) {
    if (place.gone || !place.told || place.end() > row.taken) continue;
    place.gone = true;
    TRY(save_place(engine.db(), place));
  }
  return {};
}

Status take_taken(Engine& engine, EvidenceRow row, const EvidenceTaken& taken) {
  if (row.direction != EvidenceDirection::kSent || taken.next > TRY(frames_of(row.length)))
    return {};
  row.taken = std::max(row.taken, taken.next);
  TRY(leave_to_them(engine, row));
  return update_evidence(engine.db(), row);
}

// Words of theirs end a transfer. What came of a file stays on this disk: only the person erases
// it.
Status take_result(Engine& engine, EvidenceRow row, const EvidenceResult& result) {
  const bool sent = row.direction == EvidenceDirection::kSent;
  if (is_over(row.standing)) return {};
  switch (result.outcome) {
    case EvidenceOutcome::kWhole:
    case EvidenceOutcome::kDifferent:
      // Only of what was told to be complete.
      if (!sent || row.standing != EvidenceStanding::kThere) return {};
      end_as(row, result.outcome == EvidenceOutcome::kWhole && result.content == row.content
                      ? EvidenceStanding::kWhole
                      : EvidenceStanding::kDifferent);
      row.taken = row.tree.count();
      TRY(leave_to_them(engine, row));
      break;
    case EvidenceOutcome::kRefused:
      if (!sent) return {};
      end_as(row, EvidenceStanding::kRefused);
      break;
    case EvidenceOutcome::kLost:
      end_as(row, EvidenceStanding::kGone);
      break;
    case EvidenceOutcome::kGivenUp:
      if (sent) return {};
      // What nobody wanted leaves nothing here.
      if (row.standing == EvidenceStanding::kOffered) return erase_evidence(engine.db(), row.id);
      end_as(row, EvidenceStanding::kGivenUp);
      break;
  }
  if (EvidencePort* port = engine.evidence(); port != nullptr) port->break_off(row.file);
  return update_evidence(engine.db(), row);
}

FileId file_of(const EvidenceMessage& message) {
  return std::visit([](const auto& said) { return said.file; }, message);
}

// The file that a received one grows in. An empty one of ours is what a kill left of the last try.
Status make_part(const std::string& path) {
  const Status made = create_private_file(path);
  if (made.has_value()) return sync_folder_of(path);
  if (made.error().code != kFileExists) return made;
  struct stat status{};
  const bool ours = ::lstat(path.c_str(), &status) == 0 && S_ISREG(status.st_mode) &&
                    status.st_size == 0 && status.st_nlink == 1 && status.st_uid == ::geteuid() &&
                    (status.st_mode & 0777U) == 0600;
  return ours ? Status{} : Status(fail(kFileInTheWay, "file that is received"));
}

}  // namespace

void end_as(EvidenceRow& row, EvidenceStanding standing) {
  row.standing = standing;
  row.fault = Code{};
  if (row.packed) row.dropped = row.path;
}

Status say_evidence(Engine& engine, ContactRow& contact, const EvidenceMessage& message) {
  // Nothing reaches them any more; what is done here with their files is done all the same.
  if (contact.standing == ContactStanding::kEnded) return {};
  const SecretBytes body = TRY(encode_evidence_message(message));
  static_cast<void>(
      TRY(queue_message(engine, contact, {ContentKind::kEvidence, body.expose(kExpose)})));
  return {};
}

Result<EvidenceNumber> offer_evidence(Engine& engine, EvidenceOrder order) {
  if (!TRY(can_store_evidence(engine))) return fail(kNoBulkPlane, "relays of ours");
  static_cast<void>(TRY(frames_of(order.length)));
  return engine.in_transaction([&]() -> Result<EvidenceNumber> {
    const EvidenceRow row{.contact = order.contact,
                          .direction = EvidenceDirection::kSent,
                          .file = engine.rng().draw<FileId>(),
                          .secret = FileSecret::random(engine.rng()),
                          .standing = EvidenceStanding::kMoving,
                          .name = order.name,
                          .note = order.note,
                          .path = order.path,
                          .packed = order.packed,
                          .length = order.length,
                          .mark = order.mark,
                          .inside = std::move(order.inside),
                          .rate = order.bytes_per_second,
                          .begun = engine.now()};
    const EvidenceNumber id = TRY(insert_evidence(engine.db(), row));
    ContactRow contact = TRY(load_contact(engine.db(), order.contact));
    TRY(say_evidence(
        engine, contact,
        EvidenceOffer{row.file, row.secret.duplicate(), row.length, row.name, row.note}));
    TRY(update_contact(engine.db(), contact));
    return id;
  });
}

Status want_evidence(Engine& engine, EvidenceNumber id, const std::string& part) {
  EvidenceRow row = TRY(load_evidence(engine.db(), id));
  if (row.direction != EvidenceDirection::kReceived || row.standing != EvidenceStanding::kOffered)
    return fail(kNotReady, "evidence");
  // Also one that is on its way out: two files never share a name.
  if (TRY(is_path_taken(engine.db(), part))) return fail(kFileInTheWay, "file that is received");
  TRY(make_part(part));
  row.path = part;
  row.standing = EvidenceStanding::kMoving;
  const Status wanted = engine.in_transaction([&] { return update_evidence(engine.db(), row); });
  if (!wanted.has_value()) static_cast<void>(::unlink(part.c_str()));  // empty
  return wanted;
}

namespace {

// The part of a file that never became whole.
bool has_part(const EvidenceRow& row) {
  return row.direction == EvidenceDirection::kReceived && !has_arrived(row.standing) &&
         row.path.ends_with(kPartEnding);
}

// Inside the caller's transaction.
Status cancel(Engine& engine, ContactRow& contact, EvidenceRow row) {
  const bool sent = row.direction == EvidenceDirection::kSent;
  const bool was_over = is_over(row.standing);
  if (EvidencePort* port = engine.evidence(); port != nullptr) port->break_off(row.file);
  if (has_part(row)) row.dropped = row.path;
  if (!was_over) end_as(row, sent ? EvidenceStanding::kGivenUp : EvidenceStanding::kRefused);
  TRY(update_evidence(engine.db(), row));
  if (was_over) return {};
  const EvidenceOutcome outcome = sent ? EvidenceOutcome::kGivenUp : EvidenceOutcome::kRefused;
  return say_evidence(engine, contact, EvidenceResult{row.file, outcome, {}});
}

}  // namespace

Status cancel_evidence(Engine& engine, EvidenceNumber id) {
  EvidenceRow row = TRY(load_evidence(engine.db(), id));
  if (is_over(row.standing) && !(has_part(row) && row.dropped.empty()))
    return fail(kNotReady, "evidence");
  return engine.in_transaction([&]() -> Status {
    ContactRow contact = TRY(load_contact(engine.db(), row.contact));
    TRY(cancel(engine, contact, std::move(row)));
    return update_contact(engine.db(), contact);
  });
}

Status cancel_evidence_with(Engine& engine, ContactRow& contact) {
  for (EvidenceRow& row : TRY(all_evidence(engine.db()))) {
    if (row.contact == contact.id && (!is_over(row.standing) || has_part(row)))
      TRY(cancel(engine, contact, std::move(row)));
  }
  return {};
}

Result<std::vector<std::string>> files_made_for(Engine& engine, ContactId contact) {
  std::vector<std::string> paths;
  for (const EvidenceRow& row : TRY(all_evidence(engine.db()))) {
    if (row.contact != contact) continue;
    if (!row.dropped.empty()) paths.push_back(row.dropped);
    if (has_part(row) || row.packed) paths.push_back(row.path);
  }
  return paths;
}

namespace {

// About a file that both know.
Status take_known(Engine& engine, ContactRow& contact, EvidenceRow row,
                  const EvidenceMessage& said) {
  return std::visit(
      Overloaded{
          [](const EvidenceOffer&) -> Status { return {}; },
          [&](const EvidencePlace& place) { return take_place(engine, row, place); },
          [&](const EvidenceEnd& end) { return take_end(engine, std::move(row), end); },
          [&](const EvidenceTaken& taken) { return take_taken(engine, std::move(row), taken); },
          [&](const EvidenceResult& result) { return take_result(engine, std::move(row), result); },
          [&](const EvidenceRecord& record) { return take_record(engine, contact, row, record); },
          [&](const EvidenceHandOver& asked) {
            return take_hand_over(engine, contact, row, asked);
          },
      },
      said);
}

// EVI-4.8: what came before its offer has waited for it.
Status take_what_waited(Engine& engine, ContactRow& contact, const FileId& file) {
  for (const SecretBytes& message : TRY(take_early(engine.db(), contact.id, file))) {
    const EvidenceMessage said = TRY(decode_evidence_message(message.expose(kExpose)));
    std::optional<EvidenceRow> row = TRY(find_evidence(engine.db(), file));
    if (!row.has_value()) return {};  // given up meanwhile
    TRY(take_known(engine, contact, std::move(*row), said));
  }
  return {};
}

}  // namespace

Status take_evidence(Engine& engine, ContactRow& contact, const IncomingMessage& message) {
  const BytesView body = message.body.expose(kExpose);
  const EvidenceMessage said = TRY(decode_evidence_message(body));
  const FileId file = file_of(said);
  std::optional<EvidenceRow> known = TRY(find_evidence(engine.db(), file));
  const auto* offer = std::get_if<EvidenceOffer>(&said);
  // Whoever names a file of somebody else's hears nothing of it.
  if (known.has_value())
    return known->contact == contact.id ? take_known(engine, contact, std::move(*known), said)
                                        : Status{};
  if (offer != nullptr) {
    TRY(take_offer(engine, contact.id, *offer));
    return take_what_waited(engine, contact, file);
  }
  if (TRY(count_early(engine.db(), contact.id)) >= kMostEarly)
    return note(engine, {NoticeKind::kNoRoom, contact.id,
                         static_cast<std::int64_t>(ContentKind::kEvidence)});
  return keep_early(engine.db(), contact.id, file, body);
}

}  // namespace tocsin
