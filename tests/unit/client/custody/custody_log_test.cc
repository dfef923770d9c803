#include "client/custody/custody_log.h"

#include <algorithm>
#include <cstdlib>
#include <fstream>

#include "client/codes.h"
#include "client/custody/custody_check.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/client/custody/custody_world.h"

namespace tocsin {
namespace {

class CustodyLogTest : public CustodyWorld {
 protected:
  static void write(const std::filesystem::path& folder, std::span<const LogFile> files) {
    for (const LogFile& file : files)
      std::ofstream(folder / file.name, std::ios::binary) << as_text(file.bytes);
  }
  // What `sh VERIFY.txt` says, and whether it ended well.
  static std::pair<std::string, bool> run_check(const std::filesystem::path& folder) {
    const std::string command = "cd '" + folder.string() + "' && sh VERIFY.txt >said 2>&1";
    const bool held = std::system(command.c_str()) == 0;  // NOLINT: the shell is what is tested
    std::ifstream said(folder / "said");
    return {std::string(std::istreambuf_iterator<char>(said), {}), held};
  }
};

// CUS-4.1, CUS-4.2, CUS-4.3
TEST_F(CustodyLogTest, ACaseIsAFileForEachCustodianAndEachHandOver) {
  const std::vector<LogFile> written = files();
  ASSERT_EQ(written.size(), 4U);
  EXPECT_TRUE(std::ranges::is_sorted(written, {}, &LogFile::name));
  std::size_t chains = 0;
  for (const LogFile& file : written) {
    const std::optional<LogPart> part = log_part(file.name);
    ASSERT_TRUE(part.has_value()) << file.name;
    if (part != LogPart::kChain) continue;
    ++chains;
    const std::vector<Dsse> read = read_log_lines(file.bytes, DocumentKind::kCustody).value();
    EXPECT_EQ(read, file.name == anna_file() ? annas_ : beas_);
  }
  EXPECT_EQ(chains, 2U);
  const std::string name = hand_over_file(hash_of_hand_over(papers_[0].body));
  const auto paper = std::ranges::find(written, name, &LogFile::name);
  ASSERT_NE(paper, written.end());
  EXPECT_EQ(read_log_lines(paper->bytes, DocumentKind::kHandOver).value(), papers_);
}

// CUS-4.1
TEST_F(CustodyLogTest, WhatDoesNotHoldIsNotWritten) {
  CustodyCase twice = custody();
  twice.chains.push_back(twice.chains[0]);
  EXPECT_EQ(write_custody_log(twice).error().code, kTwoChainsOfOne);
  CustodyCase foreign = custody();
  foreign.id = rng_.draw<CaseId>();
  EXPECT_EQ(write_custody_log(foreign).error().code, kForeignCase);
  CustodyCase gap = custody();
  gap.chains[0].erase(gap.chains[0].begin() + 1);
  EXPECT_EQ(write_custody_log(gap).error().code, kCustodyBroken);
  CustodyCase alone = custody();
  alone.hand_overs[0].signatures.pop_back();
  EXPECT_EQ(write_custody_log(alone).error().code, kMalformed);
}

// CUS-4.2: one encoding of a line, and bounds.
TEST_F(CustodyLogTest, ALineThatIsWrittenAnotherWayIsRefusedByItsNumber) {
  const std::string whole = std::string(as_text(chain_of("", annas_).bytes));
  const auto refused_at = [](std::string_view text) {
    const auto read = read_log_lines(as_bytes(text), DocumentKind::kCustody);
    return read.has_value() ? -1 : read.error().detail;
  };
  EXPECT_EQ(refused_at(whole), -1);
  EXPECT_EQ(refused_at(whole.substr(0, whole.size() - 1)), 3) << "without its last break";
  std::string spaced = whole;
  spaced.insert(whole.find('\n') + 2, " ");
  EXPECT_EQ(refused_at(spaced), 2);
  EXPECT_EQ(refused_at("\n" + whole), 1);
  EXPECT_EQ(refused_at(whole + "{}\n"), 4);
  EXPECT_EQ(refused_at(std::string(kMostLogLine + 1, 'a') + "\n"), 1);
  EXPECT_EQ(refused_at(""), 0);
  EXPECT_EQ(read_log_lines(as_bytes(whole), DocumentKind::kHandOver).error().code, kMalformed);
  const Bytes huge(kMostLogFileBytes + 1, '\n');
  EXPECT_EQ(read_log_lines(huge, DocumentKind::kCustody).error().code, kTooLarge);
}

// CUS-4.3
TEST_F(CustodyLogTest, ANameSaysWhatAFileIsAndNothingElseIsOne) {
  EXPECT_EQ(log_part(anna_file()), LogPart::kChain);
  EXPECT_EQ(log_part("VERIFY.txt"), LogPart::kCheck);
  for (const char* name :
       {"", "custodian-.jsonl", "custodian-0123456789ABCDEF.jsonl", "custodian-0123456789abcdef",
        "../custodian-0123456789abcdef.jsonl", "hand-over-0123456789abcde/.json"})
    EXPECT_FALSE(log_part(name).has_value()) << name;
}

// CUS-4.5: with openssl and a shell alone.
TEST_F(CustodyLogTest, WhoHasNoTocsinChecksItWithTheScript) {
  if (std::system("openssl version >/dev/null 2>&1") != 0)  // NOLINT: as above
    GTEST_SKIP() << "there is no openssl program here";
  const TemporaryFolder good;
  write(good.path(), files());
  const auto [said, held] = run_check(good.path());
  EXPECT_TRUE(held) << said;
  EXPECT_NE(said.find("every check held"), std::string::npos) << said;

  std::vector<Dsse> gap = annas_;
  gap.erase(gap.begin() + 1);
  std::vector<Dsse> edited = annas_;
  edited[1].body.back() ^= 1;
  const Dsse by_one = signed_by(paper(), {&anna_, &anna_});
  const std::string paper_file = hand_over_file(hash_of_hand_over(papers_[0].body));
  Dsse half = papers_[0];
  half.signatures[1] = half.signatures[0];
  for (const LogFile& bad :
       {chain_of(anna_file(), gap), chain_of(anna_file(), edited),
        chain_of(paper_file, std::vector{half}), chain_of(paper_file, std::vector{by_one})}) {
    const TemporaryFolder folder;
    write(folder.path(), with(bad));
    const auto [words, still_held] = run_check(folder.path());
    EXPECT_FALSE(still_held) << words;
    EXPECT_NE(words.find("NOT HELD"), std::string::npos) << words;
  }
}

}  // namespace
}  // namespace tocsin
