#include <gtest/gtest.h>

#include "protocol/board/record.h"
#include "relay/store/memory_store.h"
#include "tests/support/relay_house.h"

namespace tocsin {
namespace {

class EngineBoardTest : public testing::Test {
 protected:
  PutBoard put(std::uint64_t version) {
    return {sign_board(writer_.secret, {.version = version,
                                        .expiry = days_after(house_.now.day(), 14),
                                        .payload = Bytes(100, 9)})
                .value()};
  }

  MemoryStore store_;
  RelayHouse house_{store_};
  Peer writing_{house_}, watching_{house_};
  KeyPair<WriterPublic, WriterSecret> writer_ = make_writer_pair(house_.rng());
  BoardId board_ = board_id_of(writer_.public_key);
};

TEST_F(EngineBoardTest, AWrittenBoardIsServedAndItsNextVersionReplacesIt) {
  EXPECT_EQ(writing_.answer_to(put(1)), Answer::kOk);
  EXPECT_EQ(watching_.ask(GetBoard{board_}).body, put(1).record);
  EXPECT_EQ(writing_.answer_to(put(2)), Answer::kOk);
  EXPECT_EQ(watching_.ask(GetBoard{board_}).body, put(2).record);
  EXPECT_EQ(writing_.answer_to(put(1)), Answer::kRefused);
  EXPECT_EQ(house_.figures().stored.boards, 1U);
}

// STO-4.2: a version a crash could take back is shown to nobody.
TEST_F(EngineBoardTest, AWatcherIsPushedANewVersionOnceItIsDurable) {
  ASSERT_EQ(watching_.answer_to(WatchBoard{board_}), Answer::kOk);
  writing_.send(put(3));
  EXPECT_TRUE(watching_.take_pushes().empty());
  ASSERT_TRUE(house_.commit().has_value());
  const std::vector<Push> pushes = watching_.take_pushes();
  ASSERT_EQ(pushes.size(), 1U);
  EXPECT_EQ(pushes[0].body, put(3).record);
  EXPECT_EQ(pushes[0].sequence, Sequence{3});
}

TEST_F(EngineBoardTest, AWatcherWhoLeftIsPushedNothing) {
  ASSERT_EQ(watching_.answer_to(WatchBoard{board_}), Answer::kOk);
  watching_.leave();
  EXPECT_EQ(writing_.answer_to(put(1)), Answer::kOk);
  EXPECT_TRUE(watching_.take_pushes().empty());
  EXPECT_EQ(house_.figures().watches, 0U);
}

// BRD-3.8
TEST_F(EngineBoardTest, ABlockedBoardIsErasedAtTheStartAndRefusedInEveryWay) {
  ASSERT_EQ(writing_.answer_to(put(1)), Answer::kOk);
  EngineConfig config = RelayHouse::config();
  config.blocked = {board_, board_id_of(make_writer_pair(house_.rng()).public_key)};
  house_.restart(std::move(config));
  EXPECT_EQ(house_.figures().stored.boards, 0U);
  Peer anybody(house_);
  EXPECT_EQ(anybody.answer_to(GetBoard{board_}), Answer::kRefused);
  EXPECT_EQ(anybody.answer_to(WatchBoard{board_}), Answer::kRefused);
  EXPECT_EQ(anybody.answer_to(put(2)), Answer::kRefused);
  EXPECT_EQ(anybody.answer_to(Ping{}), Answer::kOk);
  house_.restart();
  Peer later(house_);
  EXPECT_EQ(later.answer_to(put(2)), Answer::kOk);
}

// BRD-3.7
TEST_F(EngineBoardTest, ADeletedBoardIsGoneAndSoIsItsVersion) {
  ASSERT_EQ(writing_.answer_to(put(5)), Answer::kOk);
  ASSERT_EQ(watching_.answer_to(WatchBoard{board_}), Answer::kOk);
  // The request's id is part of what is signed.
  const std::uint64_t next = writing_.request(Ping{}).id.value + 1;
  const UnpublishContext context{
      .relay = writing_.facts().relay, .nonce = writing_.facts().nonce, .request = next};
  EXPECT_EQ(
      writing_.answer_to(DeleteBoard{writer_.public_key, sign_unpublish(writer_.secret, context)}),
      Answer::kOk);
  EXPECT_EQ(house_.figures().stored.boards, 0U);
  EXPECT_TRUE(watching_.take_pushes().empty());
  EXPECT_EQ(writing_.answer_to(put(1)), Answer::kOk);
  EXPECT_EQ(watching_.take_pushes().size(), 1U);
}

}  // namespace
}  // namespace tocsin
