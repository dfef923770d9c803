#include "relay/bulk/arena.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <algorithm>

#include "relay/codes.h"
#include "tests/support/temporary_folder.h"

namespace tocsin {
namespace {

Bytes filled(std::uint8_t content) { return Bytes(kStoredFrameBytes, content); }
StoredFrame view(const Bytes& stored) { return StoredFrame(stored.data(), kStoredFrameBytes); }

// BLB-9.1
TEST(ArenaTest, TheFileHasItsWholeLengthFromTheStartAndKeepsIt) {
  const TemporaryFolder folder;
  const Path path = folder.file("arena");
  Arena arena = Arena::create(path, 5).value();
  const auto length = [&] { return std::filesystem::file_size(path); };
  EXPECT_EQ(length(), 5U * 65'536);
  struct stat status{};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_GE(static_cast<std::uint64_t>(status.st_blocks) * 512, length()) << "taken from the disk";
  const Bytes a = filled(1);
  const Bytes b = filled(2);
  ASSERT_TRUE(arena.write(Slot{4}, view(a)).has_value());
  ASSERT_TRUE(arena.write(Slot{0}, view(b)).has_value());
  ASSERT_TRUE(arena.sync().has_value());
  EXPECT_EQ(arena.read(Slot{4}).value(), a);
  EXPECT_EQ(arena.read(Slot{0}).value(), b);
  EXPECT_EQ(arena.read(Slot{2}).value(), filled(0));
  ASSERT_TRUE(arena.erase(Slot{4}).has_value());
  EXPECT_EQ(arena.read(Slot{4}).value(), filled(0));
  EXPECT_EQ(length(), 5U * 65'536);
}

TEST(ArenaTest, AnotherLengthOrALinkOrNoFileIsRefused) {
  const TemporaryFolder folder;
  const Path path = folder.file("arena");
  EXPECT_EQ(Arena::open(path, 5).error().code, kFileNotFound);
  ASSERT_TRUE(Arena::create(path, 5).has_value());
  EXPECT_FALSE(Arena::create(path, 5).has_value());
  EXPECT_TRUE(Arena::open(path, 5).has_value());
  EXPECT_EQ(Arena::open(path, 6).error().code, kDamaged);
  std::filesystem::create_symlink(path, folder.file("link"));
  EXPECT_FALSE(Arena::open(folder.file("link"), 5).has_value());
}

// BLB-1.6: the first page of a process is mapped nowhere, so that its memory is a file with a bad
// sector.
TEST(ArenaTest, ASlotThatTheDiskDoesNotGiveOrTakeIsThatSlotsFault) {
  Arena arena = Arena::open("/proc/self/mem", 0).value();
  EXPECT_EQ(arena.read(Slot{0}).error().code, kSlotFault);
  const Bytes a = filled(1);
  EXPECT_EQ(arena.write(Slot{0}, view(a)).error().code, kSlotFault);
  EXPECT_EQ(arena.erase(Slot{0}).error().code, kSlotFault);
}

}  // namespace
}  // namespace tocsin
