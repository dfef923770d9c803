// Bags that want something else than to be valid.
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "client/bag/limits.h"
#include "client/bag/verify.h"
#include "tests/unit/client/bag/test_bag.h"

namespace tocsin::bag {
namespace {

TEST(HostileBagTest, PathsOutOfTheBagAreNotLookedAt) {
  for (const char* path : {"../../../README.md", "/etc/hostname", "~/foo", "~root/foo",
                           "data/../../x", "C:\\Windows\\System32\\setx.exe",
                           "\\\\?\\UNC\\server\\x", "%HomeDrive%\\x", "bagit.txt"}) {
    TestBag bag("0.97");
    bag.list();
    bag.add("manifest-sha256.txt", hex_digest("sha256", "") + "  " + path + "\n");
    EXPECT_FALSE(bag.verify().is_valid()) << path;
    bag.list();
    bag.list_tags();
    EXPECT_VALID(bag);
    if (std::string_view(path) == "bagit.txt") continue;
    bag.add("tagmanifest-sha256.txt", hex_digest("sha256", "") + "  " + path + "\n");
    EXPECT_FALSE(bag.verify().is_valid()) << path;
  }
}

TEST(HostileBagTest, LinksAreNotFollowed) {
  TestBag bag;
  bag.put("data/one", "1");
  bag.list();
  const TemporaryFolder elsewhere;
  std::filesystem::create_symlink(bag.path() / "data/one", bag.path() / "data/link");
  bag.add("manifest-sha256.txt", hex_digest("sha256", "1") + "  data/link\n");
  EXPECT_ERROR(bag, kNotAPlainFile);
  EXPECT_ERROR(bag, kFileMissing);
  std::filesystem::remove(bag.path() / "data/link");
  bag.list();
  EXPECT_VALID(bag);
  std::filesystem::create_directory_symlink(elsewhere.path(), bag.path() / "data/folder");
  EXPECT_ERROR(bag, kNotAPlainFile);
  std::filesystem::remove(bag.path() / "data/folder");
  std::filesystem::create_symlink("/nowhere", bag.path() / "tag");
  EXPECT_ERROR(bag, kNotAPlainFile);
}

TEST(HostileBagTest, NoPartOfTheBagMayBeALink) {
  for (const char* name : {"bagit.txt", "manifest-sha256.txt", "tagmanifest-sha256.txt",
                           "bag-info.txt", "fetch.txt", "data"}) {
    TestBag bag;
    bag.put("bag-info.txt", "A: 1\n");
    bag.put("fetch.txt", "");
    bag.list();
    bag.list_tags();
    EXPECT_VALID(bag);
    const TemporaryFolder elsewhere;
    std::filesystem::rename(bag.path() / name, elsewhere.path() / "moved");
    std::filesystem::create_symlink(elsewhere.path() / "moved", bag.path() / name);
    EXPECT_FALSE(bag.verify().is_valid()) << name;
  }
}

TEST(HostileBagTest, PipesAndSocketsMakeNobodyWait) {
  for (const char* name : {"data/pipe", "bagit.txt", "manifest-sha512.txt", "fetch.txt", "tag"}) {
    TestBag bag;
    bag.list();
    std::filesystem::remove(bag.path() / name);
    ASSERT_EQ(::mkfifo((bag.path() / name).c_str(), 0600), 0);
    EXPECT_FALSE(bag.verify().is_valid()) << name;
  }
}

TEST(HostileBagTest, AFileThatCannotBeReadIsTold) {
  if (::geteuid() == 0) GTEST_SKIP() << "root reads everything";
  TestBag bag;
  bag.put("data/one", "1");
  bag.list();
  ASSERT_EQ(::chmod((bag.path() / "data/one").c_str(), 0), 0);
  EXPECT_ERROR(bag, kUnreadable);
}

TEST(HostileBagTest, AFileThatGrowsWhileItIsReadIsTold) {
  TestBag bag;
  bag.put("data/one", std::string(3 * kReadBytes, 'x'));
  bag.list();
  bool grown = false;
  const auto grow = [&](const BagProgress& progress) {
    if (progress.bytes > kReadBytes && !grown) bag.add("data/one", "y");
    grown = grown || progress.bytes > kReadBytes;
    return true;
  };
  const BagReport report = verify_bag(bag.path(), grow).value();
  EXPECT_TRUE(tells(report, Severity::kError, FindingKind::kUnreadable)) << told(report);
}

TEST(HostileBagTest, DepthIsBounded) {
  TestBag bag;
  bag.list();
  std::string path = "data";
  for (int i = 0; i <= kMaxDepth; ++i) path += "/d";
  bag.put(path + "/one", "1");
  EXPECT_ERROR(bag, kTooMuch);
}

TEST(HostileBagTest, TagFilesAreBounded) {
  struct Long {
    const char* name;
    std::size_t bytes;
  };
  for (const Long& each :
       {Long{"bag-info.txt", kMaxBagInfoBytes}, Long{"fetch.txt", kMaxFetchBytes},
        Long{"manifest-sha256.txt", kMaxManifestBytes}}) {
    TestBag bag;
    bag.list();
    std::filesystem::resize_file((bag.put(each.name, ""), bag.path() / each.name), each.bytes + 1);
    // A hole: to hash it costs time, and no disk.
    EXPECT_ERROR(bag, kTooMuch);
  }
}

TEST(HostileBagTest, MoreThanAnyDiskHoldsIsNotRead) {
  TestBag bag;
  bag.list();
  bag.put("data/hole", "");
  std::error_code error;
  std::filesystem::resize_file(bag.path() / "data/hole", kMaxBagBytes + 1, error);
  if (error) GTEST_SKIP() << "no files of this length here";
  EXPECT_ERROR(bag, kTooMuch);
}

TEST(HostileBagTest, AFloodOfFindingsIsCountedAndNotKept) {
  TestBag bag("0.97");
  bag.put("data/one", "1");
  bag.list("md5");
  std::string flood;
  for (int i = 0; i < 3'000; ++i) flood += hex_digest("md5", "1") + " *data/one\n";
  bag.add("manifest-md5.txt", flood);
  bag.add("manifest-md5.txt", "no line\n");
  const BagReport report = bag.verify();
  EXPECT_EQ(report.findings.kept().size(), kMaxFindings);
  EXPECT_GT(report.findings.warnings(), 3'000U);
  EXPECT_EQ(report.findings.errors(), 1U);
  EXPECT_TRUE(tells(report, Severity::kError, FindingKind::kBadLine));
}

TEST(HostileBagTest, NamesThatAreNoUtf8CannotBeListed) {
  TestBag bag;
  bag.put("data/\xFF", "1");
  EXPECT_ERROR((bag.list(), bag), kBadEncoding);
  bag.put("manifest-sha256.txt", "");
  EXPECT_ERROR(bag, kFileNotListed);
}

TEST(HostileBagTest, TooManyManifestsAreRefused) {
  TestBag bag;
  bag.list();
  for (std::size_t i = 0; i <= kMaxManifests; ++i)
    bag.put("manifest-sha" + std::string(i, '-') + "256.txt", "");
  EXPECT_ERROR(bag, kTooMuch);
}

}  // namespace
}  // namespace tocsin::bag
