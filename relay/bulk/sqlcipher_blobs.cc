#include "relay/bulk/sqlcipher_blobs.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "relay/boundary.h"
#include "relay/codes.h"
#include "relay/store/boot_epoch.h"

namespace tocsin {
namespace {

constexpr std::int32_t kApplicationId = 0x746f6362;  // "tocb"
// Freed slots overwritten in one step of maintenance: 1 MiB.
constexpr std::size_t kErasedAtOnce = 16;
// Slots that one batch can have written to: one for each message of it.
constexpr std::size_t kBatchSlots = kBoundaryBatchMessages;

// Script i brings the schema from version i to i + 1; never edit a published one.
constexpr Sql kSchema[] = {R"sql(
CREATE TABLE run(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  number INTEGER NOT NULL
) STRICT;
INSERT INTO run(id, number) VALUES (1, 0);

CREATE TABLE blob(
  number INTEGER PRIMARY KEY,
  read_hash BLOB NOT NULL UNIQUE,
  owner BLOB NOT NULL,
  frames INTEGER NOT NULL,
  days INTEGER NOT NULL,
  sealed INTEGER NOT NULL,
  last_day INTEGER NOT NULL
) STRICT;

CREATE TABLE frame(
  blob INTEGER NOT NULL,
  place INTEGER NOT NULL,
  slot INTEGER NOT NULL UNIQUE,
  PRIMARY KEY (blob, place)
) STRICT, WITHOUT ROWID;

CREATE TABLE freed(
  slot INTEGER PRIMARY KEY
) STRICT;
)sql"};

constexpr DatabaseOptions kOptions{.schema = kSchema,
                                   .application_id = kApplicationId,
                                   .page_bytes = kRelayPageBytes,
                                   .wal_truncate_bytes = kRelayWalTruncateBytes};

std::uint32_t small(const Statement& row, int column) {
  return static_cast<std::uint32_t>(row.integer(column));
}
std::uint64_t large(const Statement& row, int column) {
  return static_cast<std::uint64_t>(row.integer(column));
}

Result<std::optional<BlobRow>> one_blob(Statement& query) {
  if (!TRY(query.next())) return std::nullopt;
  BlobRow row;
  row.number = {large(query, 0)};
  row.read = TRY(query.fixed<LookupHash>(1));
  row.owner = TRY(query.fixed<OwnerPublic>(2));
  row.frames = small(query, 3);
  row.days = static_cast<std::uint8_t>(query.integer(4));
  row.standing = query.integer(5) == 0 ? BlobStanding::kOpen : BlobStanding::kSealed;
  row.last_day = {small(query, 6)};
  if (row.frames == 0 || row.frames > kMaxBlobFrames)
    return fail(kDamaged, "frames of a blob", row.frames);
  return row;
}

}  // namespace

Result<std::unique_ptr<SqlcipherBlobs>> SqlcipherBlobs::open_or_create(const BlobPaths& paths,
                                                                       const DatabaseKey& key,
                                                                       std::uint32_t slots) {
  if (TRY(file_exists(paths.index))) {
    Database database = TRY(Database::open(paths.index, key, kOptions));
    Arena arena = TRY(Arena::open(paths.arena, slots));
    return settle(std::move(database), std::move(arena), paths, slots);
  }
  // The arena of a start that ended here holds nothing: its index was never made.
  TRY(erase_file(paths.arena));
  TRY(erase_file(paths.run));
  Arena arena = TRY(Arena::create(paths.arena, slots));
  Database database = TRY(Database::create(paths.index, key, kOptions));
  return settle(std::move(database), std::move(arena), paths, slots);
}

// BLB-9.3: an index and an arena of two different times would hand out the wrong frames.
Result<std::unique_ptr<SqlcipherBlobs>> SqlcipherBlobs::settle(Database database, Arena arena,
                                                               const BlobPaths& paths,
                                                               std::uint32_t slots) {
  std::unique_ptr<SqlcipherBlobs> blobs(new SqlcipherBlobs(std::move(database), std::move(arena)));
  BootEpoch run;
  {
    Statement query = TRY(blobs->database_.statement("SELECT number FROM run WHERE id = 1"));
    if (!TRY(query.next())) return fail(kDamaged, "run of the blobs");
    run = BootEpoch{small(query, 0)};
  }
  TRY(check_boot_epoch(run, paths.run));
  const BootEpoch next{run.value + 1};
  if (next.value > INT32_MAX) return fail(kOutOfRange, "runs of the blobs");
  TRY(blobs->database_.run("UPDATE run SET number = ?1 WHERE id = 1", next.value));
  TRY(write_boot_epoch(paths.run, next));
  TRY(blobs->count_rows(slots));
  return blobs;
}

Status SqlcipherBlobs::count_rows(std::uint32_t slots) {
  {
    Statement query = TRY(database_.statement(
        "SELECT (SELECT count(*) FROM blob), (SELECT coalesce(sum(frames), 0) FROM blob)"));
    if (!TRY(query.next())) return fail(kDamaged, "blob counts");
    counts_ = {.blobs = large(query, 0), .promised = large(query, 1), .slots = slots};
  }
  std::vector<bool> used(slots);
  const auto note = [&](Statement query, std::uint64_t& count) -> Status {
    while (TRY(query.next())) {
      const std::uint32_t slot = small(query, 0);
      if (slot >= slots || used[slot]) return fail(kDamaged, "slot of a frame", slot);
      used[slot] = true;
      ++count;
    }
    return {};
  };
  TRY(note(TRY(database_.statement("SELECT slot FROM frame")), counts_.frames));
  TRY(note(TRY(database_.statement("SELECT slot FROM freed")), counts_.freed));
  free_.clear();
  for (std::uint32_t slot = 0; slot < slots; ++slot) {
    if (!used[slot]) free_.push_back(Slot{slot});  // in order, which is a heap
  }
  committed_ = counts_;
  return find_unfinished();
}

// BLB-9.2: what a batch wrote before a crash, no row names.
Status SqlcipherBlobs::find_unfinished() {
  std::vector<Slot> clean;
  while (!free_.empty() && clean.size() + dirty_.size() < kBatchSlots) {
    const Slot slot = take_lowest_free();
    const Result<Bytes> stored = arena_.read(slot);
    if (!stored.has_value() && stored.error().code != kSlotFault) return fail(stored.error());
    const bool is_clean = stored.has_value() &&
                          std::ranges::all_of(*stored, [](std::uint8_t byte) { return byte == 0; });
    (is_clean ? clean : dirty_).push_back(slot);
  }
  for (const Slot slot : clean) give(slot);
  return {};
}

Slot SqlcipherBlobs::take_lowest_free() {
  std::ranges::pop_heap(free_, std::greater{});
  const Slot lowest = free_.back();
  free_.pop_back();
  return lowest;
}

void SqlcipherBlobs::give(Slot slot) {
  free_.push_back(slot);
  std::ranges::push_heap(free_, std::greater{});
}

BlobCounts SqlcipherBlobs::counts() const {
  BlobCounts counts = counts_;
  counts.freed += dirty_.size() + bad_unnamed_;
  return counts;
}

Status SqlcipherBlobs::begin() {
  committed_ = counts_;
  taken_.clear();
  batch_.emplace(TRY(database_.begin()));
  return {};
}

// BLB-9.2: first what the rows name, then the rows.
Status SqlcipherBlobs::commit() {
  if (!batch_.has_value()) return fail(kDatabaseFault, "commit without a batch");
  Status done = taken_.empty() ? Status{} : arena_.sync();
  if (done.has_value()) done = (*std::exchange(batch_, std::nullopt)).commit();
  if (!done.has_value()) {
    rollback();
    return done;
  }
  taken_.clear();
  committed_ = counts_;
  return {};
}

void SqlcipherBlobs::rollback() {
  batch_.reset();
  dirty_.insert(dirty_.end(), taken_.begin(), taken_.end());
  taken_.clear();
  counts_ = committed_;
}

Result<std::optional<BlobRow>> SqlcipherBlobs::blob_by_read(const LookupHash& read) {
  Statement query = TRY(
      database_.statement("SELECT number, read_hash, owner, frames, days, sealed, last_day FROM "
                          "blob WHERE read_hash = ?1"));
  query.bind(read);
  return one_blob(query);
}

Result<BlobNumber> SqlcipherBlobs::insert_blob(const BlobRow& row) {
  TRY(database_.run(
      "INSERT INTO blob(read_hash, owner, frames, days, sealed, last_day) VALUES (?1, ?2, ?3, ?4, "
      "?5, ?6)",
      row.read, row.owner, row.frames, row.days, row.standing == BlobStanding::kSealed ? 1 : 0,
      row.last_day.value));
  ++counts_.blobs;
  counts_.promised += row.frames;
  return BlobNumber{static_cast<std::uint64_t>(database_.last_row_id())};
}

Status SqlcipherBlobs::update_blob(const BlobRow& row) {
  return database_.run("UPDATE blob SET sealed = ?2, last_day = ?3 WHERE number = ?1",
                       row.number.value, row.standing == BlobStanding::kSealed ? 1 : 0,
                       row.last_day.value);
}

Status SqlcipherBlobs::erase_blob(BlobNumber blob) {
  std::uint64_t promised = 0;
  {
    Statement query = TRY(database_.statement("SELECT frames FROM blob WHERE number = ?1"));
    query.bind(blob.value);
    if (!TRY(query.next())) return {};
    promised = large(query, 0);
  }
  TRY(database_.run("INSERT INTO freed(slot) SELECT slot FROM frame WHERE blob = ?1", blob.value));
  TRY(database_.run("DELETE FROM frame WHERE blob = ?1", blob.value));
  const auto freed = static_cast<std::uint64_t>(database_.changes());
  TRY(database_.run("DELETE FROM blob WHERE number = ?1", blob.value));
  --counts_.blobs;
  counts_.promised -= promised;
  counts_.frames -= freed;
  counts_.freed += freed;
  return {};
}

Result<std::optional<Slot>> SqlcipherBlobs::slot_of(BlobNumber blob, std::uint32_t index) {
  Statement query =
      TRY(database_.statement("SELECT slot FROM frame WHERE blob = ?1 AND place = ?2"));
  query.bind(blob.value, index);
  if (!TRY(query.next())) return std::nullopt;
  return Slot{small(query, 0)};
}

Result<bool> SqlcipherBlobs::has_frame(BlobNumber blob, std::uint32_t index) {
  return TRY(slot_of(blob, index)).has_value();
}

Result<FrameMap> SqlcipherBlobs::frame_map(const BlobRow& blob) {
  FrameMap map(blob.frames);
  Statement query = TRY(database_.statement("SELECT place FROM frame WHERE blob = ?1"));
  query.bind(blob.number.value);
  while (TRY(query.next())) {
    const std::uint32_t index = small(query, 0);
    if (index >= blob.frames) return fail(kDamaged, "place of a frame", index);
    map.set(index);
  }
  return map;
}

Result<Bytes> SqlcipherBlobs::read_frame(BlobNumber blob, std::uint32_t index) {
  const std::optional<Slot> slot = TRY(slot_of(blob, index));
  if (!slot.has_value()) return fail(kDamaged, "frame that is not there", index);
  return arena_.read(*slot);
}

// A promise is made of clean slots only (BlobCounts::free), so there is one for every frame of it,
// unless a disk that ends has taken them.
Result<Slot> SqlcipherBlobs::write_somewhere(StoredFrame stored) {
  while (!free_.empty() || !dirty_.empty()) {
    Slot slot;
    if (free_.empty()) {  // what is overwritten by a frame need not be by zeros before
      slot = dirty_.back();
      dirty_.pop_back();
    } else {
      slot = take_lowest_free();
    }
    taken_.push_back(slot);
    const Status wrote = arena_.write(slot, stored);
    if (wrote.has_value()) return slot;
    if (wrote.error().code != kSlotFault) return fail(wrote.error());
    taken_.pop_back();
    bad_.insert(slot);
    ++bad_unnamed_;
  }
  return fail(kSlotFault, "a promised frame without a slot");
}

Status SqlcipherBlobs::store_frame(BlobNumber blob, std::uint32_t index, StoredFrame stored) {
  const Slot slot = TRY(write_somewhere(stored));
  TRY(database_.run("INSERT INTO frame(blob, place, slot) VALUES (?1, ?2, ?3)", blob.value, index,
                    slot.value));
  ++counts_.frames;
  return {};
}

Result<std::vector<BlobRow>> SqlcipherBlobs::list_blobs(BlobNumber after, std::size_t limit) {
  Statement query = TRY(
      database_.statement("SELECT number, read_hash, owner, frames, days, sealed, last_day FROM "
                          "blob WHERE number > ?1 ORDER BY number LIMIT ?2"));
  query.bind(after.value, limit);
  std::vector<BlobRow> rows;
  while (auto row = TRY(one_blob(query))) rows.push_back(*row);
  return rows;
}

Result<Sweep> SqlcipherBlobs::expire(Day today, std::size_t blobs) {
  std::vector<BlobNumber> gone;
  {
    Statement query =
        TRY(database_.statement("SELECT number FROM blob WHERE last_day < ?1 LIMIT ?2"));
    query.bind(today.value, blobs);
    while (TRY(query.next())) gone.push_back(BlobNumber{large(query, 0)});
  }
  for (const BlobNumber number : gone) TRY(erase_blob(number));
  return gone.size() < blobs ? Sweep::kDone : Sweep::kMore;
}

Result<std::vector<Slot>> SqlcipherBlobs::named_freed(std::size_t limit) {
  std::vector<Slot> freed;
  if (counts_.freed == 0 || limit == 0) return freed;
  Statement query = TRY(database_.statement("SELECT slot FROM freed ORDER BY slot"));
  while (freed.size() < limit && TRY(query.next())) {
    const Slot slot{small(query, 0)};
    if (!bad_.contains(slot)) freed.push_back(slot);
  }
  return freed;
}

// Those that are zeros now; the others are bad.
Result<std::vector<Slot>> SqlcipherBlobs::overwrite(const std::vector<Slot>& slots) {
  std::vector<Slot> clean;
  for (const Slot slot : slots) {
    const Status erased = arena_.erase(slot);
    if (erased.has_value()) {
      clean.push_back(slot);
    } else if (erased.error().code == kSlotFault) {
      bad_.insert(slot);
    } else {
      return fail(erased.error());
    }
  }
  if (!clean.empty()) TRY(arena_.sync());
  return clean;
}

Result<Sweep> SqlcipherBlobs::maintain(Instant now) {
  const std::size_t unnamed = std::min(dirty_.size(), kErasedAtOnce);
  const std::vector<Slot> lost(dirty_.end() - static_cast<std::ptrdiff_t>(unnamed), dirty_.end());
  const std::vector<Slot> freed = TRY(named_freed(kErasedAtOnce - unnamed));
  const std::vector<Slot> clean_lost = TRY(overwrite(lost));
  dirty_.resize(dirty_.size() - unnamed);
  bad_unnamed_ += lost.size() - clean_lost.size();
  for (const Slot slot : clean_lost) give(slot);

  const std::vector<Slot> clean = TRY(overwrite(freed));
  if (!clean.empty()) {
    Transaction cleaned = TRY(database_.begin());
    for (const Slot slot : clean)
      TRY(database_.run("DELETE FROM freed WHERE slot = ?1", slot.value));
    TRY(std::move(cleaned).commit());
    for (const Slot slot : clean) give(slot);
    counts_.freed -= clean.size();
    committed_ = counts_;
  }
  TRY(database_.maintain(now));
  const std::uint64_t bad_named = bad_.size() - bad_unnamed_;
  return counts_.freed > bad_named || !dirty_.empty() ? Sweep::kMore : Sweep::kDone;
}

}  // namespace tocsin
