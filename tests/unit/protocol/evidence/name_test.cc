#include "protocol/evidence/name.h"

#include <gtest/gtest.h>

#include "crypto/base/rng.h"
#include "protocol/alert/unicode.h"

namespace tocsin {
namespace {

// EVI-5.1
TEST(EvidenceNameTest, OrdinaryNamesStayWhatTheyAre) {
  for (const std::string_view name :
       {"backup.zip.age", "фото 1.jpg", "نسخة.tar", "a", "report (2).pdf", "x_y-z", "console.log"})
    EXPECT_EQ(safe_file_name(name), name);
}

// EVI-5.1
TEST(EvidenceNameTest, NoNameLeavesItsFolderHidesOrIsAnOption) {
  EXPECT_EQ(safe_file_name(""), "unnamed");
  EXPECT_EQ(safe_file_name("."), "_");
  EXPECT_EQ(safe_file_name(".."), "__");
  EXPECT_EQ(safe_file_name("../../etc/passwd"), "_._.._etc_passwd");
  EXPECT_EQ(safe_file_name("..\\x"), "_._x");
  EXPECT_EQ(safe_file_name("/etc/shadow"), "_etc_shadow");
  EXPECT_EQ(safe_file_name(".bashrc"), "_bashrc");
  EXPECT_EQ(safe_file_name("-rf"), "_rf");
  EXPECT_EQ(safe_file_name("~root"), "_root");
  EXPECT_EQ(safe_file_name(std::string_view("a\0b", 3)), "a_b");
  EXPECT_EQ(safe_file_name("a\nb"), "a_b");
  EXPECT_EQ(safe_file_name("$(reboot);`x`"), "_(reboot)__x_");
  EXPECT_EQ(safe_file_name("C:evil"), "C_evil");
  EXPECT_EQ(safe_file_name("note. "), "note._");
  EXPECT_EQ(safe_file_name("NUL"), "_UL");
  EXPECT_EQ(safe_file_name("com1.txt"), "_om1.txt");
  EXPECT_EQ(safe_file_name("computer"), "computer");
}

// EVI-5.1: U+202E would show "fdp.exe" as "exe.pdf".
TEST(EvidenceNameTest, NothingThatTurnsOrHidesLettersStays) {
  EXPECT_EQ(safe_file_name("invoice\u202Efdp.exe"), "invoice_fdp.exe");
  EXPECT_EQ(safe_file_name("a\u200Bb"), "a_b");
  EXPECT_EQ(safe_file_name("\xff\xfe"), "__");
  EXPECT_EQ(safe_file_name("\u0301x"), "_x");
}

// EVI-5.1
TEST(EvidenceNameTest, ALongNameKeepsItsEnding) {
  const std::string name = safe_file_name(std::string(240, 'x') + ".zip.age");
  EXPECT_EQ(name.size(), kMostNameBytes);
  EXPECT_TRUE(name.ends_with(".age"));
  EXPECT_EQ(safe_file_name("a." + std::string(240, 'x')).size(), kMostNameBytes);
}

TEST(EvidenceNameTest, WhateverIsGivenTheNameIsOneComponentAndSafeOnceMore) {
  SeededRng rng(1);
  static constexpr std::string_view kOften = "./\\-~ :$\xE2\x80\xAE\xCC\x81\xD8\xA7";
  for (int i = 0; i < 20'000; ++i) {
    std::array<std::uint8_t, 64> bytes{};
    rng.fill(bytes);
    std::string given;
    for (std::size_t at = 1; at < std::size_t{bytes[0]} % bytes.size(); ++at)
      given.push_back(bytes[at] < 128 ? kOften[bytes[at] % kOften.size()]
                                      : static_cast<char>(bytes[at]));
    const std::string name = safe_file_name(given);
    ASSERT_FALSE(name.empty());
    ASSERT_LE(name.size(), kMostNameBytes);
    ASSERT_TRUE(decode_utf8(name).has_value());
    ASSERT_EQ(name.find('/'), std::string::npos);
    ASSERT_NE(name.front(), '.');
    ASSERT_EQ(safe_file_name(name), name);
  }
}

}  // namespace
}  // namespace tocsin
