#include "protocol/alert/charter.h"

#include "tests/unit/protocol/alert/alert_world.h"

namespace tocsin {
namespace {

class CharterTest : public AlertTest {
 protected:
  Code founding(const Charter& first, std::initializer_list<std::size_t> signers) const {
    const Dsse envelope = world.signed_charter(first, signers);
    return code_of(CharterChain::found(envelope, charter_id_of(envelope.body), AlertWorld::kToday));
  }
  Code encoding(const std::function<void(Charter&)>& change) const {
    Charter charter = world.charter({0, 1, 2}, 2);
    change(charter);
    return code_of(encode_charter(charter));
  }
  Code accepting(const Dsse& next) {
    return code_of(world.chain->accept(next, AlertWorld::kToday));
  }
};

// CHA-2.1
TEST_F(CharterTest, BytesReturnTheCharterTheyWereMadeFrom) {
  const Charter charter = world.charter({0, 1, 2}, 2);
  const Bytes bytes = encode_charter(charter).value();
  EXPECT_EQ(decode_charter(bytes).value(), charter);
  for (std::size_t length = 0; length < bytes.size(); ++length)
    EXPECT_FALSE(decode_charter(BytesView(bytes).first(length)).has_value());
}

// CHA-2.2
TEST_F(CharterTest, TheLargestCharterFits) {
  Charter charter = world.charter({0, 1, 2, 3, 4, 5, 6, 7}, 8);
  for (std::size_t i = 0; i < charter.holders.size(); ++i)
    charter.holders[i].name = std::string(kMaxNameText - 1, 'x') + static_cast<char>('a' + i);
  charter.names.clear();
  for (std::uint8_t i = 0; i < kMaxCharterNames; ++i)
    charter.names.push_back(
        {LanguageCode({'a', static_cast<std::uint8_t>('a' + i)}), std::string(kMaxNameText, 'n')});
  EXPECT_EQ(encode_charter(charter).value().size(), kMaxCharterBody);
}

// CHA-2.2
TEST_F(CharterTest, CharterThatBreaksARuleIsNeitherWrittenNorRead) {
  EXPECT_EQ(encoding([](Charter& c) { c.threshold = 0; }), kBadCharter);
  EXPECT_EQ(encoding([](Charter& c) { c.threshold = 4; }), kBadCharter);
  EXPECT_EQ(encoding([](Charter& c) { c.holders.clear(); }), kBadCharter);
  EXPECT_EQ(encoding([](Charter& c) { c.names.clear(); }), kBadCharter);
  EXPECT_EQ(encoding([](Charter& c) { c.version = 0; }), kBadCharter);
  EXPECT_EQ(encoding([](Charter& c) { c.version = 2; }), kBadCharter);  // without a predecessor
  EXPECT_EQ(encoding([this](Charter& c) { c.id = world.chain->id(); }), kBadCharter);
  EXPECT_EQ(encoding([](Charter& c) { c.holders[1].alert_key = c.holders[0].alert_key; }),
            kBadCharter);
  EXPECT_EQ(encoding([](Charter& c) { c.holders[1].name = c.holders[0].name; }), kBadCharter);
  EXPECT_EQ(encoding([](Charter& c) { c.holders[1].name = ""; }), kBadCharter);
  EXPECT_EQ(encoding([](Charter& c) { c.holders[1].name = "a\u202eb"; }), kNotPlainText);
  EXPECT_EQ(encoding([](Charter& c) { c.holders[1].alert_key = {}; }), kBadKey);
  EXPECT_EQ(encoding([](Charter& c) { std::swap(c.names[0], c.names[1]); }), kBadCharter);
  EXPECT_EQ(encoding([](Charter& c) { c.names[0].language = LanguageCode({'A', 'r'}); }),
            kMalformed);
}

// CHA-3.1
TEST_F(CharterTest, TheIdIsThatOfVersionOneAndNeverChanges) {
  const CharterId id = world.chain->id();
  const Charter next = world.successor(*world.chain, {0, 1, 3}, 2);
  ASSERT_TRUE(world.chain->accept(world.signed_charter(next, {0, 2}), AlertWorld::kToday));
  EXPECT_EQ(world.chain->id(), id);
  EXPECT_EQ(charter_id_of(world.chain->links().front().envelope.body), id);
  EXPECT_NE(charter_id_of(world.chain->newest().envelope.body), id);
}

// CHA-4.1
TEST_F(CharterTest, FoundingNeedsTheExpectedIdAndKOfItsOwnHolders) {
  const Charter first = world.charter({0, 1, 2}, 2);
  EXPECT_EQ(founding(first, {0, 1}), Code{});
  EXPECT_EQ(founding(first, {0}), kTooFewSigners);
  EXPECT_EQ(founding(first, {0, 0}), kTooFewSigners);
  EXPECT_EQ(founding(first, {0, 5}), kTooFewSigners);
  EXPECT_EQ(founding(world.charter({4}, 1), {4}), Code{});  // may exist; is never AUTHENTIC
  const Dsse envelope = world.signed_charter(first, {0, 1});
  CharterId other = charter_id_of(envelope.body);
  other.mutable_view()[0] ^= 1;
  EXPECT_EQ(code_of(CharterChain::found(envelope, other, AlertWorld::kToday)), kCharterUnchained);
}

// CHA-4.2
TEST_F(CharterTest, TheNextVersionNeedsKHoldersOfTheNewest) {
  const Charter next = world.successor(*world.chain, {3, 4, 5}, 2);
  EXPECT_EQ(accepting(world.signed_charter(next, {0})), kTooFewSigners);
  EXPECT_EQ(accepting(world.signed_charter(next, {0, 0})), kTooFewSigners);
  EXPECT_EQ(accepting(world.signed_charter(next, {3, 4})), kTooFewSigners);  // its own, not the old
  EXPECT_EQ(world.chain->links().size(), 1U);
  EXPECT_EQ(accepting(world.signed_charter(next, {1, 2})), Code{});
  EXPECT_EQ(world.chain->newest().charter, next);
}

// CHA-4.3
TEST_F(CharterTest, GapsForeignPredecessorsAndForeignIdsAreUnchained) {
  Charter gap = world.successor(*world.chain, {0, 1, 3}, 2);
  gap.version = 3;
  EXPECT_EQ(accepting(world.signed_charter(gap, {0, 1})), kCharterUnchained);
  Charter foreign = world.successor(*world.chain, {0, 1, 3}, 2);
  foreign.previous.mutable_view()[0] ^= 1;
  EXPECT_EQ(accepting(world.signed_charter(foreign, {0, 1})), kCharterUnchained);
  Charter stranger = world.successor(*world.chain, {0, 1, 3}, 2);
  stranger.id.mutable_view()[0] ^= 1;
  EXPECT_EQ(accepting(world.signed_charter(stranger, {0, 1})), kCharterUnchained);
}

// CHA-4.4
TEST_F(CharterTest, KnownVersionsAreKnownLowerOnesRefusedAndForksAnAlarm) {
  const Charter second = world.successor(*world.chain, {0, 1, 3}, 2);
  const Charter rival = world.successor(*world.chain, {0, 1, 4}, 2);
  const Dsse signed_second = world.signed_charter(second, {0, 1});
  ASSERT_EQ(accepting(signed_second), Code{});
  EXPECT_EQ(world.chain->accept(signed_second, AlertWorld::kToday).value(),
            CharterChain::Accepted::kKnown);
  EXPECT_EQ(accepting(world.signed_charter(rival, {0, 1})), kCharterFork);
  EXPECT_EQ(accepting(world.signed_charter(rival, {3, 0})), kCharterLower);
  EXPECT_EQ(accepting(world.signed_charter(world.charter({0, 1, 2}, 1), {0, 1})), kCharterLower);
  EXPECT_EQ(world.chain->links().size(), 2U);
}

// CHA-4.3
TEST_F(CharterTest, AChainCannotLoop) {
  const Charter first = world.chain->newest().charter;
  ASSERT_EQ(accepting(world.signed_charter(world.successor(*world.chain, {0, 1, 3}, 2), {0, 1})),
            Code{});
  // The same people as in version 1 again: a new version with a new place, never the old link.
  const Charter back = world.successor(*world.chain, {0, 1, 2}, 2);
  ASSERT_EQ(accepting(world.signed_charter(back, {0, 1})), Code{});
  EXPECT_EQ(world.chain->newest().charter.version, 3U);
  EXPECT_EQ(world.chain->newest().charter.holders, first.holders);
  EXPECT_NE(world.chain->newest().hash, world.chain->links().front().hash);
}

// CHA-4.5
TEST_F(CharterTest, AChainIsBounded) {
  while (world.chain->links().size() < kMaxCharterVersions) {
    const Charter next = world.successor(*world.chain, {0, 1, 2}, 2);
    ASSERT_EQ(accepting(world.signed_charter(next, {0, 1})), Code{});
  }
  Charter more = world.successor(*world.chain, {0, 1, 2}, 2);
  EXPECT_EQ(code_of(encode_charter(more)), kBadCharter);
}

// CHA-4.6
TEST_F(CharterTest, TheDurableFormIsCheckedAgainWhenRead) {
  ASSERT_EQ(accepting(world.signed_charter(world.successor(*world.chain, {0, 1, 3}, 2), {0, 1})),
            Code{});
  const Bytes bytes = world.chain->encode();
  const CharterChain read = CharterChain::decode(bytes, world.chain->id()).value();
  EXPECT_EQ(read.newest().hash, world.chain->newest().hash);
  EXPECT_EQ(read.newest().accepted, AlertWorld::kToday);
  // Only the two days of acceptance are this client's own note and covered by no signature.
  const std::size_t first_day = 2;
  const std::size_t second_day =
      first_day + 4 + 4 + encode_dsse(world.chain->links()[0].envelope).value().size();
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    Bytes changed = bytes;
    changed[i] ^= 0x40;
    const bool own_note =
        (i >= first_day && i < first_day + 4) || (i >= second_day && i < second_day + 4);
    EXPECT_EQ(CharterChain::decode(changed, world.chain->id()).has_value(), own_note) << i;
  }
}

// CHA-4.7
TEST_F(CharterTest, AChainTravelsWithoutTheSendersDays) {
  ASSERT_EQ(accepting(world.signed_charter(world.successor(*world.chain, {0, 1, 3}, 2), {0, 1})),
            Code{});
  const Bytes offer = world.chain->to_offer();
  const Day today = days_after(AlertWorld::kToday, 9);
  const CharterChain received = CharterChain::from_offer(offer, world.chain->id(), today).value();
  EXPECT_EQ(received.newest().hash, world.chain->newest().hash);
  for (const CharterChain::Link& link : received.links()) EXPECT_EQ(link.accepted, today);
  EXPECT_EQ(code_of(CharterChain::from_offer(world.chain->encode(), world.chain->id(), today)),
            kMalformed);
}

// CHA-5.1
TEST_F(CharterTest, TheDefaultSurvivesOneLostKey) {
  EXPECT_EQ(Charter{}.threshold, kDefaultThreshold);
  const Charter next = world.successor(*world.chain, {1, 2, 3}, kDefaultThreshold);
  EXPECT_EQ(accepting(world.signed_charter(next, {1, 2})), Code{});  // holder 0 lost the key
}

// CHA-5.2
TEST_F(CharterTest, NamesFallBackToEnglishThenToTheFirst) {
  Charter charter = world.charter({0, 1, 2}, 2);
  EXPECT_EQ(charter_name(charter, language("ar")), "مختبر الأمل");
  EXPECT_EQ(charter_name(charter, language("hu")), "Hope Lab");
  charter.names.pop_back();
  EXPECT_EQ(charter_name(charter, language("hu")), "مختبر الأمل");
}

}  // namespace
}  // namespace tocsin
