#include "protocol/alert/export.h"

#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <sstream>

#include "protocol/codes.h"
#include "tests/unit/protocol/alert/alert_world.h"

namespace tocsin {
namespace {

constexpr ExportedState kState{.life = Life::kCurrent, .today = Day{20'000}};

class ExportTest : public AlertTest {
 protected:
  static const Bytes* find(const std::vector<ExportedFile>& files, std::string_view name) {
    const auto found = std::ranges::find(files, name, &ExportedFile::name);
    return found == files.end() ? nullptr : &found->bytes;
  }
};

// ALT-11.1 (the commands themselves are run by tests/system/flows_test.py)
TEST_F(ExportTest, EverySignatureThatCountsComesWithItsBytesItsKeyAndItsCommand) {
  const AlertMessage message = world.message(world.body(), {0, 2});
  const auto files = export_alert(message, *world.chain, Page{}, kState);
  ASSERT_TRUE(files.has_value());
  ASSERT_NE(find(*files, "alert.pae"), nullptr);
  EXPECT_EQ(*find(*files, "alert.pae"),
            pre_authentication_encoding(DocumentKind::kAlert, message.envelope.body));
  for (const char* name : {"alert.holder-1.sig", "alert.holder-3.sig", "charter-1.holder-1.sig",
                           "charter-1-holder-1.pem", "charter-1-holder-2.pem", "page.html"}) {
    EXPECT_NE(find(*files, name), nullptr) << name;
  }
  EXPECT_EQ(find(*files, "alert.holder-2.sig"), nullptr);
  const std::string verify(as_text(*find(*files, "VERIFY.txt")));
  EXPECT_NE(verify.find("-inkey charter-1-holder-3.pem -rawin -in alert.pae -sigfile "
                        "alert.holder-3.sig"),
            std::string::npos);
}

// ALT-11.2
TEST_F(ExportTest, NeitherTheNonceNorASignatureThatDoesNotCountIsThere) {
  AlertMessage message = world.message(world.body(), {0, 2});
  message.envelope.signatures.push_back(
      sign_document(world.holders[7].secret, DocumentKind::kAlert, message.envelope.body));
  message.envelope.signatures[0].signature = {};
  const auto files = export_alert(message, *world.chain, Page{}, kState);
  ASSERT_TRUE(files.has_value());
  std::size_t signatures = 0;
  for (const ExportedFile& file : *files) {
    if (file.name.starts_with("alert.holder-")) ++signatures;
    EXPECT_TRUE(std::ranges::search(file.bytes, message.nonce.view()).empty()) << file.name;
  }
  EXPECT_EQ(signatures, 1U);
}

// ALT-11.2: an envelope may carry somebody's signature twice; it is one file.
TEST_F(ExportTest, ASecondSignatureOfOneHolderIsNoSecondFile) {
  AlertMessage message = world.message(world.body(), {0, 2});
  message.envelope.signatures.push_back(message.envelope.signatures[0]);
  const auto files = export_alert(message, *world.chain, Page{}, kState);
  ASSERT_TRUE(files.has_value());
  std::set<std::string> names;
  for (const ExportedFile& file : *files) EXPECT_TRUE(names.insert(file.name).second) << file.name;
}

// ALT-11.3
TEST_F(ExportTest, NothingThatAPersonWroteStandsInWhatIsRunInAShell) {
  Charter charter = world.charter({0, 1, 2}, 2);
  charter.holders[0].name = "Eve'; touch taken #";
  charter.holders[1].name = "$(touch taken) | touch taken & x";
  charter.names = {{language("en"), "\"; touch taken; \""}};
  const CharterChain chain = world.found(charter, {0, 1});
  const AlertMessage message = world.message(world.body_under(chain), {0, 1});
  const auto files = export_alert(message, chain, Page{}, kState);
  ASSERT_TRUE(files.has_value());
  const std::regex harmless(
      "|# [A-Za-z0-9 ,.:-]*|b2sum -l 256 charter-1[.]numbered|echo every check held|"
      "openssl pkeyutl -verify -pubin -inkey charter-1-holder-[12][.]pem "
      "-rawin -in (charter-1|alert)[.]pae "
      "-sigfile (charter-1|alert)[.]holder-[12][.]sig|"
      "tail -c [0-9]+ (charter-1|alert)[.](pae|numbered|hashed) [|] cmp - (charter-1|alert)[.]body|"
      "openssl pkey -pubin -in charter-1-holder-[123][.]pem -outform DER [|] tail -c 32 [|] "
      "cmp -n 32 -i 0:[0-9]+ - charter-1[.]body|"
      "test \"[$][(]b2sum -l 256 charter-1[.]hashed [|] cut -c 1-64[)]\" = \"[$][(]tail -c "
      "[+][0-9]+ "
      "alert[.]body [|] head -c 32 [|] od -An -v -tx1 [|] tr -d ' \\\\n'[)]\"");
  std::istringstream lines{std::string(as_text(*find(*files, "VERIFY.txt")))};
  std::size_t commands = 0;
  for (std::string line; std::getline(lines, line);) {
    EXPECT_TRUE(std::regex_match(line, harmless)) << line;
    commands += line.starts_with("openssl pkeyutl ") ? std::size_t{1} : std::size_t{0};
  }
  EXPECT_EQ(commands, 4U);
}

// ALT-11.4
TEST_F(ExportTest, WhatTheDeviceKnewOfTheAlertIsSaid) {
  const AlertMessage message = world.message(world.body(), {0, 2});
  for (const auto& [life, word] : {std::pair{Life::kCurrent, "current"},
                                   {Life::kExpired, "EXPIRED"},
                                   {Life::kWithdrawn, "WITHDRAWN"}}) {
    const auto files =
        export_alert(message, *world.chain, Page{}, {.life = life, .today = Day{20'000}});
    ASSERT_TRUE(files.has_value());
    EXPECT_NE(
        as_text(*find(*files, "VERIFY.txt"))
            .find(std::string("It was ") + word + " when these files were written, on 2024-10-04."),
        std::string_view::npos);
  }
}

TEST_F(ExportTest, AnAlertOfAnotherCharterIsNotExportedUnderThisOne) {
  AlertBody body = world.body();
  body.charter_hash = world.rng.draw<CharterHash>();
  EXPECT_EQ(export_alert(world.message(body, {0, 2}), *world.chain, Page{}, kState).error().code,
            kNotFound);
}

}  // namespace
}  // namespace tocsin
