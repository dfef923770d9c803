#include "client/bag/tag_files.h"

#include <gtest/gtest.h>

namespace tocsin::bag {
namespace {

std::optional<Declaration> declared(std::string_view text) {
  Findings findings;
  const auto declaration = parse_declaration(text, findings);
  EXPECT_TRUE(declaration.has_value() || findings.errors() > 0);
  return findings.errors() == 0 ? declaration : std::nullopt;
}

TEST(BagTagFilesTest, ADeclarationIsExactlyItsTwoLines) {
  for (const char* version : {"0.93", "0.94", "0.95", "0.96", "0.97", "1.0"}) {
    const std::string line = std::string("BagIt-Version: ") + version;
    for (const char* end : {"\n", "\r", "\r\n"})
      EXPECT_TRUE(declared(line + end + "Tag-File-Character-Encoding: UTF-8" + end).has_value());
  }
  EXPECT_TRUE(declared("BagIt-version: 1.0\nTag-File-Character-Encoding: UTF-8").has_value());
  for (const char* text : {"",
                           "\n",
                           "BagIt-Version: 1.0\n",
                           "Tag-File-Character-Encoding: UTF-8\nBagIt-Version: 1.0\n",
                           "BagIt-Version : 1.0\nTag-File-Character-Encoding: UTF-8\n",
                           "BagIt-Version:1.0\nTag-File-Character-Encoding: UTF-8\n",
                           "BagIt-Version:  1.0\nTag-File-Character-Encoding: UTF-8\n",
                           " BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n",
                           "BagIt-Version: 1.0 \nTag-File-Character-Encoding: UTF-8\n",
                           "BagIt-Version: 1.0\nTag-File-Character-Encoding : UTF-8\n",
                           "BagIt-Version: 1.0\nTag-File-Character-Encoding: \n",
                           "BagIt-Version: 1.0\n\nTag-File-Character-Encoding: UTF-8\n",
                           "BagIt-Version: .97\nTag-File-Character-Encoding: UTF-8\n",
                           "BagIt-Version: 1\nTag-File-Character-Encoding: UTF-8\n",
                           "BagIt-Version: 2.0\nTag-File-Character-Encoding: UTF-8\n",
                           "BagIt-Version: 0.92\nTag-File-Character-Encoding: UTF-8\n",
                           "BagIt-Version: 1.00\nTag-File-Character-Encoding: UTF-8\n",
                           "BagIt-Version: 1.0\nTag-File-Character-Encoding: WTF-8\n",
                           "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\nMore: 1\n",
                           "\xEF\xBB\xBF"
                           "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"})
    EXPECT_FALSE(declared(text).has_value()) << text;
}

TEST(BagTagFilesTest, ManifestsAreKnownByTheirFileNames) {
  EXPECT_EQ(manifest_named("manifest-sha512.txt")->algorithm->name, "sha512");
  EXPECT_EQ(manifest_named("tagmanifest-md5.txt")->of, ManifestOf::kTags);
  EXPECT_EQ(manifest_named("manifest-SHA-256.txt")->algorithm->name, "sha256");
  EXPECT_EQ(manifest_named("manifest-crc.txt")->algorithm, nullptr);
  for (const char* file : {"manifest-.txt", "manifest.txt", "manifest-md5", "xmanifest-md5.txt",
                           "data/manifest-md5.txt"})
    EXPECT_FALSE(manifest_named(file).has_value()) << file;
}

struct Parsed {
  Manifest manifest;
  Findings findings;
};
Parsed parsed(std::string_view file, std::string_view text) {
  Parsed result{*manifest_named(file), {}};
  parse_manifest(text, result.manifest, result.findings);
  return result;
}

constexpr std::string_view kMd5 = "900150983cd24fb0d6963f7d28e17f72";

TEST(BagTagFilesTest, ManifestLinesAreDigestBlanksAndPath) {
  const std::string upper = "900150983CD24FB0D6963F7D28E17F72";
  const auto read = parsed("manifest-md5.txt", std::string(kMd5) + "  data/a b \r\n" + upper +
                                                   "\t \tdata/c\n\n" + std::string(kMd5) +
                                                   " *data/d\r" + std::string(kMd5) + " ./data/e");
  ASSERT_EQ(read.manifest.lines.size(), 4U);
  EXPECT_EQ(read.manifest.lines[0].path, "data/a b ");
  EXPECT_EQ(read.manifest.lines[1].path, "data/c");
  EXPECT_EQ(read.manifest.lines[1].digest, read.manifest.lines[0].digest);
  EXPECT_EQ(read.manifest.lines[2].path, "data/d");
  EXPECT_EQ(read.manifest.lines[3].path, "data/e");
  EXPECT_EQ(read.manifest.lines[3].line, 5U);
  EXPECT_EQ(read.findings.errors(), 0U);
  EXPECT_EQ(read.findings.warnings(), 2U);
}

TEST(BagTagFilesTest, ManifestLinesOfAnotherFormAreErrors) {
  const std::string md5(kMd5);
  for (const std::string& line : std::vector<std::string>{
           md5, md5 + " ", "data/a", md5.substr(1) + "  data/a", md5 + "0  data/a",
           "g" + md5.substr(1) + "  data/a", "  data/a", md5 + "  ../a", md5 + "  /etc/passwd",
           md5 + "  ~/a", md5 + "  ~root/a", md5 + "  data/../../a", md5 + "  C:\\Windows\\a",
           md5 + "  data\\a", md5 + "  bag-info.txt", md5 + "  data", md5 + "  database/a",
           md5 + "  ././data/a", md5 + "  %HomeDrive%\\a"}) {
    const auto read = parsed("manifest-md5.txt", line);
    EXPECT_EQ(read.findings.errors(), 1U) << line;
    EXPECT_TRUE(read.manifest.lines.empty()) << line;
  }
}

TEST(BagTagFilesTest, ATagManifestListsNoPayloadAndNoTagManifest) {
  const std::string md5(kMd5);
  EXPECT_EQ(parsed("tagmanifest-md5.txt", md5 + "  bagit.txt").findings.errors(), 0U);
  for (const char* path : {"data/a", "tagmanifest-md5.txt", "tagmanifest-sha1.txt", "../a"})
    EXPECT_EQ(parsed("tagmanifest-md5.txt", md5 + "  " + path).findings.errors(), 1U) << path;
}

struct Info {
  std::vector<BagEntry> entries;
  Findings findings;
};
Info info_of(std::string_view text, Version version) {
  Info result;
  result.entries = parse_bag_info(text, "bag-info.txt", version, result.findings);
  return result;
}

TEST(BagTagFilesTest, BagInfoKeepsOrderRepeatsAndFoldedLines) {
  const auto read =
      info_of("A: one\r\nB: two\n\tand\n   more\nA: three: four\n\nEmpty:\nC: x", Version::k10);
  ASSERT_EQ(read.entries.size(), 5U);
  EXPECT_EQ(read.entries[0].value, "one");
  EXPECT_EQ(read.entries[1].value, "two and more");
  EXPECT_EQ(read.entries[2].label, "A");
  EXPECT_EQ(read.entries[2].value, "three: four");
  EXPECT_EQ(read.findings.errors(), 0U);
  EXPECT_EQ(info_of("A: " + std::string(100'000, 'x') + "\n", Version::k10).entries.size(), 1U);
}

TEST(BagTagFilesTest, BlanksBeforeTheColonAreOfOldVersionsOnly) {
  for (const char* line : {"A : one", "A\t:\tone", "A:one", "A   :   one"}) {
    const auto read = info_of(line, Version::k097);
    ASSERT_EQ(read.entries.size(), 1U) << line;
    EXPECT_EQ(read.entries[0].label, "A");
    EXPECT_EQ(read.entries[0].value, "one");
  }
  EXPECT_EQ(info_of("A : one", Version::k10).findings.errors(), 1U);
  EXPECT_EQ(info_of("A:one", Version::k10).findings.warnings(), 1U);
  for (const char* text : {"no colon", ": no label", " begins nothing"})
    EXPECT_EQ(info_of(text, Version::k097).findings.errors(), 1U) << text;
}

TEST(BagTagFilesTest, WhatIsPrintedReadsTheSame) {
  const std::string words = "the quick brown fox jumps over the lazy dog and then sleeps";
  for (const std::string& value :
       {std::string(), std::string("one"), words + " " + words + " " + words, std::string(300, 'x'),
        "a " + std::string(300, 'x') + " b"}) {
    const auto printed = print_element({"Some-Label", value});
    ASSERT_TRUE(printed.has_value());
    const auto read = info_of(*printed, Version::k10);
    ASSERT_EQ(read.entries.size(), 1U) << *printed;
    EXPECT_EQ(read.entries[0].value, value);
    EXPECT_EQ(read.findings.errors() + read.findings.warnings(), 0U);
  }
  const auto folded = *print_element({"L", words + " " + words});
  EXPECT_LE(folded.find('\n'), 79U);
  for (const BagEntry& entry :
       {BagEntry{"A", "x\nPayload-Oxum: 0.0"}, BagEntry{"A", "x\r"}, BagEntry{"A\nB", "x"},
        BagEntry{"A:B", "x"}, BagEntry{"", "x"}, BagEntry{" A", "x"}, BagEntry{"A", " x"},
        BagEntry{"A", "x  y"}, BagEntry{"A", "\xFF"}})
    EXPECT_FALSE(print_element(entry).has_value());
}

TEST(BagTagFilesTest, FetchLinesAreUrlLengthAndPath) {
  const auto errors_in = [](std::string_view text) {
    Findings findings;
    static_cast<void>(parse_fetch(text, findings));
    return findings.errors();
  };
  Findings findings;
  const auto lines =
      parse_fetch("https://example.org/a 12 data/a b\nhttp://example.org/ - data/c\r\n", findings);
  ASSERT_EQ(lines.size(), 2U);
  EXPECT_EQ(lines[0].path, "data/a b");
  EXPECT_EQ(findings.errors() + findings.warnings(), 0U);
  for (const char* line :
       {"https://example.org/a", "https://example.org/a 12", "example.org 12 data/a",
        "https://example.org/a twelve data/a", "https://example.org/a -1 data/a", ": 12 data/a",
        "https: 12 data/a", "https://e\x01 12 data/a", "https://example.org/a 12 ../a",
        "https://example.org/a 12 /tmp/a", "https://example.org/a 12 ~/a",
        "https://example.org/a 12 ~root/a", "https://example.org/a 12 C:\\a",
        "https://example.org/a 12 bag-info.txt"})
    EXPECT_EQ(errors_in(line), 1U) << line;
  static_cast<void>(parse_fetch("file:///etc/passwd 12 data/a", findings));
  EXPECT_EQ(findings.warnings(), 1U);
}

TEST(BagTagFilesTest, AnOxumIsTwoNumbers) {
  EXPECT_EQ(parse_oxum("12.3")->bytes, 12U);
  EXPECT_EQ(parse_oxum("12.3")->files, 3U);
  for (const char* text :
       {"", "12", "12.", ".3", "12.3.4", "-1.3", "12.x", "1e3.1", " 1.1", "99999999999999999999.1"})
    EXPECT_FALSE(parse_oxum(text).has_value()) << text;
}

}  // namespace
}  // namespace tocsin::bag
