// Boards: the record, the relay's decisions, the reader's judgement.

#include <gtest/gtest.h>

#include "protocol/board/judge.h"
#include "protocol/codes.h"
#include "tests/support/tiny_relay.h"

namespace tocsin {
namespace {

using samples::filled;

class BoardTest : public testing::Test {
 protected:
  Bytes record(std::uint64_t version, std::uint8_t byte = 1, std::uint32_t days = 14) {
    return sign_board(writer_.secret, {version, days_after(today_, days), Bytes(100, byte)})
        .value();
  }
  Reply ask(const Command& command, AccessVerdict access = AccessVerdict::kNone) {
    return relay_.ask(connection_, samples::request(++id_, command), access);
  }
  Answer put(Bytes bytes, AccessVerdict access = AccessVerdict::kGranted) {
    return ask(PutBoard{std::move(bytes)}, access).answer;
  }
  BoardId id() const { return board_id_of(writer_.public_key); }

  SeededRng rng_{5};
  KeyPair<WriterPublic, WriterSecret> writer_ = make_writer_pair(rng_);
  samples::TinyRelay relay_;
  Day today_ = relay_.today;
  ConnectionId connection_ = relay_.connect();
  std::uint64_t id_ = 0;
};

// BRD-1.1, BRD-1.2, BRD-1.3
TEST_F(BoardTest, ASignedRecordOpensToWhatWasSigned) {
  for (const std::size_t size : {std::size_t{0}, std::size_t{1}, kMaxBoardPayloadBytes}) {
    const BoardContent content{7, {20'014}, Bytes(size, 3)};
    const auto bytes = sign_board(writer_.secret, content);
    ASSERT_TRUE(bytes.has_value());
    EXPECT_EQ(bytes->size(), kBoardRecordOverheadBytes + size);
    const auto back = open_board(*bytes);
    ASSERT_TRUE(back.has_value());
    EXPECT_EQ(back->content, content);
    EXPECT_EQ(back->writer, writer_.public_key);
    EXPECT_EQ(board_id_of_record(*bytes), id());
  }
  EXPECT_EQ(sign_board(writer_.secret, {7, {1}, Bytes(kMaxBoardPayloadBytes + 1)}).error().code,
            kTooLarge);
  EXPECT_EQ(sign_board(writer_.secret, {0, {1}, {}}).error().code, kOutOfRange);
}

// BRD-1.2, BRD-1.3
TEST_F(BoardTest, AnyChangedMissingOrAddedByteIsRefused) {
  const Bytes good = record(1);
  for (std::size_t i = 0; i < good.size(); ++i) {
    Bytes bad = good;
    bad[i] ^= 1;
    EXPECT_FALSE(open_board(bad).has_value()) << i;
  }
  Bytes longer = good;
  longer.push_back(0);
  EXPECT_EQ(open_board(longer).error().code, kMalformed);
  EXPECT_EQ(open_board(BytesView(good).first(good.size() - 1)).error().code, kMalformed);
  EXPECT_EQ(open_board({}).error().code, kMalformed);
}

// BRD-3.1, BRD-3.2, BRD-3.4
TEST_F(BoardTest, ABoardIsPutWithAccessAndThenRead) {
  EXPECT_EQ(ask(GetBoard{id()}).answer, Answer::kRefused);
  EXPECT_EQ(put(record(1), AccessVerdict::kNone), Answer::kRefused);
  EXPECT_EQ(put(record(1), AccessVerdict::kBusy), Answer::kBusy);
  EXPECT_EQ(put(record(1)), Answer::kOk);
  const Reply reply = ask(GetBoard{id()});
  EXPECT_EQ(reply.answer, Answer::kOk);
  EXPECT_EQ(reply.body, record(1));
}

// BRD-3.2, MBX-5.1
TEST_F(BoardTest, OnlyHigherVersionsFollowAndTheyNeedNoAccess) {
  ASSERT_EQ(put(record(5)), Answer::kOk);
  EXPECT_EQ(put(record(4), AccessVerdict::kNone), Answer::kRefused);
  EXPECT_EQ(put(record(5, 2), AccessVerdict::kNone), Answer::kRefused) << "another of one version";
  EXPECT_EQ(put(record(5), AccessVerdict::kNone), Answer::kOk) << "the same again";
  EXPECT_EQ(put(record(6), AccessVerdict::kNone), Answer::kOk);
  EXPECT_EQ(ask(GetBoard{id()}).body, record(6));
}

// BRD-3.2, ERR-3
TEST_F(BoardTest, WhatARelayDoesNotTake) {
  Bytes forged = record(1);
  forged.back() ^= 1;
  EXPECT_EQ(put(forged), Answer::kRefused);
  Bytes cut = record(1);
  cut[32 + 8 + 4] = 99;  // a payload length that does not fit the rest
  EXPECT_EQ(put(cut), Answer::kMalformedCommand);
  EXPECT_EQ(put(record(1, 1, kMaxBoardDays + 1)), Answer::kRefused);
  EXPECT_EQ(put(record(1, 1, kMaxBoardDays)), Answer::kOk);
  relay_.today = days_after(today_, 15);
  EXPECT_EQ(put(record(2, 1, 14)), Answer::kExpired);
  relay_.room = Room::kFull;
  EXPECT_EQ(put(record(2, 1, 30)), Answer::kBusy);
}

// BRD-3.2, WIR-4.5
TEST_F(BoardTest, ANearlyFullOrClosingRelayTakesNoNewBoardsButNewVersions) {
  relay_.room = Room::kNearlyFull;
  EXPECT_EQ(put(record(1)), Answer::kBusy);
  relay_.room = Room::kPlenty;
  relay_.life = RelayLife::kClosing;
  EXPECT_EQ(put(record(1)), Answer::kRefused);
  relay_.life = RelayLife::kOpen;
  ASSERT_EQ(put(record(1)), Answer::kOk);
  relay_.room = Room::kNearlyFull;
  relay_.life = RelayLife::kClosing;
  EXPECT_EQ(put(record(2)), Answer::kOk);
}

// BRD-3.4, BRD-3.6
TEST_F(BoardTest, AnExpiredBoardSaysSoAndALongUnwrittenOneIsGone) {
  ASSERT_EQ(put(record(1)), Answer::kOk);
  relay_.today = days_after(today_, 14);
  EXPECT_EQ(ask(GetBoard{id()}).answer, Answer::kOk);
  relay_.today = days_after(today_, 15);
  EXPECT_EQ(ask(GetBoard{id()}).answer, Answer::kExpired);
  relay_.today = days_after(today_, kUnwrittenBoardDays + 1);
  EXPECT_EQ(ask(GetBoard{id()}).answer, Answer::kRefused);
  EXPECT_FALSE(is_deletable({.board = id(), .written = today_}, days_after(today_, 37)));
  EXPECT_TRUE(is_deletable({.board = id(), .written = today_}, days_after(today_, 38)));
}

// BRD-3.5, WIR-7.1
TEST_F(BoardTest, WatchersArePushedEachHigherVersionOnce) {
  EXPECT_EQ(ask(WatchBoard{id()}).body, Bytes()) << "watched before it is there";
  const RequestId watch{id_};
  ASSERT_EQ(put(record(1)), Answer::kOk);
  ASSERT_EQ(relay_.pushes.size(), 1u);
  EXPECT_EQ(relay_.pushes[0].push, (Push{watch, {1}, record(1)}));
  ASSERT_EQ(put(record(1)), Answer::kOk);
  EXPECT_EQ(relay_.pushes.size(), 1u);
  EXPECT_EQ(ask(WatchBoard{id()}).body, record(1));
}

// BRD-3.5
TEST_F(BoardTest, AConnectionHoldsABoundedNumberOfWatches) {
  for (std::uint32_t i = 0; i < kMaxWatches; ++i)
    ASSERT_EQ(ask(WatchBoard{filled<BoardId>(static_cast<std::uint8_t>(i))}).answer, Answer::kOk);
  EXPECT_EQ(ask(WatchBoard{id()}).answer, Answer::kRefused);
}

// BRD-2.1, BRD-3.3
TEST_F(BoardTest, ADeletionIsOfOneRequestOnOneConnection) {
  const auto deletion = [&](std::uint64_t request, const SessionFacts& facts) {
    return DeleteBoard{writer_.public_key,
                       sign_unpublish(writer_.secret, {facts.relay, facts.nonce, request})};
  };
  const SessionFacts here = relay_.facts(connection_);
  EXPECT_EQ(ask(deletion(id_ + 1, here)).answer, Answer::kRefused) << "no such board";
  ASSERT_EQ(put(record(1)), Answer::kOk);
  EXPECT_EQ(ask(deletion(id_, here)).answer, Answer::kRefused) << "another request's";
  const SessionFacts elsewhere = relay_.facts(relay_.connect());
  EXPECT_EQ(ask(deletion(id_ + 1, elsewhere)).answer, Answer::kRefused) << "another connection's";
  EXPECT_EQ(ask(deletion(id_ + 1, here)).answer, Answer::kOk);
  EXPECT_EQ(ask(GetBoard{id()}).answer, Answer::kRefused);
}

class JudgeTest : public BoardTest {
 protected:
  BoardQuestion question() const { return {.board = id(), .today = today_}; }
  Code refusal(const Bytes& bytes, const BoardQuestion& asked) {
    const auto judged = judge_board(bytes, asked);
    return judged.has_value() ? Code{} : judged.error().code;
  }
};

// BRD-4.1, BRD-4.2
TEST_F(JudgeTest, AGoodRecordIsUsableAndRemembered) {
  const auto judged = judge_board(record(3), question());
  ASSERT_TRUE(judged.has_value());
  EXPECT_EQ(judged->record.content.version, 3u);
  BoardQuestion again = question();
  again.seen = judged->remember;
  EXPECT_TRUE(judge_board(record(3), again).has_value());
  EXPECT_TRUE(judge_board(record(4, 9), again).has_value());
}

// BRD-4.1
TEST_F(JudgeTest, EachWayToDeceiveAReaderHasItsName) {
  BoardQuestion asked = question();
  asked.board = filled<BoardId>(1);
  EXPECT_EQ(refusal(record(3), asked), kWrongBoard);

  asked = question();
  asked.seen = judge_board(record(3), question()).value().remember;
  EXPECT_EQ(refusal(record(2), asked), kStale);
  EXPECT_EQ(refusal(record(3, 2), asked), kEquivocation) << "another payload";
  EXPECT_EQ(refusal(record(3, 1, 13), asked), kEquivocation) << "another expiry";

  asked = question();
  asked.least_version = 4;
  EXPECT_EQ(refusal(record(3), asked), kStale) << "below the link's floor";

  asked = question();
  asked.today = days_after(today_, 14);
  EXPECT_EQ(refusal(record(3), asked), Code{});
  asked.today = days_after(today_, 15);
  EXPECT_EQ(refusal(record(3), asked), kExpiredBoard);

  Bytes forged = record(3);
  forged.back() ^= 1;
  EXPECT_EQ(refusal(forged, question()), kBadSignature);
}

// BRD-4.3
TEST_F(JudgeTest, ABoardThatWantsToLiveTooLongIsNotUsed) {
  BoardQuestion asked = question();
  asked.max_days = kMaxPublicCardDays;
  EXPECT_EQ(refusal(record(3, 1, kMaxPublicCardDays), asked), Code{});
  EXPECT_EQ(refusal(record(3, 1, kMaxPublicCardDays + 1), asked), kLongLived);
}

}  // namespace
}  // namespace tocsin
