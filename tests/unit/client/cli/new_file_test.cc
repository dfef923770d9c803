#include "client/cli/new_file.h"

#include <gtest/gtest.h>

#include "client/codes.h"
#include "tests/support/temporary_folder.h"

namespace tocsin {
namespace {

TEST(NewFileTest, AFolderIsWrittenWholeOrNotAtAll) {
  const TemporaryFolder folder;
  const Path path = folder.path() / "export";
  const Bytes content{1, 2, 3};
  const std::vector<NewFile> broken{{"first", content}, {"gone/second", content}};
  EXPECT_EQ(write_new_folder(path, broken).error().code, kNoSuchFile);
  EXPECT_FALSE(std::filesystem::exists(path));
  const std::vector<NewFile> whole{{"first", content}, {"second", content}};
  ASSERT_TRUE(write_new_folder(path, whole).has_value());
  EXPECT_EQ(read_file(path / "second", 8).value(), content);
  EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms::owner_all);
  EXPECT_EQ(write_new_folder(path, whole).error().code, kFileInTheWay);
  EXPECT_EQ(write_new_folder(path / "no" / "where", whole).error().code, kNoSuchFile);
}

}  // namespace
}  // namespace tocsin
