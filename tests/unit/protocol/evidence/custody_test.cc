#include "protocol/evidence/custody.h"

#include <gtest/gtest.h>

#include "crypto/base/rng.h"
#include "protocol/codes.h"
#include "protocol/evidence/hand_over.h"

namespace tocsin {
namespace {

class CustodyTest : public testing::Test {
 protected:
  CustodyEntry entry(CustodyEvent event) {
    CustodyEntry made;
    made.seconds = 1'800'000'000;
    made.event = event;
    made.item = item_;
    made.who = "Anna, Clear Line";
    made.why = "asked by the owner";
    if (is_hand_over(event)) made.hand_over = rng_.draw<HandOverHash>();
    return made;
  }
  std::vector<Dsse> records(CustodyChain& chain, const SigningSecret& key, int count) {
    std::vector<Dsse> made;
    for (int i = 0; i < count; ++i)
      made.push_back(
          chain.append(key, entry(i == 0 ? CustodyEvent::kAcquired : CustodyEvent::kVerified))
              .value());
    return made;
  }
  // What its custodian could sign, were the client not what it is.
  Dsse signed_by_hand(CustodyRecord record, const SigningSecret& key) {
    Dsse envelope;
    envelope.kind = DocumentKind::kCustody;
    envelope.body = encode_custody_record(record).value();
    envelope.signatures.push_back(sign_document(key, envelope.kind, envelope.body));
    return envelope;
  }

  SeededRng rng_{1};
  CaseId case_ = rng_.draw<CaseId>();
  SigningSecret anna_ = SigningSecret::random(rng_);
  SigningSecret bea_ = SigningSecret::random(rng_);
  CustodyItem item_{rng_.draw<FileId>(), rng_.draw<Sha256>(), rng_.draw<Sha256>(), 12};
  CustodyChain chain_{case_, signing_public_of(anna_)};
};

// CUS-1.1, CUS-1.3, CUS-2.1
TEST_F(CustodyTest, AChainIsReadAsItWasWritten) {
  std::vector<Dsse> kept;
  for (const CustodyEvent event : {CustodyEvent::kAcquired, CustodyEvent::kSent,
                                   CustodyEvent::kHandedOver, CustodyEvent::kErased})
    kept.push_back(chain_.append(anna_, entry(event)).value());
  for (Dsse& envelope : kept)
    envelope = decode_dsse(encode_dsse(envelope).value(), DocumentKind::kCustody).value();
  const CustodyChain read = CustodyChain::read(kept).value();
  EXPECT_EQ(read.records(), chain_.records());
  EXPECT_EQ(read.head(), chain_.head());
  EXPECT_EQ(read.records().back().number, 3U);
  EXPECT_EQ(CustodyChain::read({}).error().code, kMalformed);
}

// CUS-2.1: edited, cut out of the middle, swapped, of another case.
TEST_F(CustodyTest, WhateverWasDoneToAChainIsToldByTheFirstRecordThatDoesNotFit) {
  const std::vector<Dsse> whole = records(chain_, anna_, 5);
  for (std::size_t at = 0; at < whole.size(); ++at) {
    std::vector<Dsse> edited = whole;
    edited[at].body.back() ^= 1;
    const Result<CustodyChain> read = CustodyChain::read(edited);
    ASSERT_EQ(read.error().code, kBadSignature);
    EXPECT_EQ(read.error().detail, static_cast<std::int64_t>(at));
  }
  std::vector<Dsse> gap = whole;
  gap.erase(gap.begin() + 2);
  EXPECT_EQ(CustodyChain::read(gap).error().code, kCustodyBroken);
  EXPECT_EQ(CustodyChain::read(gap).error().detail, 2);
  std::vector<Dsse> headless(whole.begin() + 1, whole.end());
  EXPECT_EQ(CustodyChain::read(headless).error().code, kCustodyBroken);
  std::vector<Dsse> swapped = whole;
  std::swap(swapped[1], swapped[2]);
  EXPECT_EQ(CustodyChain::read(swapped).error().detail, 1);

  CustodyRecord foreign = chain_.records()[1];
  foreign.case_id = rng_.draw<CaseId>();
  std::vector<Dsse> mixed = whole;
  mixed[1] = signed_by_hand(foreign, anna_);
  EXPECT_EQ(CustodyChain::read(mixed).error().code, kCustodyBroken);
}

// CUS-1.2
TEST_F(CustodyTest, OnlyTheCustodiansOneSignatureMakesARecord) {
  std::vector<Dsse> kept = records(chain_, anna_, 1);
  EXPECT_EQ(chain_.append(bea_, entry(CustodyEvent::kSent)).error().code, kBadKey);
  Dsse by_another = signed_by_hand(chain_.records()[0], bea_);
  EXPECT_EQ(CustodyChain::read(std::vector{by_another}).error().code, kBadSignature);
  Dsse twice = kept[0];
  twice.signatures.push_back(by_another.signatures[0]);
  EXPECT_EQ(CustodyChain::read(std::vector{twice}).error().code, kMalformed);
  EXPECT_EQ(chain_.records().size(), 1U);
}

// CUS-1.3, CUS-1.4
TEST_F(CustodyTest, WhatContradictsItselfIsNotSigned) {
  const auto refused = [&](CustodyEntry made) { return chain_.append(anna_, made).error().code; };
  CustodyEntry made = entry(CustodyEvent::kHandedOver);
  made.hand_over = {};
  EXPECT_EQ(refused(made), kForbiddenValue);
  made = entry(CustodyEvent::kOpened);
  made.hand_over = rng_.draw<HandOverHash>();
  EXPECT_EQ(refused(made), kForbiddenValue);
  made = entry(CustodyEvent::kOpened);
  made.item.frames = 0;
  EXPECT_EQ(refused(made), kForbiddenValue);
  made = entry(CustodyEvent::kOpened);
  made.who.clear();
  EXPECT_EQ(refused(made), kForbiddenValue);
  made = entry(CustodyEvent::kOpened);
  made.who = "Anna\u202E";
  EXPECT_EQ(refused(made), kNotPlainText);
  made = entry(CustodyEvent{10});
  EXPECT_EQ(refused(made), kMalformed);
  EXPECT_TRUE(chain_.records().empty()) << "and nothing of it stays";
}

// CUS-2.2
TEST_F(CustodyTest, AChainThatLostItsEndIsTooShortForWhoNotedItsHead) {
  const std::vector<Dsse> whole = records(chain_, anna_, 4);
  const CustodyHead noted = chain_.head();
  EXPECT_TRUE(chain_.check_against(noted).has_value());
  EXPECT_TRUE(chain_.check_against(CustodyHead{}).has_value());
  const CustodyChain cut = CustodyChain::read(std::span(whole).first(3)).value();
  EXPECT_EQ(cut.check_against(noted).error().code, kCustodyCut);
  ASSERT_TRUE(chain_.append(anna_, entry(CustodyEvent::kExported)).has_value());
  EXPECT_TRUE(chain_.check_against(noted).has_value()) << "it may have grown";

  CustodyChain rewritten = CustodyChain::read(std::span(whole).first(3)).value();
  ASSERT_TRUE(rewritten.append(anna_, entry(CustodyEvent::kErased)).has_value());
  EXPECT_EQ(rewritten.check_against(noted).error().code, kCustodyFork);
  EXPECT_EQ(rewritten.check_against(noted).error().detail, 3);
}

// CUS-2.3
TEST_F(CustodyTest, TwoCopiesThatPartAreAFork) {
  const std::vector<Dsse> whole = records(chain_, anna_, 3);
  CustodyChain other = CustodyChain::read(std::span(whole).first(2)).value();
  EXPECT_TRUE(chain_.check_against(other).has_value()) << "shorter, and the same so far";
  ASSERT_TRUE(other.append(anna_, entry(CustodyEvent::kOpened)).has_value());
  EXPECT_EQ(chain_.check_against(other).error().code, kCustodyFork);
  EXPECT_EQ(other.check_against(chain_).error().detail, 2);
  const CustodyChain of_another(case_, signing_public_of(bea_));
  EXPECT_EQ(chain_.check_against(of_another).error().code, kForbiddenValue);
}

class HandOverTest : public CustodyTest {
 protected:
  HandOver document() {
    HandOver made;
    made.case_id = case_;
    made.giver = {signing_public_of(anna_), chain_.head()};
    made.taker = {signing_public_of(bea_), {}};
    made.seconds = 1'800'000'100;
    made.file = item_.file;
    made.content = item_.content;
    made.why = "second opinion";
    return made;
  }
  Dsse signed_by(const HandOver& made, std::initializer_list<const SigningSecret*> keys) {
    Dsse envelope;
    envelope.kind = DocumentKind::kHandOver;
    envelope.body = encode_hand_over(made).value();
    for (const SigningSecret* key : keys)
      envelope.signatures.push_back(sign_document(*key, envelope.kind, envelope.body));
    return envelope;
  }
};

// CUS-3.1, CUS-3.3
TEST_F(HandOverTest, ItIsOneOnlyWithBothSignaturesAndNoOther) {
  records(chain_, anna_, 2);
  const HandOver made = document();
  EXPECT_EQ(open_hand_over(signed_by(made, {&anna_, &bea_})).value(), made);
  EXPECT_EQ(open_hand_over(signed_by(made, {&bea_, &anna_})).value(), made);
  EXPECT_EQ(open_hand_over(signed_by(made, {&anna_})).error().code, kMalformed);
  EXPECT_EQ(open_hand_over(signed_by(made, {&anna_, &anna_})).error().code, kBadSignature);
  const SigningSecret eve = SigningSecret::random(rng_);
  EXPECT_EQ(open_hand_over(signed_by(made, {&anna_, &eve})).error().code, kBadSignature);
  EXPECT_EQ(open_hand_over(signed_by(made, {&anna_, &bea_, &eve})).error().code, kMalformed);
  HandOver to_oneself = made;
  to_oneself.taker.key = made.giver.key;
  EXPECT_EQ(encode_hand_over(to_oneself).error().code, kForbiddenValue);
}

// CUS-3.2
TEST_F(HandOverTest, EachChainPinsTheOther) {
  records(chain_, anna_, 2);
  const Dsse paper = signed_by(document(), {&anna_, &bea_});
  CustodyEntry given = entry(CustodyEvent::kHandedOver);
  given.hand_over = hash_of_hand_over(paper.body);
  ASSERT_TRUE(chain_.append(anna_, given).has_value());
  CustodyChain beas(case_, signing_public_of(bea_));
  CustodyEntry taken = entry(CustodyEvent::kTakenOver);
  taken.hand_over = given.hand_over;
  ASSERT_TRUE(beas.append(bea_, taken).has_value());
  // Anna writes her past anew; the paper that Bea has signed says otherwise.
  CustodyChain anew(case_, signing_public_of(anna_));
  records(anew, anna_, 1);
  CustodyEntry other = entry(CustodyEvent::kVerified);
  other.why = "it was never verified";
  ASSERT_TRUE(anew.append(anna_, other).has_value());
  EXPECT_EQ(anew.check_against(open_hand_over(paper)->giver.head).error().code, kCustodyFork);
  EXPECT_TRUE(chain_.check_against(open_hand_over(paper)->giver.head).has_value());
}

}  // namespace
}  // namespace tocsin
