// One suite over every implementation of the bulk plane's store port.
#include <gtest/gtest.h>

#include <memory>

#include "relay/bulk/memory_blobs.h"
#include "relay/bulk/sqlcipher_blobs.h"
#include "relay/codes.h"
#include "tests/support/temporary_folder.h"

namespace tocsin {
namespace {

constexpr std::uint32_t kSlots = 24;

class InMemory {
 public:
  BlobStore& store() { return store_; }

 private:
  MemoryBlobs store_{kSlots};
};

class InSqlcipher {
 public:
  InSqlcipher() { open(); }
  BlobStore& store() { return *store_; }
  void open() {
    store_.reset();
    store_ = std::move(SqlcipherBlobs::open_or_create(paths(), key_, kSlots).value());
  }
  BlobPaths paths() const {
    return {folder_.file("blobs.db"), folder_.file("arena"), folder_.file("run")};
  }

 private:
  TemporaryFolder folder_;
  SeededRng rng_{1};
  DatabaseKey key_ = DatabaseKey::random(rng_);
  std::unique_ptr<SqlcipherBlobs> store_;
};

BlobRow row(std::uint8_t seed, std::uint32_t frames, Day last_day = {20'000}) {
  SeededRng rng(seed);
  return {.number = {},
          .read = rng.draw<LookupHash>(),
          .owner = rng.draw<OwnerPublic>(),
          .frames = frames,
          .days = 7,
          .standing = BlobStanding::kOpen,
          .last_day = last_day};
}
Bytes frame_bytes(std::uint8_t content) { return Bytes(kStoredFrameBytes, content); }

template <class Place>
class BlobStoreTest : public testing::Test {
 protected:
  BlobStore& store() { return place_.store(); }
  void begin() { ASSERT_TRUE(store().begin().has_value()); }
  void commit() { ASSERT_TRUE(store().commit().has_value()); }
  void put(BlobNumber blob, std::uint32_t index, std::uint8_t content) {
    const Bytes bytes = frame_bytes(content);
    ASSERT_TRUE(
        store().store_frame(blob, index, StoredFrame(bytes.data(), kStoredFrameBytes)).has_value());
  }
  // Until nothing that was freed is left to overwrite.
  void clean() {
    while (store().maintain(Instant{1'000}).value() == Sweep::kMore) {
    }
  }
  Place place_;
};

using Places = testing::Types<InMemory, InSqlcipher>;
TYPED_TEST_SUITE(BlobStoreTest, Places);

TYPED_TEST(BlobStoreTest, WhatWasStoredIsThereAndOnlyThat) {
  auto& store = this->store();
  this->begin();
  const BlobNumber blob = store.insert_blob(row(1, 10)).value();
  const BlobNumber other = store.insert_blob(row(2, 3)).value();
  this->put(blob, 0, 11);
  this->put(blob, 9, 12);
  this->put(other, 0, 13);
  this->commit();
  EXPECT_EQ(store.blob_by_read(row(1, 10).read).value()->number, blob);
  EXPECT_EQ(store.blob_by_read(row(3, 1).read).value(), std::nullopt);
  EXPECT_TRUE(store.has_frame(blob, 9).value());
  EXPECT_FALSE(store.has_frame(blob, 8).value());
  EXPECT_FALSE(store.has_frame(other, 9).value());
  EXPECT_EQ(store.read_frame(blob, 9).value(), frame_bytes(12));
  EXPECT_EQ(store.read_frame(other, 0).value(), frame_bytes(13));
  EXPECT_FALSE(store.read_frame(other, 1).has_value());
  const BlobRow found = *store.blob_by_read(row(1, 10).read).value();
  FrameMap map(10);
  map.set(0);
  map.set(9);
  EXPECT_EQ(store.frame_map(found).value(), map);
  EXPECT_EQ(store.counts(),
            (BlobCounts{.blobs = 2, .frames = 3, .promised = 13, .slots = kSlots, .freed = 0}));
  EXPECT_EQ(store.counts().free(), kSlots - 13);
  EXPECT_EQ(store.list_blobs({0}, 10).value().size(), 2U);
  EXPECT_EQ(store.list_blobs(blob, 10).value().front().number, other);
  EXPECT_EQ(store.list_blobs({0}, 1).value().front().number, blob);
}

TYPED_TEST(BlobStoreTest, ALostBatchDidNotHappen) {
  auto& store = this->store();
  this->begin();
  const BlobNumber kept = store.insert_blob(row(1, 4)).value();
  this->put(kept, 0, 1);
  this->commit();
  const BlobCounts before = store.counts();
  this->begin();
  const BlobNumber lost = store.insert_blob(row(2, 5)).value();
  this->put(lost, 0, 2);
  this->put(kept, 1, 3);
  BlobRow sealed = *store.blob_by_read(row(1, 4).read).value();
  sealed.standing = BlobStanding::kSealed;
  ASSERT_TRUE(store.update_blob(sealed).has_value());
  store.rollback();
  this->clean();
  EXPECT_EQ(store.counts(), before);
  EXPECT_EQ(store.blob_by_read(row(2, 5).read).value(), std::nullopt);
  EXPECT_FALSE(store.has_frame(kept, 1).value());
  EXPECT_EQ(store.blob_by_read(row(1, 4).read).value()->standing, BlobStanding::kOpen);
  this->begin();
  ASSERT_TRUE(store.erase_blob(kept).has_value());
  EXPECT_EQ(store.blob_by_read(row(1, 4).read).value(), std::nullopt);
  store.rollback();
  EXPECT_EQ(store.counts(), before);
  EXPECT_EQ(store.read_frame(kept, 0).value(), frame_bytes(1));
  // The slots of what was lost are used again.
  this->begin();
  for (std::uint32_t i = 1; i < 4; ++i) this->put(kept, i, 9);
  this->commit();
  EXPECT_EQ(store.read_frame(kept, 3).value(), frame_bytes(9));
}

// BLB-6.2, BLB-9.2
TYPED_TEST(BlobStoreTest, WhatWasErasedMakesRoomOnceItIsOverwritten) {
  auto& store = this->store();
  this->begin();
  const BlobNumber blob = store.insert_blob(row(1, kSlots)).value();
  for (std::uint32_t i = 0; i < kSlots; ++i) this->put(blob, i, 7);
  this->commit();
  EXPECT_EQ(store.counts().free(), 0U);
  this->begin();
  ASSERT_TRUE(store.erase_blob(blob).has_value());
  this->commit();
  EXPECT_EQ(store.counts().blobs, 0U);
  EXPECT_EQ(store.counts().frames, 0U);
  this->clean();
  EXPECT_EQ(store.counts().free(), kSlots);
  this->begin();
  const BlobNumber next = store.insert_blob(row(2, kSlots)).value();
  for (std::uint32_t i = 0; i < kSlots; ++i) this->put(next, i, 8);
  this->commit();
  for (std::uint32_t i = 0; i < kSlots; ++i)
    EXPECT_EQ(store.read_frame(next, i).value(), frame_bytes(8));
}

// BLB-10.1
TYPED_TEST(BlobStoreTest, BlobsGoWhenTheirDayIsOver) {
  auto& store = this->store();
  this->begin();
  const BlobNumber early = store.insert_blob(row(1, 2, {100})).value();
  const BlobNumber late = store.insert_blob(row(2, 2, {101})).value();
  ASSERT_TRUE(store.insert_blob(row(3, 2, {100})).has_value());
  this->put(early, 0, 1);
  this->put(late, 0, 2);
  this->commit();
  const auto sweep = [&](Day today) {
    for (;;) {
      this->begin();
      const Sweep swept = store.expire(today, 1).value();
      this->commit();
      if (swept == Sweep::kDone) return;
    }
  };
  sweep({100});
  EXPECT_EQ(store.counts().blobs, 3U);
  sweep({101});
  EXPECT_EQ(store.counts().blobs, 1U);
  EXPECT_EQ(store.read_frame(late, 0).value(), frame_bytes(2));
  BlobRow longer = *store.blob_by_read(row(2, 2).read).value();
  longer.last_day = {200};
  this->begin();
  ASSERT_TRUE(store.update_blob(longer).has_value());
  this->commit();
  sweep({200});
  EXPECT_EQ(store.counts().blobs, 1U);
  sweep({201});
  EXPECT_EQ(store.counts().blobs, 0U);
}

class SqlcipherBlobsTest : public testing::Test {
 protected:
  BlobNumber stored(std::uint8_t seed, std::uint32_t frames) {
    BlobStore& store = place_.store();
    store.begin().value();
    const BlobNumber blob = store.insert_blob(row(seed, frames)).value();
    for (std::uint32_t i = 0; i < frames; ++i) {
      const Bytes bytes = frame_bytes(static_cast<std::uint8_t>(seed + i));
      store.store_frame(blob, i, StoredFrame(bytes.data(), kStoredFrameBytes)).value();
    }
    store.commit().value();
    stored_last_ = blob;
    return blob;
  }
  // Six frames, of bytes 10 … 15.
  void put_without_commit() {
    BlobStore& store = place_.store();
    store.begin().value();
    const BlobNumber blob = store.insert_blob(row(10, 6)).value();
    for (std::uint8_t i = 0; i < 6; ++i) {
      const Bytes bytes = frame_bytes(static_cast<std::uint8_t>(10 + i));
      store.store_frame(blob, i, StoredFrame(bytes.data(), kStoredFrameBytes)).value();
    }
  }
  void expect_overwritten() {
    while (place_.store().maintain(Instant{1'000}).value() == Sweep::kMore) {
    }
    EXPECT_EQ(place_.store().counts().freed, 0U);
    for (char content = 10; content <= 15; ++content)
      EXPECT_EQ(arena().find(std::string(100, content)), std::string::npos) << int{content};
  }
  std::string arena() const {
    return std::string(as_text(read_file(place_.paths().arena, 1U << 24).value()));
  }
  InSqlcipher place_;
  BlobNumber stored_last_;
};

TEST_F(SqlcipherBlobsTest, EverythingIsThereAfterTheNextStart) {
  const BlobNumber blob = stored(10, 6);
  const BlobCounts before = place_.store().counts();
  place_.open();
  EXPECT_EQ(place_.store().counts(), before);
  EXPECT_EQ(place_.store().read_frame(blob, 5).value(), frame_bytes(15));
}

// BLB-9.2: also when the relay ended between the deletion and the overwriting.
TEST_F(SqlcipherBlobsTest, WhatWasDeletedLeavesTheArena) {
  const BlobNumber gone = stored(10, 6);
  stored(40, 2);
  place_.store().begin().value();
  place_.store().erase_blob(gone).value();
  place_.store().commit().value();
  EXPECT_NE(arena().find(std::string(100, 12)), std::string::npos) << "not overwritten yet";
  place_.open();
  EXPECT_EQ(place_.store().counts().freed, 6U);
  EXPECT_EQ(place_.store().counts().free(), kSlots - 8);
  while (place_.store().maintain(Instant{1'000}).value() == Sweep::kMore) {
  }
  EXPECT_EQ(place_.store().counts().free(), kSlots - 2);
  for (char content = 10; content <= 15; ++content)
    EXPECT_EQ(arena().find(std::string(100, content)), std::string::npos) << int{content};
  EXPECT_NE(arena().find(std::string(100, 41)), std::string::npos);
}

// BLB-9.2: what a batch wrote that did not happen, no row names.
TEST_F(SqlcipherBlobsTest, WhatALostBatchWroteLeavesTheArena) {
  stored(40, 2);
  put_without_commit();
  place_.store().rollback();
  EXPECT_NE(arena().find(std::string(100, 10)), std::string::npos) << "not overwritten yet";
  EXPECT_EQ(place_.store().counts().freed, 6U);
  EXPECT_EQ(place_.store().counts().free(), kSlots - 8);
  expect_overwritten();
}

// BLB-9.2
TEST_F(SqlcipherBlobsTest, WhatABatchWroteBeforeACrashLeavesTheArena) {
  stored(40, 2);
  // The lowest slots are free again, and cleaned last: not where the next batch writes by accident.
  place_.store().begin().value();
  place_.store().erase_blob(stored_last_).value();
  place_.store().commit().value();
  stored(60, 3);
  while (place_.store().maintain(Instant{1'000}).value() == Sweep::kMore) {
  }
  put_without_commit();
  place_.open();
  EXPECT_NE(arena().find(std::string(100, 10)), std::string::npos) << "not overwritten yet";
  EXPECT_EQ(place_.store().counts().freed, 6U);
  expect_overwritten();
  place_.open();
  EXPECT_EQ(place_.store().counts().freed, 0U) << "and is not looked at again";
}

// BLB-4.3: a promise holds though a lost batch has dirtied the last slots there are.
TEST_F(SqlcipherBlobsTest, WhatALostBatchWroteIsWrittenOverByTheNext) {
  BlobStore& store = place_.store();
  store.begin().value();
  const BlobNumber blob = store.insert_blob(row(10, kSlots)).value();
  store.commit().value();
  for (int round = 0; round < 2; ++round) {
    store.begin().value();
    for (std::uint32_t i = 0; i < kSlots; ++i) {
      const Bytes bytes = frame_bytes(static_cast<std::uint8_t>(10 + i));
      ASSERT_TRUE(
          store.store_frame(blob, i, StoredFrame(bytes.data(), kStoredFrameBytes)).has_value());
    }
    if (round == 0) store.rollback();
  }
  store.commit().value();
  EXPECT_EQ(store.counts().freed, 0U);
  EXPECT_EQ(store.read_frame(blob, 7).value(), frame_bytes(17));
}

// BLB-9.3
TEST_F(SqlcipherBlobsTest, ARestoredIndexIsRefused) {
  stored(10, 2);
  const BlobPaths paths = place_.paths();
  place_.open();
  const Bytes old_index = read_file(paths.index, 1U << 24).value();
  place_.open();
  place_.open();
  SeededRng rng(1);
  const DatabaseKey key = DatabaseKey::random(rng);
  // The database is put back while nobody has it open.
  const Path aside = paths.index.parent_path() / "aside";
  std::filesystem::create_directory(aside);
  const BlobPaths elsewhere{aside / "blobs.db", aside / "arena", aside / "run"};
  ASSERT_TRUE(write_private_file(elsewhere.index, old_index).has_value());
  std::filesystem::copy_file(paths.arena, elsewhere.arena);
  std::filesystem::copy_file(paths.run, elsewhere.run);
  EXPECT_EQ(SqlcipherBlobs::open_or_create(elsewhere, key, kSlots).error().code, kStaleStore);
}

}  // namespace
}  // namespace tocsin
