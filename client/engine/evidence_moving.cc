// What the port did with the frames of files, and what it is to do next.
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "client/engine/evidence.h"
#include "client/engine/faults.h"
#include "crypto/base/codec.h"
#include "crypto/base/overloaded.h"
#include "crypto/box/agree.h"
#include "protocol/evidence/padding.h"

namespace tocsin {
namespace {

// After a job that came to nothing, by why.
constexpr std::int64_t kNotThereYetMs = 5'000;
constexpr std::int64_t kNotReachedMs = 30'000;
constexpr std::int64_t kNoRoomMs = 30'000;
// Of a relay with less room than that nothing is asked.
constexpr std::uint32_t kLeastFrames = 8;

Result<FileMark> mark_of(const EvidenceRow& row) {
  Reader reader(row.mark);
  FileMark mark;
  mark.length = reader.integer<std::uint64_t>();
  mark.modified_seconds = static_cast<std::int64_t>(reader.integer<std::uint64_t>());
  mark.modified_nanoseconds = static_cast<std::int64_t>(reader.integer<std::uint64_t>());
  mark.inode = reader.integer<std::uint64_t>();
  mark.device = reader.integer<std::uint64_t>();
  TRY(reader.finish("mark of a file"));
  return mark;
}

Result<FramedFile> framed(const EvidenceRow& row) {
  const std::uint64_t count = TRY(frames_of(row.length));
  return FramedFile{row.file, row.secret.duplicate(), row.length, count};
}

void rest(Engine& engine, const FileId& file, std::int64_t milliseconds) {
  engine.resting_files()[file] = milliseconds_after(engine.now(), milliseconds);
}

// The first relay of ours that may store evidence.
Result<std::optional<RelayRow>> relay_for_evidence(Engine& engine) {
  for (RelayRow& relay : TRY(all_relays(engine.db()))) {
    if (relay.is_in_use() && !relay.password.empty()) return std::optional(std::move(relay));
  }
  return std::optional<RelayRow>();
}

Result<std::optional<RelayRow>> relay_at(Engine& engine, const RelayAddress& address) {
  for (RelayRow& relay : TRY(all_relays(engine.db()))) {
    if (relay.address == address) return std::optional(std::move(relay));
  }
  return std::optional<RelayRow>();
}

bool is_same_file(const Path& one, const Path& other) {
  struct stat first{};
  struct stat second{};
  return ::lstat(one.c_str(), &first) == 0 && ::lstat(other.c_str(), &second) == 0 &&
         first.st_ino == second.st_ino && first.st_dev == second.st_dev;
}

// A file that is complete gets its name, or that name with a number, beside the one it grew under,
// and can be written no more. Repeatable: the row that says so may not become durable.
Status give_name(EvidenceRow& row) {
  const Path part(row.path);
  if (::chmod(part.c_str(), 0400) != 0) return fail_with_errno("file that is received");
  Path whole = part;
  whole.replace_extension();  // .part
  for (int number = 2; ::link(part.c_str(), whole.c_str()) != 0; ++number) {
    if (errno != EEXIST) return fail_with_errno("name of a file that is received");
    if (is_same_file(part, whole)) break;
    whole = part.parent_path() / (part.stem().stem().string() + " (" + std::to_string(number) +
                                  ")" + part.stem().extension().string());
  }
  row.path = whole.string();
  return sync_folder_of(whole);
}

class Reported {
 public:
  Reported(Engine& engine, const EvidenceReport& report, EvidenceRow row)
      : engine_(engine), report_(report), row_(std::move(row)) {}

  // The name it grew under, once the row with the other one is durable.
  const std::optional<std::string>& former_name() const { return former_name_; }
  Status take() {
    return std::visit([this](const auto& what) { return on(what); }, report_.what);
  }

 private:
  bool is_sent() const { return row_.direction == EvidenceDirection::kSent; }
  Status save() { return update_evidence(engine_.db(), row_); }
  Result<std::optional<EvidencePlaceRow>> place() {
    for (EvidencePlaceRow& place : TRY(places_of(engine_.db(), row_.id))) {
      if (place.first == report_.first) return std::optional(std::move(place));
    }
    return std::optional<EvidencePlaceRow>();
  }

  // The place is told once, when it is known: in the transaction that keeps it.
  Status on(const BlobMade& made) {
    std::optional<EvidencePlaceRow> place = TRY(this->place());
    if (!place.has_value() || place->blob.has_value()) return {};
    place->blob = made.blob;
    TRY(save_place(engine_.db(), *place));
    if (is_over(row_.standing)) return {};  // it is known now, and erased
    return say_evidence(engine_, row_.contact,
                        EvidencePlace{row_.file, place->first, place->frames, place->relay,
                                      made.blob, place->owner->duplicate()});
  }
  Status on(const BlobFull& full) {
    TRY(erase_place(engine_.db(), row_.id, report_.first));
    if (is_over(row_.standing)) return {};
    if (full.frames >= kLeastFrames) return make_place(engine_, row_, full.frames);
    rest(engine_, row_.file, kNoRoomMs);
    return {};
  }
  Status on(const FramesMoved& moved) {
    if (is_over(row_.standing) || moved.tree.count() <= row_.tree.count()) return {};
    row_.tree = moved.tree;
    return save();
  }
  Status on(const FileHashed& hashed) {
    if (is_over(row_.standing)) return {};
    if (is_sent()) {
      row_.content = hashed.content;
      row_.root = row_.tree.root();
      row_.standing = EvidenceStanding::kThere;
      TRY(save());
      return say_evidence(engine_, row_.contact, EvidenceEnd{row_.file, *row_.content, *row_.root});
    }
    const bool whole = row_.content == hashed.content && row_.root == row_.tree.root();
    row_.standing = whole ? EvidenceStanding::kWhole : EvidenceStanding::kDifferent;
    former_name_ = row_.path;
    TRY(give_name(row_));
    TRY(save());
    return say_evidence(
        engine_, row_.contact,
        EvidenceResult{row_.file, whole ? EvidenceOutcome::kWhole : EvidenceOutcome::kDifferent,
                       hashed.content});
  }
  Status on(const BlobErased&) {
    std::optional<EvidencePlaceRow> place = TRY(this->place());
    if (!place.has_value()) return {};
    place->gone = true;
    return save_place(engine_.db(), *place);
  }
  Status on(const JobDone&) {
    if (is_sent() || is_over(row_.standing)) return {};
    return say_evidence(engine_, row_.contact, EvidenceTaken{row_.file, row_.tree.count()});
  }
  Status on(const JobWaits&) {
    rest(engine_, row_.file, kNotThereYetMs);
    return {};
  }
  Status on(const JobFailed& failed) {
    rest(engine_, row_.file, kNotReachedMs);
    const Code code = failed.error.code;
    if (is_over(row_.standing)) return {};
    if (is_sent() && (code == kFileChanged || code == kNoSuchFile)) {
      row_.standing = EvidenceStanding::kChanged;
      TRY(save());
      return say_evidence(engine_, row_.contact,
                          EvidenceResult{row_.file, EvidenceOutcome::kGivenUp, {}});
    }
    if (is_sent() && code == kBlobGone) return erase_place(engine_.db(), row_.id, report_.first);
    // What is lost at the relay, or does not open, cannot be had again.
    if (!is_sent() && (code == kBlobGone || code == kBadCiphertext)) {
      row_.standing = EvidenceStanding::kGone;
      drop_part(row_.path);
      TRY(save());
      return say_evidence(engine_, row_.contact,
                          EvidenceResult{row_.file, EvidenceOutcome::kRefused, {}});
    }
    return {};
  }

 public:
  // The next frames of a file get a blob of their own.
  static Status make_place(Engine& engine, const EvidenceRow& row, std::uint32_t most) {
    const std::optional<RelayRow> relay = TRY(relay_for_evidence(engine));
    if (!relay.has_value()) {
      rest(engine, row.file, kNotReachedMs);
      return {};
    }
    const std::uint64_t left = TRY(frames_of(row.length)) - row.tree.count();
    const auto frames =
        static_cast<std::uint32_t>(std::min<std::uint64_t>({left, most, kFramesAtOnce}));
    return save_place(engine.db(), {.evidence = row.id,
                                    .first = row.tree.count(),
                                    .frames = frames,
                                    .relay = relay->address,
                                    .owner = OwnerSecret::random(engine.rng())});
  }

 private:
  Engine& engine_;
  const EvidenceReport& report_;
  EvidenceRow row_;
  std::optional<std::string> former_name_;
};

const EvidencePlaceRow* place_with(const std::vector<EvidencePlaceRow>& places,
                                   std::uint64_t frame) {
  for (const EvidencePlaceRow& place : places) {
    if (place.first <= frame && frame < place.end()) return &place;
  }
  return nullptr;
}

// What lies at a relay though nobody needs it any more.
std::optional<EvidenceJob> erasing(const EvidenceRow& row,
                                   const std::vector<EvidencePlaceRow>& places) {
  const bool received = row.direction == EvidenceDirection::kReceived;
  for (const EvidencePlaceRow& place : places) {
    if (place.gone || !place.blob.has_value() || !place.owner.has_value()) continue;
    const bool taken = received && place.end() <= row.tree.count();
    const bool over = is_over(row.standing) && row.standing != EvidenceStanding::kWhole &&
                      row.standing != EvidenceStanding::kDifferent;
    if (taken || over)
      return EraseJob{row.file, place.first, place.relay, *place.blob, place.owner->duplicate()};
  }
  return std::nullopt;
}

Result<std::optional<EvidenceJob>> job_to_send(Engine& engine, const EvidenceRow& row) {
  FramedFile file = TRY(framed(row));
  const FileMark mark = TRY(mark_of(row));
  if (row.tree.count() == file.count)
    return std::optional<EvidenceJob>(HashJob{row.file, row.path, row.length, mark});
  if (place_with(TRY(places_of(engine.db(), row.id)), row.tree.count()) == nullptr) {
    TRY(engine.in_transaction([&] { return Reported::make_place(engine, row, kFramesAtOnce); }));
  }
  const std::vector<EvidencePlaceRow> places = TRY(places_of(engine.db(), row.id));
  const EvidencePlaceRow* place = place_with(places, row.tree.count());
  if (place == nullptr) return std::optional<EvidenceJob>();
  std::optional<RelayRow> relay = TRY(relay_at(engine, place->relay));
  if (!relay.has_value()) {
    rest(engine, row.file, kNotReachedMs);
    return std::optional<EvidenceJob>();
  }
  return std::optional<EvidenceJob>(SendJob{.file = std::move(file),
                                            .path = row.path,
                                            .mark = mark,
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
  const auto resting = engine.resting_files().find(row.file);
  const bool rests = resting != engine.resting_files().end() && engine.now() < resting->second;
  if (rests) return std::optional<EvidenceJob>();
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
    Reported reported(engine, report, std::move(*row));
    const Status taken = engine.in_transaction([&] { return reported.take(); });
    if (!taken.has_value()) {
      // The person moved the file away, or it cannot be named: only this one waits.
      if (is_local_fault(taken.error()) && taken.error().code != kFileFault)
        return fail(taken.error());
      rest(engine, report.file, kNotReachedMs);
      continue;
    }
    if (reported.former_name().has_value()) drop_part(*reported.former_name());
  }
  if (port->is_busy()) return moved;
  std::optional<EvidenceJob> job = TRY(next_job(engine));
  if (!job.has_value()) return moved;
  port->give(std::move(*job));
  return true;
}

}  // namespace tocsin
