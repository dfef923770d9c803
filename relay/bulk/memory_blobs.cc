#include "relay/bulk/memory_blobs.h"

#include <algorithm>
#include <memory>
#include <ranges>

namespace tocsin {

Status MemoryBlobs::begin() {
  undo_.clear();
  committed_ = counts_;
  return {};
}

Status MemoryBlobs::commit() {
  undo_.clear();
  committed_ = counts_;
  return {};
}

void MemoryBlobs::rollback() {
  for (auto& step : std::views::reverse(undo_)) step();
  undo_.clear();
  counts_ = committed_;
}

Result<std::optional<BlobRow>> MemoryBlobs::blob_by_read(const LookupHash& read) {
  for (const auto& [number, blob] : blobs_) {
    if (blob.row.read == read) return blob.row;
  }
  return std::nullopt;
}

Result<BlobNumber> MemoryBlobs::insert_blob(const BlobRow& row) {
  const BlobNumber number{last_number_.value + 1};
  last_number_ = number;
  Blob& blob = blobs_[number];
  blob.row = row;
  blob.row.number = number;
  ++counts_.blobs;
  counts_.promised += row.frames;
  undo_with([this, number] { blobs_.erase(number); });
  return number;
}

Status MemoryBlobs::update_blob(const BlobRow& row) {
  const auto found = blobs_.find(row.number);
  if (found == blobs_.end()) return {};
  undo_with([this, before = found->second.row] { blobs_.at(before.number).row = before; });
  found->second.row = row;
  return {};
}

Status MemoryBlobs::erase_blob(BlobNumber blob) {
  auto taken = std::make_shared<std::map<BlobNumber, Blob>::node_type>(blobs_.extract(blob));
  if (taken->empty()) return {};
  --counts_.blobs;
  counts_.frames -= taken->mapped().frames.size();
  counts_.promised -= taken->mapped().row.frames;
  undo_with([this, taken] { blobs_.insert(std::move(*taken)); });
  return {};
}

Result<bool> MemoryBlobs::has_frame(BlobNumber blob, std::uint32_t index) {
  const auto found = blobs_.find(blob);
  return found != blobs_.end() && found->second.frames.contains(index);
}

Result<FrameMap> MemoryBlobs::frame_map(const BlobRow& blob) {
  FrameMap map(blob.frames);
  const auto found = blobs_.find(blob.number);
  if (found == blobs_.end()) return map;
  for (const auto& [index, stored] : found->second.frames) map.set(index);
  return map;
}

Result<Bytes> MemoryBlobs::read_frame(BlobNumber blob, std::uint32_t index) {
  const auto found = blobs_.find(blob);
  if (found == blobs_.end() || !found->second.frames.contains(index))
    return fail(kDamaged, "frame that is not there", index);
  return found->second.frames.at(index);
}

Status MemoryBlobs::store_frame(BlobNumber blob, std::uint32_t index, StoredFrame stored) {
  const auto found = blobs_.find(blob);
  if (found == blobs_.end()) return fail(kDamaged, "frame of no blob", index);
  if (!found->second.frames.emplace(index, to_bytes(stored)).second)
    return fail(kConstraint, "frame stored twice", index);
  ++counts_.frames;
  undo_with([this, blob, index] { blobs_.at(blob).frames.erase(index); });
  return {};
}

Result<std::vector<BlobRow>> MemoryBlobs::list_blobs(BlobNumber after, std::size_t limit) {
  std::vector<BlobRow> rows;
  for (auto blob = blobs_.upper_bound(after); blob != blobs_.end() && rows.size() < limit; ++blob)
    rows.push_back(blob->second.row);
  return rows;
}

Result<Sweep> MemoryBlobs::expire(Day today, std::size_t blobs) {
  std::vector<BlobNumber> gone;
  for (const auto& [number, blob] : blobs_) {
    if (gone.size() < blobs && is_expired(blob.row, today)) gone.push_back(number);
  }
  for (const BlobNumber number : gone) TRY(erase_blob(number));
  return gone.size() < blobs ? Sweep::kDone : Sweep::kMore;
}

Result<Sweep> MemoryBlobs::maintain(Instant) { return Sweep::kDone; }

}  // namespace tocsin
