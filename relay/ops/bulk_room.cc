#include "relay/ops/bulk_room.h"

#include "crypto/box/hash.h"
#include "crypto/box/labels.h"
#include "relay/bulk/memory_blobs.h"
#include "relay/bulk/sqlcipher_blobs.h"
#include "relay/ops/log.h"
#include "relay/ops/stored.h"

namespace tocsin::ops {

namespace {

constexpr std::size_t kBlobsAtOnce = 64;

Complaint blob_complaint(const Error& error, const RelayConfig& config) {
  const std::string arena = config.blob_paths().arena.string();
  if (error.code == kDiskFull)
    return {Exit::kStore, "no room for " + arena, "free some disk, or lower bulk_mebibytes"};
  if (error.code == kDamaged && std::string_view(error.where) == "arena length")
    return {Exit::kStore, arena + " was made with another bulk_mebibytes",
            "write the former number, or move " + arena + " and " +
                config.blob_paths().index.string() + " away (what they hold is lost)"};
  if (error.code == kStaleStore)
    return {Exit::kStore, "the blobs are older than their last run: a restored copy",
            "back up the keys only; move " + config.blob_paths().index.string() + ", " + arena +
                " and " + config.blob_paths().run.string() + " away (what they hold is lost)"};
  if (error.code == kTooNew)
    return {Exit::kStore, "the blobs were written by a newer tocsin-relay",
            "upgrade this one; stores are never taken backward"};
  return {Exit::kStore, "cannot open the blobs: " + in_words(error),
          "check owner, mode and free space of " + config.directory.string()};
}

// Not the database's: that one is rotated alone, and this index holds no content.
DatabaseKey index_key_of(const SigningSecret& signing) {
  constexpr std::uint8_t kIndexKind = 3;
  return derive<DatabaseKey>(signing.expose(kExpose),
                             {label_bytes(Label::kLookup), BytesView(&kIndexKind, 1)});
}

}  // namespace

Said<std::unique_ptr<BulkRoom>> BulkRoom::create(BulkRoomOptions options, StoreEnd boundary) {
  const RelayConfig& config = options.config;
  std::unique_ptr<BulkRoom> room(new BulkRoom());
  const auto build = [&]() -> Status {
    if (options.durability == Durability::kEphemeral) {
      room->store_ = std::make_unique<MemoryBlobs>(config.bulk_slots());
    } else {
      room->store_ = TRY(SqlcipherBlobs::open_or_create(
          config.blob_paths(), index_key_of(options.keys.store), config.bulk_slots()));
    }
    room->engine_ = BulkEngine::create({.durability = options.durability,
                                        .password = std::move(options.password),
                                        .notice = options.notice},
                                       {options.keys.store.duplicate(), options.keys.curve_public},
                                       *room->store_, room->rng_);
    room->loop_ = TRY(BulkLoop::create(*room->engine_, std::move(boundary)));
    return {};
  };
  if (const Status built = build(); !built.has_value())
    return std::unexpected(blob_complaint(built.error(), config));
  room->figures_ = room->engine_->figures();
  room->loop_->on_figures(
      [inside = room.get()](const BulkFigures& figures) { inside->on_figures(figures); });
  return room;
}

void BulkRoom::on_figures(const BulkFigures& figures) {
  std::uint64_t before = 0;
  {
    const std::lock_guard lock(mutex_);
    before = std::exchange(figures_, figures).slot_faults;
  }
  // Here, so that asking for a bad frame again and again is one line a second.
  if (figures.slot_faults != before)
    log_event(RelayEvent::kSlotFaults,
              {{RelayField::kFrames, static_cast<std::int64_t>(figures.slot_faults)}});
  errand_.serve();
}

BulkFigures BulkRoom::figures() const {
  const std::lock_guard lock(mutex_);
  return figures_;
}

Result<bool> BulkRoom::list_more(BlobNumber& after, std::string& lines) {
  bool more = false;
  TRY(errand_.run([&]() -> Status {
    const std::vector<BlobRow> blobs = TRY(store_->list_blobs(after, kBlobsAtOnce));
    for (const BlobRow& blob : blobs) {
      const FrameMap map = TRY(store_->frame_map(blob));
      lines += blob_line(blob, map.count());
      after = blob.number;
    }
    more = blobs.size() == kBlobsAtOnce;
    return {};
  }));
  return more;
}

}  // namespace tocsin::ops
