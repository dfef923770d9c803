#include <gtest/gtest.h>

#include "client/cli/report.h"
#include "client/cli/request.h"
#include "client/codes.h"
#include "client/store/details_file.h"

namespace tocsin {
namespace {

TEST(ReportJsonTest, AReportSurvivesTheSocket) {
  Report report = failed(Exit::kNotVerified, "they differ", "compare again");
  report.data.set("name", "Ann \"A\"\n").set("count", 3).set("yes", true);
  Value inner;
  inner.set("a", ValueList{Value("x"), Value(2)});
  report.data.set("inner", std::move(inner));
  report.line("line");
  report.once_shown = CommandRequest{"shown", {{"message", {"1", "2"}}}, {}};
  const Result<Report> back = report_from_json(to_json(report));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->exit, Exit::kNotVerified);
  EXPECT_EQ(back->error, report.error);
  EXPECT_EQ(back->hint, report.hint);
  EXPECT_EQ(back->text, "line\n");
  ASSERT_TRUE(back->once_shown.has_value());
  EXPECT_EQ(back->once_shown->command, "shown");
  EXPECT_EQ(back->once_shown->options, report.once_shown->options);
  EXPECT_EQ(to_json(back->data), to_json(report.data));
  EXPECT_EQ(to_json(report.data),
            R"({"name":"Ann \"A\"\n","count":3,"yes":true,"inner":{"a":["x",2]}})");
}

TEST(ReportJsonTest, BytesThatAreNotUtf8BecomeTheReplacementCharacter) {
  Value value;
  value.set("x", std::string("a\xff"));
  EXPECT_EQ(to_json(value), "{\"x\":\"a\\ufffd\"}");
}

TEST(RequestJsonTest, ARequestSurvivesTheSocketAndAnythingElseIsRefused) {
  CommandRequest request;
  request.command = "org create";
  request.options["holder"] = {"A", "B"};
  request.text = "words";
  const Result<CommandRequest> back = request_from_json(to_json(request));
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->command, request.command);
  EXPECT_EQ(back->options, request.options);
  EXPECT_EQ(back->text, request.text);
  for (const char* bad :
       {"", "[]", "{}", "null", R"({"command":"x"})", R"({"command":"x","options":[]})",
        R"({"command":"x","options":{"a":"b"}})", R"({"command":"x","options":{"a":[1]}})",
        R"({"command":1,"options":{}})", "{\"command\":\"x\",\"options\":{}"}) {
    EXPECT_FALSE(request_from_json(bad).has_value()) << bad;
  }
  EXPECT_EQ(request_from_json(std::string(kMaxRequestBytes + 1, ' ')).error().code, kTooLarge);
}

TEST(ReportJsonTest, DepthIsBounded) {
  std::string deep = R"({"exit":0,"data":)";
  for (int i = 0; i < 40; ++i) deep += "[";
  for (int i = 0; i < 40; ++i) deep += "]";
  EXPECT_FALSE(report_from_json(deep + "}").has_value());
}

TEST(DetailsFileTest, TextsByKnownNamesAndNothingElse) {
  constexpr std::array<DetailName, 3> allowed{{{"device"}, {"call"}, {"basis", true}}};
  const auto details = parse_details(
      "device = \"the blue phone\"\ncall = 'Lab'\nbasis = [\"traces\", \"other\"]\n", allowed);
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->at("device"), std::vector<std::string>{"the blue phone"});
  EXPECT_EQ(details->at("basis"), (std::vector<std::string>{"traces", "other"}));
  struct Refused {
    std::string text;
    DetailsFault fault;
    int line;
    std::string name;
  };
  for (const Refused& want :
       {Refused{"devise = \"x\"", DetailsFault::kUnknownName, 1, "devise"},
        Refused{"call = \"x\"\ndevice = 3", DetailsFault::kNotText, 2, "device"},
        Refused{"call = [\"x\"]", DetailsFault::kNotText, 1, "call"},
        Refused{"\nbasis = [\"x\", 3]", DetailsFault::kNotText, 2, "basis"},
        Refused{"= 3", DetailsFault::kNotToml, 1, ""},
        Refused{std::string(kMaxDetailsBytes + 1, ' '), DetailsFault::kTooLong, 0, ""}}) {
    const auto refused = parse_details(want.text, allowed);
    ASSERT_FALSE(refused.has_value()) << want.text.substr(0, 40);
    EXPECT_EQ(refused.error().fault, want.fault) << want.text.substr(0, 40);
    EXPECT_EQ(refused.error().line, want.line) << want.text.substr(0, 40);
    EXPECT_EQ(refused.error().name, want.name) << want.text.substr(0, 40);
  }
}

}  // namespace
}  // namespace tocsin
