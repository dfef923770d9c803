// What a bag is: its parts, its versions, what its information says.
#include "client/bag/verify.h"

#include <gtest/gtest.h>

#include "client/codes.h"
#include "tests/unit/client/bag/test_bag.h"

namespace tocsin::bag {
namespace {

TEST(BagVerifyTest, BagsOfEveryVersionAndAlgorithmAreValid) {
  for (const char* version : {"0.93", "0.94", "0.95", "0.96", "0.97", "1.0"}) {
    for (const char* algorithm :
         {"md5", "sha1", "sha224", "sha256", "sha384", "sha512", "sha3256"}) {
      TestBag bag(version);
      bag.put("data/one", "1");
      bag.put("data/a folder/of more/two", "22");
      bag.put("bag-info.txt", "Contact-Name: A\n");
      bag.put("notes/more.txt", "a tag file of another kind");
      bag.list(algorithm);
      bag.list_tags(algorithm);
      const BagReport report = bag.verify();
      EXPECT_TRUE(report.is_valid()) << version << " " << algorithm << "\n" << told(report);
      EXPECT_EQ(report.facts.version, version);
      EXPECT_EQ(report.facts.payload_files, 2U);
      EXPECT_EQ(report.facts.payload_bytes, 3U);
      EXPECT_EQ(report.facts.algorithms, std::vector<std::string>{algorithm});
    }
  }
}

TEST(BagVerifyTest, TheSmallestBagHasNoPayload) {
  TestBag bag;
  bag.list();
  const BagReport report = bag.verify();
  EXPECT_TRUE(report.is_valid()) << told(report);
  EXPECT_EQ(report.findings.warnings(), 0U);
}

TEST(BagVerifyTest, ABagInABagIsPayload) {
  TestBag bag;
  bag.put("data/inner/bagit.txt", "not looked at");
  bag.put("data/inner/manifest-md5.txt", "nor this");
  bag.put("data/inner/data/one", "1");
  bag.list();
  EXPECT_VALID(bag);
}

TEST(BagVerifyTest, WhatABagMustHaveIsMissed) {
  TestBag no_declaration;
  no_declaration.list();
  std::filesystem::remove(no_declaration.path() / "bagit.txt");
  EXPECT_ERROR(no_declaration, kNoDeclaration);

  TestBag no_payload;
  no_payload.list();
  std::filesystem::remove(no_payload.path() / "data");
  EXPECT_ERROR(no_payload, kNoPayloadFolder);
  no_payload.put("data", "a file");
  EXPECT_ERROR(no_payload, kNoPayloadFolder);

  const TestBag no_manifest;
  EXPECT_ERROR(no_manifest, kNoManifest);

  EXPECT_EQ(verify_bag(no_manifest.path() / "gone").error().code, kNoSuchFile);
  EXPECT_EQ(verify_bag(no_manifest.path() / "bagit.txt").error().code, kNoSuchFile);
}

TEST(BagVerifyTest, ADeclarationThatIsNoneEndsIt) {
  const auto with = [](std::string_view declaration) {
    auto bag = std::make_unique<TestBag>();
    bag->put("data/one", "1");
    bag->list();
    bag->put("bagit.txt", declaration);
    return bag;
  };
  EXPECT_ERROR(*with("BagIt-Version: 0.97\n"), kBadDeclaration);
  EXPECT_ERROR(*with("\xEF\xBB\xBF"
                     "BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-8\n"),
               kBadDeclaration);
  EXPECT_ERROR(*with("BagIt-Version : 1.0\nTag-File-Character-Encoding: UTF-8\n"), kBadDeclaration);
  EXPECT_ERROR(*with("BagIt-Version: .97\nTag-File-Character-Encoding: UTF-8\n"), kBadDeclaration);
  EXPECT_ERROR(*with("BagIt-Version: 7.0\nTag-File-Character-Encoding: UTF-8\n"),
               kUnsupportedVersion);
  EXPECT_ERROR(*with("BagIt-Version: 1.0\nTag-File-Character-Encoding: KLINGON\n"), kBadEncoding);
  EXPECT_ERROR(*with(std::string(5'000, '\n')), kBadDeclaration);
  EXPECT_WARNING(*with("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n\n"),
                 kBadDeclaration);
}

TEST(BagVerifyTest, TagFilesAreReadInTheirEncoding) {
  TestBag latin("0.97");
  latin.put("bagit.txt", "BagIt-Version: 0.97\nTag-File-Character-Encoding: ISO-8859-1\n");
  latin.put("data/caf\u00e9", "1");
  latin.put("manifest-md5.txt", hex_digest("md5", "1") + "  data/caf\xE9\n");
  latin.put("bag-info.txt", "Contact-Name: Ren\xE9\n");
  EXPECT_VALID(latin);
  EXPECT_EQ(latin.verify().facts.info.at(0).value, "Ren\u00e9");

  TestBag wide("0.97");
  wide.put("bagit.txt", "BagIt-Version: 0.97\nTag-File-Character-Encoding: UTF-16BE\n");
  wide.put("data/one", "1");
  std::string manifest;
  for (const char sign : hex_digest("md5", "1") + "  data/one\n") manifest += {'\0', sign};
  wide.put("manifest-md5.txt", manifest);
  EXPECT_VALID(wide);

  TestBag torn;
  torn.put("data/one", "1");
  torn.list();
  torn.add("manifest-sha256.txt", "\xFF");
  EXPECT_ERROR(torn, kBadEncoding);
}

TEST(BagVerifyTest, AMarkBeforeATagFileIsForbiddenFrom10On) {
  for (const char* version : {"0.97", "1.0"}) {
    TestBag bag(version);
    bag.put("data/one", "1");
    bag.put("manifest-sha256.txt", "\xEF\xBB\xBF" + bag.line("data/one"));
    if (std::string_view(version) == "1.0") {
      EXPECT_ERROR(bag, kBadEncoding);
    } else {
      EXPECT_WARNING(bag, kBadEncoding);
    }
  }
}

TEST(BagVerifyTest, LinesMayEndInAnyWay) {
  for (const char* end : {"\n", "\r", "\r\n"}) {
    TestBag bag;
    bag.put("data/one", "1");
    bag.put("data/two", "2");
    bag.put("manifest-sha256.txt", hex_digest("sha256", "1") + "  data/one" + end +
                                       hex_digest("sha256", "2") + "  data/two" + end);
    bag.put("bag-info.txt", std::string("A: 1") + end + "B: 2" + end);
    EXPECT_VALID(bag);
    EXPECT_EQ(bag.verify().facts.info.size(), 2U);
  }
}

TEST(BagVerifyTest, BagInfoHadAnotherNameBefore096) {
  for (const char* version : {"0.93", "0.95", "0.96"}) {
    TestBag bag(version);
    bag.list("md5");
    bag.put("package-info.txt", "A: old\nA: again\n");
    bag.put("bag-info.txt", "A: new\n");
    const bool is_old = std::string_view(version) < "0.96";
    EXPECT_EQ(bag.verify().facts.info.at(0).value, is_old ? "old" : "new");
  }
}

TEST(BagVerifyTest, LabelsMayBeRepeatedAndLinesBeLong) {
  TestBag bag;
  bag.list();
  bag.put("bag-info.txt",
          "Contact-Name: A\nContact-Name: B\nBagging-Date: 2026-01-01\n"
          "External-Description: " +
              std::string(10'000, 'x') + "\n  and more\n");
  EXPECT_VALID(bag);
  EXPECT_EQ(bag.verify().findings.warnings(), 0U);
  bag.put("bag-info.txt", "no colon here\n");
  EXPECT_ERROR(bag, kBadBagInfo);
}

TEST(BagVerifyTest, TheOxumIsThatOfThePayload) {
  for (const char* version : {"0.97", "1.0"}) {
    TestBag bag(version);
    bag.put("data/one", "12345");
    bag.put("data/two", "67");
    bag.list();
    bag.put("bag-info.txt", "payload-oxum: 7.2\n");
    EXPECT_VALID(bag);
    EXPECT_EQ(bag.verify().facts.payload_oxum, "7.2");
    for (const char* wrong : {"8.2", "7.1", "7", "seven", ""}) {
      bag.put("bag-info.txt", std::string("Payload-Oxum: ") + wrong + "\n");
      EXPECT_ERROR(bag, kWrongOxum);
    }
  }
}

TEST(BagVerifyTest, ARepeatedOxumIsAnErrorOf10) {
  for (const char* version : {"0.97", "1.0"}) {
    TestBag bag(version);
    bag.list();
    bag.put("bag-info.txt", "Payload-Oxum: 0.0\nPayload-Oxum: 0.0\n");
    if (std::string_view(version) == "1.0") {
      EXPECT_ERROR(bag, kWrongOxum);
    } else {
      EXPECT_WARNING(bag, kWrongOxum);
    }
    bag.put("bag-info.txt", "Payload-Oxum: 0.0\nPayload-Oxum: 9.9\n");
    EXPECT_ERROR(bag, kWrongOxum);
  }
}

TEST(BagVerifyTest, DigestsThatCanBeForgedAreTold) {
  TestBag bag;
  bag.put("data/one", "1");
  bag.list("md5");
  EXPECT_WARNING(bag, kWeakDigests);
  bag.list("sha256");
  EXPECT_VALID(bag);
  EXPECT_EQ(bag.verify().findings.warnings(), 0U);
}

TEST(BagVerifyTest, ItCanBeStoppedAndTellsHowFarItIs) {
  TestBag bag;
  bag.put("data/one", std::string(1'000'000, 'x'));
  bag.list();
  BagProgress last;
  const auto count = [&last](const BagProgress& progress) {
    last = progress;
    return true;
  };
  ASSERT_TRUE(verify_bag(bag.path(), count).has_value());
  EXPECT_GE(last.bytes, 1'000'000U);
  EXPECT_GE(last.files, 3U);
  const auto stop = [](const BagProgress& progress) { return progress.bytes < 500'000; };
  EXPECT_EQ(verify_bag(bag.path(), stop).error().code, kBagStopped);
}

}  // namespace
}  // namespace tocsin::bag
