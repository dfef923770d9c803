#include "crypto/box/labels.h"

#include <gtest/gtest.h>

namespace tocsin {
namespace {

// LIM-9
TEST(LabelsTest, NoLabelIsAPrefixOfAnother) {
  for (const std::string_view a : kLabels) {
    ASSERT_FALSE(a.empty());
    int starting = 0;
    for (const std::string_view b : kLabels) starting += b.starts_with(a) ? 1 : 0;
    EXPECT_EQ(starting, 1) << a;
  }
}

}  // namespace
}  // namespace tocsin
