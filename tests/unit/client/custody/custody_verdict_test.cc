#include "client/custody/custody_verdict.h"

#include <algorithm>

#include "client/codes.h"
#include "client/custody/custody_words.h"
#include "tests/unit/client/custody/custody_world.h"

namespace tocsin {
namespace {

class CustodyVerdictTest : public CustodyWorld {
 protected:
  CustodyVerdict verdict(std::span<const LogFile> all) { return verify_custody(all, {}); }
  CustodyVerdict with_annas(std::span<const Dsse> envelopes) {
    return verdict(with(chain_of(anna_file(), envelopes)));
  }
};

// CUS-4.12: whoever remakes a bag's lists puts in whatever they like.
TEST_F(CustodyVerdictTest, AFileThatNoRecordIsAboutIsNoneOfThisCustody) {
  CustodyVerdict found = verdict(files());
  check_payload({{"data/a.zip", item_.content}}, found);
  EXPECT_TRUE(found.holds());
  check_payload({{"data/a.zip", item_.content}, {"data/\x1b.zip", rng_.draw<Sha256>()}}, found);
  ASSERT_EQ(found.findings.size(), 1U);
  EXPECT_EQ(found.findings.front().code, kFileChanged);
  EXPECT_EQ(found.findings.front().file.find('\x1b'), std::string::npos);
  CustodyVerdict none = verdict(files());
  check_payload({}, none);
  EXPECT_FALSE(none.holds());
}

// CUS-4.6, CUS-4.8
TEST_F(CustodyVerdictTest, AWholeCaseHoldsAndSaysWhatIsAnchored) {
  note(CustodyEvent::kExported);
  const CustodyVerdict found = verdict(files());
  for (const std::string& line : verdict_lines(found)) SCOPED_TRACE(line);
  EXPECT_TRUE(found.holds());
  EXPECT_EQ(found.case_id, case_);
  ASSERT_EQ(found.chains.size(), 2U);
  ASSERT_EQ(found.hand_overs.size(), 1U);
  EXPECT_EQ(open_hand_over(papers_[0]).value(), found.hand_overs[0].paper);
  const ChainFacts& anna = *found.chain_of(signing_public_of(anna_));
  EXPECT_EQ(anna.chain.records(), anna_chain_.records());
  // The hand-over pins what was before it: records 0 and 1. Two more came after.
  ASSERT_TRUE(anna.anchor.has_value());
  EXPECT_EQ(anna.anchor->record, 1U);
  EXPECT_EQ(anna.anchor->kind, AnchorKind::kHandOver);
  EXPECT_EQ(chain_sentence(anna),
            "Key " + key_number(signing_public_of(anna_)) +
                ", who says to be “\u2068Anna, Clear Line\u2069”: 4 records from number 0 on, none "
                "missing, each signed. Up to record 1 they are "
                "fixed by a hand-over signed by both sides, 2027-01-15 08:01:40 UTC; after it came "
                "2 records that nobody else confirms.");
  EXPECT_FALSE(found.chain_of(signing_public_of(bea_))->anchor.has_value());
  const std::vector<std::string> lines = verdict_lines(found);
  EXPECT_TRUE(std::ranges::count(lines, "Nothing of it is time-stamped.") == 1);
}

// CUS-4.6
TEST_F(CustodyVerdictTest, AnEditedRecordIsToldByItsNumberAndNothingFromItOnCounts) {
  std::vector<Dsse> edited = annas_;
  edited[1].body.back() ^= 1;
  const CustodyVerdict found = with_annas(edited);
  EXPECT_FALSE(found.holds());
  EXPECT_TRUE(says(found, kBadSignature, "Record 1 is not as it was signed"));
  EXPECT_EQ(found.chain_of(signing_public_of(anna_))->chain.records().size(), 1U);
}

// CUS-4.6
TEST_F(CustodyVerdictTest, ARecordLeftOutAndTwoThatChangedPlacesAreTold) {
  std::vector<Dsse> gap = annas_;
  gap.erase(gap.begin() + 1);
  EXPECT_TRUE(says(with_annas(gap), kCustodyBroken, "Record 1 does not follow"));
  std::vector<Dsse> swapped = annas_;
  std::swap(swapped[0], swapped[1]);
  EXPECT_TRUE(says(with_annas(swapped), kCustodyBroken, "Record 0 does not follow"));
  std::vector<Dsse> signatures = annas_;
  std::swap(signatures[0].signatures, signatures[1].signatures);
  EXPECT_TRUE(says(with_annas(signatures), kBadSignature, "Record 0 is not as it was signed"));
}

// CUS-4.7
TEST_F(CustodyVerdictTest, AnEndCutOffIsSeenByWhatBothSignedAtTheHandOver) {
  const CustodyVerdict below = with_annas(std::span(annas_).first(1));
  EXPECT_TRUE(says(below, kCustodyCut, "the chain had 2 records; here it has 1"));
  // Cut where the hand-over pinned it, it may as well not have arrived: told, not held against it.
  const CustodyVerdict at = with_annas(std::span(annas_).first(2));
  EXPECT_TRUE(at.holds());
  ASSERT_EQ(at.notes.size(), 1U);
  EXPECT_NE(at.notes[0].find("“\u2068Anna, Clear Line\u2069” has no record of a hand-over"),
            std::string::npos);
  // Named by nobody it counts for nothing.
  CustodyCase unnamed = custody();
  unnamed.chains = {{annas_[0], annas_[1]}};
  EXPECT_TRUE(
      says(verify_custody(unnamed, {}).value(), kCustodyIncomplete, "No record that is here"));
}

// CUS-4.7
TEST_F(CustodyVerdictTest, AChainWrittenAnewIsAFork) {
  CustodyChain anew(case_, signing_public_of(anna_));
  std::vector<Dsse> records;
  records.push_back(anew.append(anna_, entry(CustodyEvent::kAcquired)).value());
  records.push_back(anew.append(anna_, entry(CustodyEvent::kOpened)).value());
  records.push_back(
      anew.append(anna_, entry(CustodyEvent::kHandedOver, hash_of_hand_over(papers_[0].body)))
          .value());
  EXPECT_TRUE(says(with_annas(records), kCustodyFork, "record 1 is another one now"));

  // Two copies beside each other.
  std::vector<LogFile> both = files();
  both.push_back(chain_of(anna_file(), records));
  EXPECT_TRUE(says(verdict(both), kCustodyFork, "two records number 1"));
  std::vector<LogFile> same = files();
  same.push_back(chain_of(anna_file(), std::span(annas_).first(2)));
  EXPECT_TRUE(verdict(same).holds()) << "an older copy that agrees";
}

// CUS-4.7
TEST_F(CustodyVerdictTest, AHandOverCountsWithBothSignaturesAndNoOther) {
  const std::string file = hand_over_file(hash_of_hand_over(papers_[0].body));
  Dsse one = papers_[0];
  one.signatures.pop_back();
  Dsse other = papers_[0];
  const SigningSecret eve = SigningSecret::random(rng_);
  other.signatures[1] = sign_document(eve, other.kind, other.body);
  for (const Dsse& bad : {one, other}) {
    const CustodyVerdict found = verdict(with(chain_of(file, std::vector{bad})));
    EXPECT_TRUE(std::ranges::any_of(found.findings, [&](const CustodyFinding& each) {
      return each.file == file && each.sentence.find("both sides") != std::string::npos;
    }));
    EXPECT_TRUE(says(found, kCustodyIncomplete, "Record 2 names a hand-over that is not here"));
  }
}

// CUS-4.7
TEST_F(CustodyVerdictTest, AHandOverOfAnotherFileOrOfSomebodyElseIsTold) {
  CustodyEntry given = entry(CustodyEvent::kHandedOver, hash_of_hand_over(papers_[0].body));
  given.item.content = rng_.draw<Sha256>();
  annas_.push_back(anna_chain_.append(anna_, given).value());
  EXPECT_TRUE(
      says(verdict(files()), kCustodyIncomplete, "Record 3 names a hand-over of another file"));
  note_of_bea(CustodyEvent::kHandedOver, hash_of_hand_over(papers_[0].body));
  EXPECT_TRUE(
      says(verdict(files()), kCustodyIncomplete, "Record 2 names a hand-over of somebody else"));
}

// CUS-4.7: who hands over may have his own chain alone.
TEST_F(CustodyVerdictTest, TheOtherSidesChainNeedNotBeThere) {
  CustodyCase alone = custody();
  alone.chains.pop_back();
  const CustodyVerdict found = verify_custody(alone, {}).value();
  EXPECT_TRUE(found.holds());
  EXPECT_NE(hand_over_sentence(found, found.hand_overs[0])
                .find("the custodian with key " + key_number(signing_public_of(bea_))),
            std::string::npos);
}

// CUS-4.6
TEST_F(CustodyVerdictTest, AForeignCaseAStrangeFileAndAWrongNameAreTold) {
  const CaseId other = rng_.draw<CaseId>();
  CustodyChain foreign(other, signing_public_of(bea_));
  CustodyEntry taken = entry(CustodyEvent::kAcquired);
  const std::vector<Dsse> one{foreign.append(bea_, taken).value()};
  EXPECT_TRUE(says(verdict(with(chain_of(bea_file(), one))), kForeignCase, "another case"));

  std::vector<LogFile> strange = files();
  strange.push_back({"\x1b[2Jreadme.html", {}});
  const CustodyVerdict found = verdict(strange);
  EXPECT_TRUE(says(found, kMalformed, "no file of a custody log"));
  EXPECT_EQ(found.findings[0].file.find('\x1b'), std::string::npos);

  std::vector<LogFile> renamed = files();
  for (LogFile& file : renamed)
    if (file.name == anna_file()) file.name = "custodian-0123456789abcdef.jsonl";
  EXPECT_TRUE(says(verdict(renamed), kForbiddenValue, "another custodian's key"));
}

// CUS-4.6
TEST_F(CustodyVerdictTest, NothingIsNoCustody) {
  EXPECT_FALSE(verdict({}).holds());
  EXPECT_TRUE(says(verdict({}), kCustodyIncomplete, "no chain"));
  const std::vector<LogFile> many(kMostLogFiles + 1, LogFile{"VERIFY.txt", {}});
  EXPECT_FALSE(verdict(many).holds());
  const std::vector<LogFile> noise{{anna_file(), Bytes(100, 0xFF)}};
  EXPECT_TRUE(says(verdict(noise), kMalformed, "Line 1"));
}

}  // namespace
}  // namespace tocsin
