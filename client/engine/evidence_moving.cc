// What the port is to do next.
#include <algorithm>

#include "client/engine/evidence.h"
#include "client/engine/evidence_places.h"
#include "client/engine/evidence_reports.h"
#include "client/engine/faults.h"
#include "protocol/evidence/padding.h"

namespace tocsin {
namespace {

constexpr std::int64_t kNotReachedMs = 30'000;

std::optional<AgeInside> inside_of(const EvidenceRow& row) {
  if (!row.inside.has_value()) return std::nullopt;
  return row.inside->duplicate();
}

Result<FramedFile> framed(const EvidenceRow& row) {
  const std::uint64_t count = TRY(frames_of(row.length));
  return FramedFile{row.file, row.secret.duplicate(), row.length, count};
}

const EvidencePlaceRow* place_with(const std::vector<EvidencePlaceRow>& places,
                                   std::uint64_t frame) {
  for (const EvidencePlaceRow& place : places) {
    if (place.first <= frame && frame < place.end()) return &place;
  }
  return nullptr;
}

// What lies at a relay though nobody needs it any more. Nothing of a file that the person never
// wanted: its places are a contact's words (EVI-4.4).
std::optional<EvidenceJob> erasing(const EvidenceRow& row,
                                   const std::vector<EvidencePlaceRow>& places) {
  const bool received = row.direction == EvidenceDirection::kReceived;
  if (row.path.empty()) return std::nullopt;
  for (const EvidencePlaceRow& place : places) {
    if (place.gone || !place.blob.has_value() || !place.owner.has_value()) continue;
    const bool taken = place.end() <= (received ? row.tree.count() : row.taken);
    if (taken || (is_over(row.standing) && !has_arrived(row.standing)))
      return EraseJob{row.file, place.first, place.relay, *place.blob, place.owner->duplicate()};
  }
  return std::nullopt;
}

// The first blob that is not full and sealed yet, whatever is in it already.
const EvidencePlaceRow* open_place(const std::vector<EvidencePlaceRow>& places) {
  const auto found = std::ranges::find_if(
      places, [](const EvidencePlaceRow& place) { return !place.told && !place.gone; });
  return found == places.end() ? nullptr : &*found;
}

Result<std::optional<EvidenceJob>> job_to_send(Engine& engine, const EvidenceRow& row) {
  FramedFile file = TRY(framed(row));
  if (!row.mark.has_value()) return fail(kDamaged, "mark of a file");
  std::vector<EvidencePlaceRow> places = TRY(places_of(engine.db(), row.id));
  const bool all_put = row.tree.count() == file.count;
  if (open_place(places) == nullptr && all_put)
    return std::optional<EvidenceJob>(
        HashJob{row.file, row.path, row.length, row.mark, inside_of(row)});
  if (open_place(places) == nullptr) {
    const bool made =
        TRY(engine.in_transaction([&] { return make_place(engine, row, kFramesAtOnce); }));
    if (!made) let_rest(engine, row.file, kNotReachedMs);
    places = TRY(places_of(engine.db(), row.id));
  }
  const EvidencePlaceRow* place = open_place(places);
  if (place == nullptr) return std::optional<EvidenceJob>();
  std::optional<RelayRow> relay = TRY(relay_at(engine, place->relay));
  if (!relay.has_value()) {
    let_rest(engine, row.file, kNotReachedMs);
    return std::optional<EvidenceJob>();
  }
  return std::optional<EvidenceJob>(SendJob{.file = std::move(file),
                                            .path = row.path,
                                            .mark = *row.mark,
                                            .inside = inside_of(row),
                                            .relay = std::move(*relay),
                                            .owner = place->owner->duplicate(),
                                            .first = place->first,
                                            .frames = place->frames,
                                            .tree = row.tree,
                                            .bytes_per_second = row.rate});
}

Result<std::optional<EvidenceJob>> job_to_receive(Engine& engine, const EvidenceRow& row) {
  FramedFile file = TRY(framed(row));
  if (row.tree.count() == file.count) {
    if (!row.content.has_value()) return std::optional<EvidenceJob>();
    return std::optional<EvidenceJob>(HashJob{row.file, row.path, row.length});
  }
  const std::vector<EvidencePlaceRow> places = TRY(places_of(engine.db(), row.id));
  const EvidencePlaceRow* place = place_with(places, row.tree.count());
  if (place == nullptr || !place->blob.has_value()) return std::optional<EvidenceJob>();
  return std::optional<EvidenceJob>(ReceiveJob{.file = std::move(file),
                                               .path = row.path,
                                               .relay = place->relay,
                                               .blob = *place->blob,
                                               .first = place->first,
                                               .frames = place->frames,
                                               .tree = row.tree});
}

// The next job of one file: what is to be fetched or sent, then what is to be erased.
Result<std::optional<EvidenceJob>> job_of(Engine& engine, const EvidenceRow& row) {
  if (is_resting(engine, row.file)) return std::optional<EvidenceJob>();
  if (!row.dropped.empty()) return std::optional<EvidenceJob>(DropJob{row.file, row.dropped});
  if (row.standing == EvidenceStanding::kMoving) {
    auto job = row.direction == EvidenceDirection::kSent ? TRY(job_to_send(engine, row))
                                                         : TRY(job_to_receive(engine, row));
    if (job.has_value()) return job;
  }
  return erasing(row, TRY(places_of(engine.db(), row.id)));
}

// Files have their turn one after the other, whichever had the last one.
Result<std::optional<EvidenceJob>> next_job(Engine& engine) {
  std::vector<EvidenceRow> rows = TRY(moving_evidence(engine.db()));
  const auto after = std::ranges::find_if(
      rows, [&](const EvidenceRow& row) { return row.id > engine.last_evidence(); });
  std::ranges::rotate(rows, after);
  for (const EvidenceRow& row : rows) {
    auto job = TRY(job_of(engine, row));
    if (!job.has_value()) continue;
    engine.note_evidence(row.id);
    return job;
  }
  return std::optional<EvidenceJob>();
}

}  // namespace

Result<bool> move_evidence(Engine& engine) {
  EvidencePort* port = engine.evidence();
  if (port == nullptr) return false;
  bool moved = false;
  for (const EvidenceReport& report : port->take_reports()) {
    moved = true;
    std::optional<EvidenceRow> row = TRY(find_evidence(engine.db(), report.file));
    if (!row.has_value()) continue;  // the contact was removed meanwhile
    const auto taken =
        engine.in_transaction([&] { return take_report(engine, report, std::move(*row)); });
    if (!taken.has_value()) {
      // The person moved the file away, or it cannot be named: only this one waits.
      if (is_local_fault(taken.error()) && taken.error().code != kFileFault)
        return fail(taken.error());
      let_rest(engine, report.file, kNotReachedMs);
    }
  }
  if (port->is_busy()) return moved;
  std::optional<EvidenceJob> job = TRY(next_job(engine));
  if (!job.has_value()) return moved;
  port->give(std::move(*job));
  return true;
}

}  // namespace tocsin
