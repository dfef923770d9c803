// The log knows a fixed list of events and fields; every one of them has a plain name.
#include "relay/ops/log.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace tocsin {
namespace {

bool is_plain(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(),
                                      [](char c) { return (c >= 'a' && c <= 'z') || c == '_'; });
}

TEST(LogTest, EveryEventAndFieldHasItsOwnPlainName) {
  std::set<std::string_view> names;
  for (int i = 0; i < static_cast<int>(RelayEvent::kCount); ++i) {
    const std::string_view name = event_name(static_cast<RelayEvent>(i));
    EXPECT_TRUE(is_plain(name)) << i;
    EXPECT_TRUE(names.insert(name).second) << name;
  }
  names.clear();
  for (int i = 0; i < static_cast<int>(RelayField::kCount); ++i) {
    const std::string_view name = field_name(static_cast<RelayField>(i));
    EXPECT_TRUE(is_plain(name)) << i;
    EXPECT_TRUE(names.insert(name).second) << name;
  }
}

TEST(LogTest, ALineIsLevelEventAndNumbers) {
  testing::internal::CaptureStderr();
  log_event(RelayEvent::kGateClosed, {{RelayField::kLines, 12}});
  log_event(RelayEvent::kReady);
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "<4>gate_closed lines=12\n<6>ready\n");
}

}  // namespace
}  // namespace tocsin
