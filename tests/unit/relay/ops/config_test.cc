// The configuration is strict, and what `init` writes is what `run` reads.
#include "relay/ops/config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace tocsin::ops {
namespace {

using testing::HasSubstr;

Said<RelayConfig> parse(std::string_view text) {
  return parse_config(text, "/etc/tocsin-relay/relay.toml");
}

TEST(ConfigTest, AnEmptyFileIsTheDefaults) {
  const auto config = parse("");
  ASSERT_TRUE(config.has_value());
  EXPECT_EQ(config->listen.host, "127.0.0.1");
  EXPECT_EQ(config->listen.port, kDefaultPort);
  EXPECT_EQ(config->access, AccessPolicy::kOpen);
  EXPECT_EQ(config->connections, 0U);
}

TEST(ConfigTest, WhatInitWritesIsReadBackTheSame) {
  RelayConfig config;
  config.listen = {"::", 7701};
  config.public_host = "relay.example.org";
  config.public_port = 7702;
  config.directory = "/srv/relay";
  const auto back = parse(config_text(config));
  ASSERT_TRUE(back.has_value()) << back.error().error;
  EXPECT_EQ(back->listen.host, "::");
  EXPECT_EQ(back->listen.port, 7701);
  EXPECT_EQ(back->public_host, "relay.example.org");
  EXPECT_EQ(back->public_port, 7702);
  EXPECT_EQ(back->directory, "/srv/relay");
  EXPECT_EQ(back->work_bits, config.work_bits);
  EXPECT_EQ(back->deposits_per_second, config.deposits_per_second);
}

TEST(ConfigTest, AnUnknownKeyIsAnErrorThatNamesTheLineAndTheKnownKeys) {
  const auto config = parse("listen = \"127.0.0.1:1\"\nlisten_adress = \"x\"\n");
  ASSERT_FALSE(config.has_value());
  EXPECT_EQ(config.error().exit, Exit::kConfig);
  EXPECT_THAT(config.error().error, HasSubstr("line 2"));
  EXPECT_THAT(config.error().error, HasSubstr("listen_adress"));
  EXPECT_THAT(config.error().hint, HasSubstr("password_file"));
}

TEST(ConfigTest, TextThatIsNotTomlIsAnErrorWithItsLine) {
  const auto config = parse("listen = \"127.0.0.1:1\"\n]\n");
  ASSERT_FALSE(config.has_value());
  EXPECT_THAT(config.error().error, HasSubstr("line 2"));
}

TEST(ConfigTest, ValuesOfTheWrongKindOrOutOfRangeAreErrorsWithAHint) {
  for (const char* text : {"listen = 7700",
                           "listen = \"\"",
                           "listen = \"relay.example:x\"",
                           "listen = \":7700\"",
                           "public = \"UPPER.example:1\"",
                           "public = \"relay.example:0\"",
                           "connections = -1",
                           "connections = 1000000",
                           "connections = \"many\"",
                           "work_bits = 25",
                           "access = \"closed\"",
                           "access = true",
                           "deposits_per_second = 0",
                           "drop_deposits_per_second = 1.5",
                           "budget_cells = -5",
                           "directory = []",
                           "access = \"password\"",
                           "password_file = \"word\"",
                           "[listen]",
                           "[[public]]"}) {
    const auto config = parse(text);
    ASSERT_FALSE(config.has_value()) << text;
    EXPECT_EQ(config.error().exit, Exit::kConfig) << text;
    EXPECT_FALSE(config.error().hint.empty()) << text;
  }
}

TEST(ConfigTest, PathsAreTakenFromTheFolderOfTheFile) {
  const auto config =
      parse("directory = \"state\"\naccess = \"password\"\npassword_file = \"/run/word\"\n");
  ASSERT_TRUE(config.has_value()) << config.error().error;
  EXPECT_EQ(config->directory, "/etc/tocsin-relay/state");
  EXPECT_EQ(config->key_file(), "/etc/tocsin-relay/state/keys");
  EXPECT_EQ(config->password_file, "/run/word");
  EXPECT_EQ(config->access, AccessPolicy::kPassword);
}

TEST(ConfigTest, AMissingFileSaysHowToMakeOne) {
  const auto config = load_config("/nonexistent/relay.toml");
  ASSERT_FALSE(config.has_value());
  EXPECT_THAT(config.error().hint, HasSubstr("tocsin-relay init"));
}

}  // namespace
}  // namespace tocsin::ops
