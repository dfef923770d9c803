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

TEST(DetailsFileTest, FlatTextsByKnownNamesAndNothingElse) {
  constexpr std::array<std::string_view, 2> allowed{"device", "call"};
  const auto details = parse_details("device = \"the blue phone\"\ncall = 'Lab'\n", allowed);
  ASSERT_TRUE(details.has_value());
  EXPECT_EQ(details->at("device"), "the blue phone");
  for (const auto& [text, line] :
       std::vector<std::pair<std::string, int>>{{"devise = \"x\"", 1},
                                                {"call = \"x\"\ndevice = 3", 2},
                                                {"call = [\"x\"]", 1},
                                                {"= 3", 1}}) {
    const auto refused = parse_details(text, allowed);
    ASSERT_FALSE(refused.has_value()) << text;
    EXPECT_EQ(refused.error().code, kClientBadUsage);
    EXPECT_EQ(refused.error().detail, line) << text;
  }
}

}  // namespace
}  // namespace tocsin
