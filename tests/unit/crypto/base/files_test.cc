#include "crypto/base/files.h"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <csignal>
#include <fstream>

#include "tests/support/temporary_folder.h"

namespace tocsin {
namespace {

class FilesTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
  Path path_ = folder_.file("small");
};

// VLT-1.3
TEST_F(FilesTest, ReplacingLeavesTheNewContentAndNothingElse) {
  ASSERT_TRUE(replace_file(path_, as_bytes("one")).has_value());
  ASSERT_TRUE(replace_file(path_, as_bytes("two!")).has_value());
  EXPECT_EQ(as_text(read_file(path_, 10).value()), "two!");
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 1);
  struct stat status{};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
}

TEST_F(FilesTest, TheBytesOfAReplacedFileAreOverwritten) {
  ASSERT_TRUE(replace_file(path_, as_bytes("old content")).has_value());
  std::filesystem::create_hard_link(path_, folder_.file("view of the old"));
  ASSERT_TRUE(replace_file(path_, as_bytes("new")).has_value());
  EXPECT_TRUE(is_all_zero(read_file(folder_.file("view of the old"), 100).value()));
}

// What a crash, or somebody else, left beside the file is neither written into nor kept.
TEST_F(FilesTest, ReplacingDoesNotTrustWhatLiesBesideTheFile) {
  const Path beside = folder_.file("small.tmp");
  ASSERT_TRUE(create_private_file(beside).has_value());
  ASSERT_EQ(::chmod(beside.c_str(), 0666), 0);
  std::filesystem::create_hard_link(beside, folder_.file("view"));
  ASSERT_TRUE(replace_file(path_, as_bytes("secret")).has_value());
  struct stat status{};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_TRUE(read_file(folder_.file("view"), 100).value().empty());
}

TEST_F(FilesTest, ErasingOverwritesAndRemoves) {
  ASSERT_TRUE(replace_file(path_, Bytes(10000, 7)).has_value());
  std::filesystem::create_hard_link(path_, folder_.file("view"));
  ASSERT_TRUE(erase_file(path_).has_value());
  EXPECT_FALSE(file_exists(path_).value());
  EXPECT_TRUE(is_all_zero(read_file(folder_.file("view"), 10000).value()));
  EXPECT_TRUE(erase_file(path_).has_value());  // gone already is as good
}

// As on a copy-on-write file system that is full, writing in place is refused here.
class NoWriting {
 public:
  NoWriting() {
    before_action_ = ::signal(SIGXFSZ, SIG_IGN);
    ::getrlimit(RLIMIT_FSIZE, &before_);
    rlimit none = before_;
    none.rlim_cur = 0;
    ::setrlimit(RLIMIT_FSIZE, &none);
  }
  ~NoWriting() {
    ::setrlimit(RLIMIT_FSIZE, &before_);
    ::signal(SIGXFSZ, before_action_);
  }

 private:
  rlimit before_{};
  sighandler_t before_action_ = SIG_DFL;
};

TEST_F(FilesTest, WhatCannotBeOverwrittenIsRemovedAllTheSame) {
  ASSERT_TRUE(replace_file(path_, Bytes(10000, 7)).has_value());
  {
    const NoWriting full;
    EXPECT_EQ(erase_file(path_).error().code, kFileFault);
  }
  EXPECT_FALSE(file_exists(path_).value());
}

TEST_F(FilesTest, ANewFileIsWholeOrNotThere) {
  {
    const NoWriting full;
    EXPECT_FALSE(write_private_file(path_, as_bytes("secret")).has_value());
  }
  EXPECT_FALSE(file_exists(path_).value());
  ASSERT_TRUE(write_private_file(path_, as_bytes("secret")).has_value());
  struct stat status{};
  ASSERT_EQ(::stat(path_.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777, 0600U);
  EXPECT_EQ(write_private_file(path_, as_bytes("other")).error().code, kFileExists);
  EXPECT_EQ(as_text(read_file(path_, 10).value()), "secret");
}

TEST_F(FilesTest, OverwritingInPlaceKeepsTheFile) {
  ASSERT_TRUE(replace_file(path_, as_bytes("old")).has_value());
  std::filesystem::create_hard_link(path_, folder_.file("view"));
  ASSERT_TRUE(overwrite_file(path_, as_bytes("new")).has_value());
  EXPECT_EQ(as_text(read_file(folder_.file("view"), 10).value()), "new");
}

TEST_F(FilesTest, ReadingIsBounded) {
  ASSERT_TRUE(replace_file(path_, Bytes(100, 1)).has_value());
  EXPECT_EQ(read_file(path_, 100).value().size(), 100U);
  EXPECT_EQ(read_file(path_, 99).error().code, kTooLarge);
  EXPECT_EQ(read_file("/dev/zero", 1000).error().code, kTooLarge);
}

TEST_F(FilesTest, FailuresSayWhatTheyAre) {
  EXPECT_EQ(read_file(path_, 10).error().code, kFileNotFound);
  ASSERT_TRUE(create_private_file(path_).has_value());
  EXPECT_EQ(create_private_file(path_).error().code, kFileExists);
  EXPECT_EQ(read_file(folder_.path(), 10).error().code, kFileFault);
  ASSERT_TRUE(create_private_file(folder_.file("b")).has_value());
  EXPECT_EQ(rename_durably_if_absent(path_, folder_.file("b")).error().code, kFileExists);
  EXPECT_TRUE(rename_durably(path_, folder_.file("b")).has_value());
  std::ofstream full("/dev/full");
  if (full.is_open()) {
    EXPECT_EQ(overwrite_file("/dev/full", as_bytes("x")).error().code, kDiskFull);
  }
}

TEST_F(FilesTest, ALinkIsNotFollowed) {
  std::filesystem::create_symlink(folder_.file("elsewhere"), path_);
  EXPECT_FALSE(FileLock::acquire(path_).has_value());
  EXPECT_FALSE(read_file(path_, 10).has_value());
  EXPECT_FALSE(file_exists(folder_.file("elsewhere")).value());
}

// VLT-1.2
TEST_F(FilesTest, ALockHasOneOwner) {
  {
    const FileLock lock = FileLock::acquire(path_).value();
    EXPECT_EQ(FileLock::acquire(path_).error().code, kLocked);
  }
  EXPECT_TRUE(FileLock::acquire(path_).has_value());
}

}  // namespace
}  // namespace tocsin
