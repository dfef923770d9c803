#include "client/bag/write.h"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "client/codes.h"
#include "tests/unit/client/bag/test_bag.h"

namespace tocsin::bag {
namespace {

class BagWriteTest : public testing::Test {
 protected:
  Path source(const char* name, std::string_view content) const {
    std::ofstream(folder_.path() / name, std::ios::binary) << content;
    return folder_.path() / name;
  }
  BagPlan plan() const {
    return {.payload = {{.name = "one", .source = source("first", "1")},
                        {.name = "a folder/deep/two",
                         .source = source("second", std::string(700'000, 'x'))}},
            .tags = {{.name = "custody/record.json", .content = to_bytes(as_bytes("{}"))},
                     {.name = "page.html", .content = source("third", "<p>")}},
            .info = {{"Contact-Name", "N\u00fa\u00f1ez"}, {"Contact-Name", "Ada"}},
            .bagged = parse_day("2026-11-27").value(),
            .agent = "tocsin test",
            .watch = {}};
  }
  Path bag() const { return folder_.path() / "bag"; }
  void expect_nothing_left() const {
    EXPECT_FALSE(std::filesystem::exists(bag()));
    EXPECT_FALSE(std::filesystem::exists(folder_.path() / "bag.part"));
  }
  static mode_t mode_of(const Path& path) {
    struct stat status{};
    EXPECT_EQ(::stat(path.c_str(), &status), 0);
    return status.st_mode & 07777U;
  }

  TemporaryFolder folder_;
};

TEST_F(BagWriteTest, WhatIsWrittenIsValid) {
  const BagFacts facts = write_bag(bag(), plan()).value();
  EXPECT_EQ(facts.payload_oxum, "700001.2");
  const BagReport report = verify_bag(bag()).value();
  EXPECT_TRUE(report.is_valid()) << told(report);
  EXPECT_EQ(report.findings.warnings(), 0U) << told(report);
  EXPECT_EQ(report.facts.version, "1.0");
  EXPECT_EQ(report.facts.payload_files, 2U);
  EXPECT_EQ(report.facts.payload_bytes, 700'001U);
  EXPECT_EQ(report.facts.algorithms, (std::vector<std::string>{"sha256", "sha512"}));
  EXPECT_EQ(report.facts.tag_algorithms, report.facts.algorithms);
  ASSERT_EQ(report.facts.info.size(), 5U);
  EXPECT_EQ(report.facts.info[1].value, "Ada");
  EXPECT_EQ(report.facts.info[2].value, "2026-11-27");
  EXPECT_EQ(report.facts.info[3].value, "tocsin test");
}

TEST_F(BagWriteTest, OnlyItsOwnerCanReadIt) {
  ASSERT_TRUE(write_bag(bag(), plan()).has_value());
  EXPECT_EQ(mode_of(bag()), 0700U);
  for (const auto& each : std::filesystem::recursive_directory_iterator(bag()))
    EXPECT_EQ(mode_of(each.path()), each.is_directory() ? 0700U : 0400U) << each.path();
}

TEST_F(BagWriteTest, TheUsualToolChecksIt) {
  ASSERT_TRUE(write_bag(bag(), plan()).has_value());
  for (const char* line : {"sha256sum --strict --quiet -c manifest-sha256.txt",
                           "sha512sum --strict --quiet -c manifest-sha512.txt",
                           "sha256sum --strict --quiet -c tagmanifest-sha256.txt"})
    EXPECT_EQ(std::system(("cd '" + bag().string() + "' && " + line).c_str()), 0) << line;
}

TEST_F(BagWriteTest, NamesAreEscaped) {
  BagPlan odd = plan();
  odd.payload[0].name = "line\nbreak\r 100% %0A";
  ASSERT_TRUE(write_bag(bag(), odd).has_value());
  const BagReport report = verify_bag(bag()).value();
  EXPECT_TRUE(report.is_valid()) << told(report);
  EXPECT_EQ(report.findings.warnings(), 0U);
}

TEST_F(BagWriteTest, ABagMayBeEmpty) {
  ASSERT_TRUE(
      write_bag(
          bag() / "",
          {.payload = {}, .tags = {}, .info = {}, .bagged = {}, .agent = "tocsin", .watch = {}})
          .has_value());
  EXPECT_TRUE(verify_bag(bag()).value().is_valid());
}

TEST_F(BagWriteTest, NothingIsWrittenOver) {
  std::filesystem::create_directory(bag());
  EXPECT_EQ(write_bag(bag(), plan()).error().code, kFileInTheWay);
  std::filesystem::remove(bag());
  std::filesystem::create_directory(folder_.path() / "bag.part");
  source("bag.part/kept", "x");
  EXPECT_EQ(write_bag(bag(), plan()).error().code, kFileInTheWay);
  EXPECT_TRUE(std::filesystem::exists(folder_.path() / "bag.part/kept"));
  EXPECT_EQ(write_bag(folder_.path() / "gone/bag", plan()).error().code, kNoSuchFile);
}

TEST_F(BagWriteTest, NamesThatABagCannotHaveAreRefused) {
  for (const char* name : {"", "../one", "/one", "a//b", "a\\b", "a/../b", "\xFF", "ONE", "o/"}) {
    BagPlan wrong = plan();
    wrong.payload.push_back({.name = name, .source = source("first", "1")});
    EXPECT_EQ(write_bag(bag(), wrong).error().code, kBagName) << name;
  }
  for (const char* name : {"data", "data/x", "DATA/x", "bagit.txt", "Bag-Info.txt", "fetch.txt",
                           "manifest-md5.txt", "tagmanifest-x.txt", "../x", "~x", "PAGE.html"}) {
    BagPlan wrong = plan();
    wrong.tags.push_back({.name = name, .content = Bytes{}});
    EXPECT_EQ(write_bag(bag(), wrong).error().code, kBagName) << name;
  }
  expect_nothing_left();
}

TEST_F(BagWriteTest, NoLineIsSmuggledIntoTheInformation) {
  for (const BagEntry& entry :
       {BagEntry{"A", "x\nPayload-Oxum: 0.0"}, BagEntry{"A\r", "x"}, BagEntry{"A:", "x"},
        BagEntry{"payload-OXUM", "0.0"}, BagEntry{"Bagging-Date", "x"}}) {
    BagPlan wrong = plan();
    wrong.info.push_back(entry);
    EXPECT_EQ(write_bag(bag(), wrong).error().code, kBagName);
  }
  BagPlan wrong = plan();
  wrong.agent = "x\ny";
  EXPECT_EQ(write_bag(bag(), wrong).error().code, kBagName);
  expect_nothing_left();
}

TEST_F(BagWriteTest, AFailureLeavesNothing) {
  BagPlan gone = plan();
  gone.payload[1].source = folder_.path() / "nowhere";
  EXPECT_EQ(write_bag(bag(), gone).error().code, kNoSuchFile);
  expect_nothing_left();

  BagPlan folder_as_file = plan();
  folder_as_file.payload.push_back({.name = "one/below", .source = source("first", "1")});
  EXPECT_FALSE(write_bag(bag(), folder_as_file).has_value());
  expect_nothing_left();

  BagPlan link = plan();
  std::filesystem::create_symlink(folder_.path() / "first", folder_.path() / "link");
  link.payload[0].source = folder_.path() / "link";
  EXPECT_FALSE(write_bag(bag(), link).has_value());
  link.payload[0].source = folder_.path();
  EXPECT_FALSE(write_bag(bag(), link).has_value());
  expect_nothing_left();
}

TEST_F(BagWriteTest, ASourceOfAnotherContentIsRefused) {
  BagPlan plan_now = plan();
  plan_now.payload[0].expected = sha256({as_bytes("1")});
  ASSERT_TRUE(write_bag(bag(), plan_now).has_value());
  plan_now.payload[0].expected = sha256({as_bytes("2")});
  EXPECT_EQ(write_bag(folder_.path() / "other", plan_now).error().code, kFileChanged);
  EXPECT_FALSE(std::filesystem::exists(folder_.path() / "other.part"));
}

TEST_F(BagWriteTest, ItCanBeStoppedAndLeavesNothing) {
  BagPlan stopped = plan();
  std::uint64_t seen = 0;
  stopped.watch = [&seen](const BagProgress& progress) {
    seen = progress.bytes;
    return progress.bytes < 100'000;
  };
  EXPECT_EQ(write_bag(bag(), stopped).error().code, kBagStopped);
  EXPECT_GE(seen, 100'000U);
  expect_nothing_left();
}

}  // namespace
}  // namespace tocsin::bag
