// What manifests, tag manifests and fetch.txt say beside what is there.
#include <gtest/gtest.h>

#include "client/bag/verify.h"
#include "tests/unit/client/bag/test_bag.h"

namespace tocsin::bag {
namespace {

// One payload file, listed.
std::unique_ptr<TestBag> small_bag(const std::string& version = "1.0") {
  auto bag = std::make_unique<TestBag>(version);
  bag->put("data/one", "1");
  bag->list();
  return bag;
}

TEST(BagListsTest, AChangedPayloadFileIsNotWhatItWas) {
  const auto bag = small_bag();
  bag->put("data/one", "2");
  EXPECT_ERROR(*bag, kWrongDigest);
}

TEST(BagListsTest, EveryManifestIsCompared) {
  const auto bag = small_bag("0.97");
  bag->list("md5");
  EXPECT_VALID(*bag);
  bag->put("manifest-md5.txt", hex_digest("md5", "2") + "  data/one\n");
  EXPECT_ERROR(*bag, kWrongDigest);
}

TEST(BagListsTest, AMissingPayloadFileIsMissed) {
  const auto bag = small_bag();
  std::filesystem::remove(bag->path() / "data/one");
  EXPECT_ERROR(*bag, kFileMissing);
}

TEST(BagListsTest, AListedFolderIsNoFile) {
  const auto bag = small_bag();
  std::filesystem::create_directories(bag->path() / "data/folder");
  bag->add("manifest-sha256.txt", hex_digest("sha256", "") + "  data/folder\n");
  EXPECT_ERROR(*bag, kFileMissing);
}

TEST(BagListsTest, AnExtraPayloadFileIsAnError) {
  for (const char* version : {"0.97", "1.0"}) {
    const auto bag = small_bag(version);
    bag->put("data/.hidden", "x");
    EXPECT_ERROR(*bag, kFileNotListed);
  }
}

TEST(BagListsTest, From10OnEveryManifestListsEveryFile) {
  for (const char* version : {"0.97", "1.0"}) {
    TestBag bag(version);
    bag.put("data/one", "1");
    bag.put("data/two", "2");
    bag.put("manifest-sha256.txt", bag.line("data/one", "sha256"));
    bag.put("manifest-sha512.txt", bag.line("data/two", "sha512"));
    if (std::string_view(version) == "1.0") {
      EXPECT_ERROR(bag, kFileNotListed);
    } else {
      EXPECT_VALID(bag);
    }
    bag.put("data/three", "3");
    EXPECT_ERROR(bag, kFileNotListed);
  }
}

TEST(BagListsTest, AnEmptyManifestListsNothing) {
  const auto bag = small_bag();
  bag->put("manifest-sha256.txt", "");
  EXPECT_ERROR(*bag, kFileNotListed);
}

TEST(BagListsTest, AFileListedTwice) {
  const auto old = small_bag("0.97");
  old->add("manifest-sha256.txt", old->line("data/one"));
  EXPECT_WARNING(*old, kListedTwice);
  old->add("manifest-sha256.txt", hex_digest("sha256", "2") + "  data/one\n");
  EXPECT_ERROR(*old, kListedTwice);
  const auto bag = small_bag();
  bag->add("manifest-sha256.txt", bag->line("data/one"));
  EXPECT_ERROR(*bag, kListedTwice);
}

TEST(BagListsTest, DigestsAreOfEitherCaseAndOfTheirLength) {
  const auto bag = small_bag();
  std::string line = bag->line("data/one");
  for (std::size_t i = 0; i < 64; ++i)
    line[i] = static_cast<char>(std::toupper(static_cast<unsigned char>(line[i])));
  bag->put("manifest-sha256.txt", line);
  EXPECT_VALID(*bag);
  bag->put("manifest-sha256.txt", line.substr(2));
  EXPECT_ERROR(*bag, kBadLine);
}

TEST(BagListsTest, AnUnknownAlgorithmCannotBeChecked) {
  const auto bag = small_bag("0.97");
  bag->put("manifest-crc32.txt", "00000000  data/one\n");
  EXPECT_ERROR(*bag, kUnknownAlgorithm);
  std::filesystem::remove(bag->path() / "manifest-sha256.txt");
  EXPECT_ERROR(*bag, kNoManifest);
}

TEST(BagListsTest, WaysOfWritingAPathThatAreUnderstood) {
  for (const char* front : {"*", "./"}) {
    const auto bag = small_bag("0.97");
    bag->put("manifest-sha256.txt", hex_digest("sha256", "1") + " " + front + "data/one\n");
    EXPECT_WARNING(*bag, kUnusualPath);
  }
}

TEST(BagListsTest, NamesWithBlanksLineBreaksAndPercentAreFound) {
  for (const char* version : {"0.97", "1.0"}) {
    TestBag bag(version);
    bag.put("data/a b ", "1");
    bag.put("data/a\nb\r", "2");
    bag.put("data/100%", "3");
    bag.put("data/a%0Ab", "4");
    bag.put("data/hello%20world", "5");
    bag.list();
    EXPECT_VALID(bag);
  }
}

TEST(BagListsTest, OldBagsHavePercentAsItIs) {
  TestBag bag("0.97");
  bag.put("data/100%", "1");
  bag.put("data/a%25b", "2");
  bag.put("manifest-sha256.txt", bag.line("data/100%") + bag.line("data/a%25b"));
  EXPECT_VALID(bag);
}

TEST(BagListsTest, SpellingsOfOneNameThatDiffer) {
  TestBag composed;
  composed.put("data/N\u00fa\u00f1ez", "");
  composed.put("manifest-sha256.txt", hex_digest("sha256", "") + "  data/Nu\u0301n\u0303ez\n");
  EXPECT_WARNING(composed, kOnlyAlike);

  TestBag twice("0.97");
  twice.put("data/N\u00fa\u00f1ez", "");
  twice.put("manifest-sha256.txt", hex_digest("sha256", "") + "  data/Nu\u0301n\u0303ez\n" +
                                       hex_digest("sha256", "") + "  data/N\u00fa\u00f1ez\n");
  EXPECT_WARNING(twice, kOnlyAlike);
  twice.put("data/Nu\u0301n\u0303ez", "");
  EXPECT_WARNING(twice, kOnlyAlike);
  twice.put("data/Nu\u0301n\u0303ez", "another");
  EXPECT_ERROR(twice, kWrongDigest);

  TestBag apart;
  apart.put("data/Nu\u0301n\u0303ez", "");
  apart.list();
  EXPECT_WARNING(apart, kOnlyAlike);
}

TEST(BagListsTest, NamesThatDifferInCapitalsOnly) {
  TestBag bag("0.97");
  bag.put("data/one", "1");
  bag.put("data/ONE", "1");
  bag.list();
  EXPECT_WARNING(bag, kOnlyAlike);
  // Of a system that kept one of the two: both lines say the same of it.
  std::filesystem::remove(bag.path() / "data/ONE");
  EXPECT_WARNING(bag, kOnlyAlike);
  // One line alone names another file than the one that is there.
  bag.put("manifest-sha256.txt", hex_digest("sha256", "1") + "  data/ONE\n");
  EXPECT_ERROR(bag, kFileMissing);
}

TEST(BagListsTest, FilesThatDesktopsLeaveAreTold) {
  TestBag bag("0.97");
  bag.put("data/.DS_Store", "x");
  bag.put("data/a/Thumbs.db", "x");
  bag.put("data/._one", "x");
  bag.list();
  EXPECT_WARNING(bag, kSystemFile);
  EXPECT_EQ(bag.verify().findings.warnings(), 3U);
}

TEST(BagListsTest, TagFilesAreWhatTheirManifestSays) {
  const auto bag = small_bag();
  bag->put("bag-info.txt", "A: 1\n");
  bag->put("more/notes.txt", "x");
  bag->list_tags();
  bag->list_tags("sha512");
  EXPECT_VALID(*bag);
  bag->put("not-listed.txt", "a tag file may be in no manifest");
  EXPECT_VALID(*bag);
  bag->put("more/notes.txt", "y");
  EXPECT_ERROR(*bag, kWrongDigest);
  std::filesystem::remove(bag->path() / "more/notes.txt");
  EXPECT_ERROR(*bag, kFileMissing);
}

TEST(BagListsTest, EveryTagFileThatIsReadIsAlsoCompared) {
  for (const char* name : {"bagit.txt", "bag-info.txt", "manifest-sha256.txt"}) {
    const auto bag = small_bag();
    bag->put("bag-info.txt", "A: 1\n");
    bag->list_tags();
    EXPECT_VALID(*bag);
    bag->add(name, "\n");
    EXPECT_ERROR(*bag, kWrongDigest);
  }
}

TEST(BagListsTest, ATagManifestListsNoTagManifestAndNoPayload) {
  for (const char* name : {"tagmanifest-sha256.txt", "data/one"}) {
    const auto bag = small_bag();
    bag->list_tags();
    bag->add("tagmanifest-sha256.txt", bag->line(name));
    EXPECT_ERROR(*bag, kWrongPlace);
  }
}

TEST(BagListsTest, ATagManifestNamesEveryManifest) {
  for (const char* version : {"0.97", "1.0"}) {
    const auto bag = small_bag(version);
    bag->put("tagmanifest-sha256.txt", bag->line("bagit.txt"));
    if (std::string_view(version) == "1.0") {
      EXPECT_ERROR(*bag, kFileNotListed);
    } else {
      EXPECT_WARNING(*bag, kFileNotListed);
    }
  }
}

TEST(BagListsTest, WhatIsToBeFetchedIsMissing) {
  const auto bag = small_bag();
  bag->put("fetch.txt", "https://example.org/one 1 data/one\n");
  EXPECT_VALID(*bag);  // fetched already
  std::filesystem::remove(bag->path() / "data/one");
  EXPECT_ERROR(*bag, kNotFetched);
  bag->put("manifest-sha256.txt", "");
  EXPECT_ERROR(*bag, kNotFetched);
}

TEST(BagListsTest, AFetchListOfAnotherFormIsAnError) {
  const auto bag = small_bag();
  bag->put("fetch.txt", "data/one\n");
  EXPECT_ERROR(*bag, kBadFetch);
  for (const char* path : {"../../../README.md", "/tmp/foo", "~/foo", "~root/foo", "C:\\foo"}) {
    bag->put("fetch.txt", std::string("https://example.org/one - ") + path + "\n");
    EXPECT_ERROR(*bag, kUnsafePath);
  }
  bag->put("fetch.txt", "https://example.org/one - bagit.txt\n");
  EXPECT_ERROR(*bag, kWrongPlace);
  bag->put("fetch.txt", "file:///etc/hostname - data/one\n");
  EXPECT_WARNING(*bag, kBadFetch);
}

}  // namespace
}  // namespace tocsin::bag
