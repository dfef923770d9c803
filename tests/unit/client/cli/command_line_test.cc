#include "client/cli/command_line.h"

#include <gtest/gtest.h>

#include <set>

#include "client/cli/commands.h"
#include "client/cli/manual.h"

namespace tocsin {
namespace {

TEST(CommandLineTest, ACommandOfTwoWordsFindsItsRowAndItsOptions) {
  const auto line = parse_command_line({"--vault", "v", "org", "create", "Lab", "--holder", "Bea",
                                        "--holder", "Carl", "--threshold", "2", "--json"});
  ASSERT_TRUE(line.has_value());
  EXPECT_EQ(line->command->path, "org create");
  EXPECT_EQ(line->request.value("name"), "Lab");
  EXPECT_EQ(line->request.values("holder"), (std::vector<std::string>{"Bea", "Carl"}));
  EXPECT_EQ(line->request.value("vault"), "v");
  EXPECT_TRUE(line->request.has("json"));
  EXPECT_FALSE(line->request.has("offline-key"));
}

TEST(CommandLineTest, GlobalOptionsMayStandBehindTheCommand) {
  const auto line = parse_command_line({"contacts", "--vault", "v", "--key-file", "k"});
  ASSERT_TRUE(line.has_value());
  EXPECT_EQ(line->request.value("vault"), "v");
  EXPECT_EQ(line->request.value("key-file"), "k");
}

// PHR-8.1
TEST(CommandLineTest, WithoutACommandItIsTheGuidedMode) {
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{}, {"--vault", "a", "--lang", "ar"}}) {
    const auto line = parse_command_line(arguments);
    ASSERT_TRUE(line.has_value());
    EXPECT_EQ(line->command, nullptr);
    EXPECT_EQ(line->request.has("lang"), !arguments.empty());
  }
}

TEST(CommandLineTest, WhatCannotBeMeantIsUsageWithAHint) {
  const std::vector<std::vector<std::string>> wrong{{"frobnicate"},
                                                    {"send"},
                                                    {"org"},
                                                    {"alert", "send"},
                                                    {"contacts", "--no-such"},
                                                    {"send", "A", "B"},
                                                    {"--vault", "a", "--vault", "b", "contacts"},
                                                    {"alert", "draft", "A", "--device", "x"}};
  for (const std::vector<std::string>& arguments : wrong) {
    const auto line = parse_command_line(arguments);
    ASSERT_FALSE(line.has_value()) << (arguments.empty() ? "" : arguments.front());
    EXPECT_EQ(line.error().exit, 2);
    EXPECT_NE(line.error().text.find("hint:"), std::string::npos);
  }
}

TEST(CommandLineTest, HelpAndVersionAreNotErrors) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"--help"}, {"--version"}, {"alert", "sign", "--help"}}) {
    const auto line = parse_command_line(arguments);
    ASSERT_FALSE(line.has_value());
    EXPECT_EQ(line.error().exit, 0);
    EXPECT_FALSE(line.error().text.empty());
  }
}

TEST(CommandTableTest, EveryPathIsUniqueAndNoTextOrSecretIsAnOption) {
  std::set<std::string_view> paths;
  for (const CommandSpec& command : command_table()) {
    EXPECT_TRUE(paths.insert(command.path).second) << command.path;
    EXPECT_FALSE(command.summary.empty());
    for (const OptionSpec& option : command.options) {
      EXPECT_FALSE(option.help.empty()) << command.path << " " << option.name;
      for (const std::string_view forbidden :
           {"text", "message", "passphrase", "password", "device", "call"}) {
        EXPECT_NE(option.name, forbidden) << command.path;
      }
    }
  }
}

TEST(ManualTest, PageAndCompletionNameEveryCommandAndOption) {
  const std::string page = man_page();
  const std::string script = bash_completion();
  for (const CommandSpec& command : command_table()) {
    const std::size_t space = command.path.find(' ');
    EXPECT_NE(script.find(command.path.substr(space == std::string_view::npos ? 0 : space + 1)),
              std::string::npos);
    for (const OptionSpec& option : command.options) {
      if (option.form == OptionForm::kPositional || option.form == OptionForm::kOptionalPositional)
        continue;
      EXPECT_NE(script.find("--" + std::string(option.name)), std::string::npos) << option.name;
    }
  }
  EXPECT_NE(page.find(".SS \"tocsin alert draft CONTACT\""), std::string::npos);
  EXPECT_NE(page.find("\\-\\-passphrase\\-file"), std::string::npos);
}

}  // namespace
}  // namespace tocsin
