#include "crypto/age/armor.h"

#include "tests/unit/crypto/age/age_files.h"

namespace tocsin::age {
namespace {

std::string armored(BytesView bytes) {
  Bytes text;
  ArmorWriter writer(into(text));
  EXPECT_TRUE(feed(writer, bytes, 7).has_value());
  return std::string(as_text(text));
}

Result<Bytes> read(std::string_view text, std::size_t piece = 11) {
  Bytes bytes;
  ArmorReader reader(into(bytes));
  TRY(feed(reader, as_bytes(text), piece));
  return bytes;
}

TEST(ArmorTest, WhatIsWrittenIsReadAtEveryLength) {
  for (std::size_t size = 0; size < 150; ++size) {
    const Bytes bytes(size, 0xa5);
    EXPECT_EQ(read(armored(bytes)).value(), bytes) << size;
  }
}

TEST(ArmorTest, LinesAreOfSixtyFourColumns) {
  const std::string text = armored(Bytes(49, 0));
  EXPECT_EQ(text, std::string(kArmorBegin) + "\n" + std::string(64, 'A') + "\nAA==\n" +
                      std::string(kArmorEnd) + "\n");
}

TEST(ArmorTest, BlankSpaceAroundItIsForgivenWithinReason) {
  const std::string text = armored(Bytes(5, 1));
  EXPECT_TRUE(read(" \r\n\t\n" + text + " \n\n").has_value());
  EXPECT_EQ(read(std::string(2'000, '\n') + text).error().code, kBadArmor);
  EXPECT_EQ(read(text + std::string(2'000, '\n')).error().code, kBadArmor);
  EXPECT_EQ(read("x\n" + text).error().code, kBadArmor);
  EXPECT_EQ(read(text + "x").error().code, kBadArmor);
  EXPECT_EQ(read(text + text).error().code, kBadArmor) << "one file, not two";
}

TEST(ArmorTest, WhatFailedOnceStaysFailedAndNothingComesTwice) {
  const std::string text = armored(Bytes(100, 1));
  int lines = 0;
  ArmorReader reader([&](BytesView) -> Status {
    if (++lines == 2) return fail(kDiskFull, "sink");
    return {};
  });
  EXPECT_EQ(feed(reader, as_bytes(text), 1).error().code, kDiskFull);
  EXPECT_EQ(reader.update(as_bytes("\n")).error().code, kDiskFull);
  EXPECT_EQ(reader.finish().error().code, kDiskFull);
  EXPECT_EQ(lines, 2);
  Bytes written;
  ArmorWriter writer(into(written));
  ASSERT_TRUE(writer.finish().has_value());
  const Bytes whole = written;
  EXPECT_EQ(writer.finish().error().code, kOutOfRange);
  EXPECT_EQ(written, whole);
}

TEST(ArmorTest, ALineWithoutAnEndIsNotKept) {
  EXPECT_EQ(read(std::string(kArmorBegin) + "\n" + std::string(5'000, 'A')).error().code,
            kBadArmor);
}

}  // namespace
}  // namespace tocsin::age
