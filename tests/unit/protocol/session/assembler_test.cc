#include "protocol/session/assembler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>

namespace tocsin {
namespace {

constexpr std::array<std::size_t, 1> kNarrow{kBodyWithKem};
constexpr ContactId kAlice{1};
constexpr ContactId kBob{2};
constexpr Day kToday{20'000};

MessageId id_of(std::uint64_t number) {
  MessageId id;
  for (std::size_t i = 0; i < 8; ++i)
    id.mutable_view()[i] = static_cast<std::uint8_t>(number >> (8 * i));
  return id;
}

Bytes body_of(std::size_t size, std::uint64_t seed = 1) {
  Bytes body(size);
  SeededRng(seed).fill(body);
  return body;
}

std::vector<SecretBytes> contents_of(std::uint64_t number, BytesView body) {
  return split_message({ContentKind::kText, id_of(number), {1, 2, 3}, body}, kNarrow).value();
}

Taken take(Assembler& assembler, ContactId from, const SecretBytes& content, Day day = kToday) {
  return assembler.take(from, content.expose(kExpose), day).value();
}

Bytes body(const Taken& taken) { return to_bytes(taken.message.value().body.expose(kExpose)); }

ContentHeader shape(std::uint32_t offset, std::uint32_t total, std::uint8_t count,
                    std::uint8_t index) {
  ContentHeader header;
  header.offset = offset;
  header.total = total;
  header.count = count;
  header.index = index;
  return header;
}

// One raw fragment of a message.
SecretBytes fragment(std::uint64_t number, const ContentHeader& like, std::size_t length,
                     std::uint8_t fill = 0x33) {
  ContentHeader header = like;
  header.kind = ContentKind::kText;
  header.message = id_of(number);
  return encode_content(header, Bytes(length, fill));
}

// CNT-4.1
TEST(AssemblerTest, FragmentsInAnyOrderAndMoreThanOnceGiveTheMessageOnce) {
  SeededRng rng(9);
  for (const std::size_t size : {1U, 1'411U, 1'412U, 5'000U, 30'000U, 65'524U}) {
    const Bytes sent = body_of(size);
    const auto contents = contents_of(size, sent);
    std::vector<std::size_t> order(contents.size());
    std::iota(order.begin(), order.end(), 0U);
    for (std::size_t i = order.size(); i > 1; --i)
      std::swap(order[i - 1], order[rng.below(static_cast<std::uint32_t>(i))]);
    Assembler assembler;
    std::size_t complete = 0;
    for (const std::size_t index : order) {
      const Taken taken = take(assembler, kAlice, contents[index]);
      EXPECT_TRUE(taken.dropped.empty());
      if (taken.message) {
        ++complete;
        EXPECT_EQ(body(taken), sent);
        EXPECT_EQ(taken.message->prefix, (MessagePrefix{1, 2, 3}));
        EXPECT_EQ(taken.message->id, id_of(size));
      } else if (complete == 0) {
        const Taken again = take(assembler, kAlice, contents[index]);
        EXPECT_FALSE(again.message || again.store || !again.dropped.empty());
      }
    }
    EXPECT_EQ(complete, 1U) << size;
    EXPECT_EQ(assembler.held_bytes(), 0U);
  }
}

TEST(AssemblerTest, EmptyFragmentsAreNotWaitedForAndOpenNothing) {
  const auto contents = contents_of(1, body_of(3'500));
  ASSERT_EQ(contents.size(), 4U);
  Assembler assembler;
  EXPECT_FALSE(take(assembler, kAlice, contents[3]).store);
  EXPECT_EQ(assembler.open_messages(kAlice), 0U);
  take(assembler, kAlice, contents[2]);
  take(assembler, kAlice, contents[0]);
  EXPECT_TRUE(take(assembler, kAlice, contents[1]).message.has_value());
  EXPECT_FALSE(take(assembler, kAlice, contents[3]).message.has_value());
  EXPECT_EQ(assembler.open_messages(kAlice), 0U);
}

TEST(AssemblerTest, TheSameIdFromTwoContactsIsTwoMessages) {
  const auto contents = contents_of(1, body_of(2'000));
  Assembler assembler;
  take(assembler, kAlice, contents[0]);
  EXPECT_FALSE(take(assembler, kBob, contents[1]).message.has_value());
  EXPECT_TRUE(take(assembler, kAlice, contents[1]).message.has_value());
  EXPECT_EQ(assembler.open_messages(kBob), 1U);
}

// CNT-4.2
TEST(AssemblerTest, EveryContradictionDropsTheOpenMessageAndBeginsAgain) {
  const ContentHeader first = shape(0, 300, 4, 0);
  std::vector<SecretBytes> contradictions;
  contradictions.push_back(fragment(1, shape(100, 301, 4, 1), 100));
  contradictions.push_back(fragment(1, shape(100, 300, 8, 1), 100));
  contradictions.push_back(fragment(1, first, 100, 0x34));
  contradictions.push_back(fragment(1, first, 99));
  contradictions.push_back(fragment(1, shape(99, 300, 4, 1), 201));
  for (const SecretBytes& contradiction : contradictions) {
    Assembler assembler;
    ASSERT_TRUE(take(assembler, kAlice, fragment(1, first, 100)).store.has_value());
    const Taken taken = take(assembler, kAlice, contradiction);
    EXPECT_FALSE(taken.message);
    EXPECT_TRUE(taken.store);
    ASSERT_EQ(taken.dropped.size(), 1U);
    EXPECT_EQ(taken.dropped[0].cause, DropCause::kContradiction);
    EXPECT_EQ(taken.dropped[0].message, (OpenMessage{kAlice, id_of(1)}));
    EXPECT_EQ(assembler.open_messages(kAlice), 1U);
    EXPECT_FALSE(take(assembler, kAlice, contradiction).store) << "a duplicate by now";
  }
  Assembler assembler;
  take(assembler, kAlice, fragment(1, first, 100));
  SecretBytes other_kind = fragment(1, shape(100, 300, 4, 1), 100);
  other_kind.expose_mutable(kExpose)[1] = 8;
  EXPECT_EQ(take(assembler, kAlice, other_kind).dropped.size(), 1U);
}

// CNT-4.2
TEST(AssemblerTest, WhatIsLeftOfAnEarlierSplittingDoesNotKeepAMessageFromArriving) {
  const Bytes sent = body_of(9'000);
  const OutgoingMessage message{ContentKind::kText, id_of(1), {1, 2, 3}, sent};
  const std::vector<std::size_t> wide{kBodyPlain}, narrow{kBodyWithKem, kBodyPlain};
  const auto before = split_message(message, wide).value();
  const auto after = split_message(message, narrow).value();
  for (std::size_t lost = 0; lost < before.size(); ++lost) {
    Assembler assembler;
    for (std::size_t i = 0; i < before.size(); ++i)
      if (i != lost) take(assembler, kAlice, before[i]);
    std::size_t complete = 0;
    // At the latest with the second sealing from there on.
    for (int sealing = 0; sealing < 2; ++sealing)
      for (const SecretBytes& content : after)
        if (take(assembler, kAlice, content).message) ++complete;
    EXPECT_GE(complete, 1U) << lost;
  }
}

TEST(AssemblerTest, PartsThatOverlapOrLeaveAHoleAreNoMessage) {
  // Three parts of 100 bytes in 300, of which two cover the same place.
  Assembler assembler;
  take(assembler, kAlice, fragment(1, shape(0, 300, 4, 0), 100));
  take(assembler, kAlice, fragment(1, shape(150, 300, 4, 1), 100));
  const Taken last = take(assembler, kAlice, fragment(1, shape(200, 300, 4, 2), 100));
  EXPECT_FALSE(last.message.has_value());
  ASSERT_EQ(last.dropped.size(), 1U);
  EXPECT_EQ(last.dropped[0].cause, DropCause::kContradiction);
}

TEST(AssemblerTest, WhatIsNotContentChangesNothing) {
  Assembler assembler;
  const auto contents = contents_of(1, body_of(2'000));
  take(assembler, kAlice, contents[0]);
  const std::size_t held = assembler.held_bytes();
  EXPECT_EQ(assembler.take(kAlice, Bytes(1455, 0xFF), kToday).has_value(), false);
  EXPECT_EQ(assembler.take(kAlice, {}, kToday).has_value(), false);
  EXPECT_EQ(assembler.held_bytes(), held);
}

// CNT-4.3
TEST(AssemblerTest, AFifthOpenMessageOfAContactDropsTheOldest) {
  Assembler assembler;
  for (std::uint64_t number = 1; number <= 4; ++number)
    EXPECT_TRUE(take(assembler, kAlice, contents_of(number, body_of(2'000))[0]).dropped.empty());
  const Taken fifth = take(assembler, kAlice, contents_of(5, body_of(2'000))[0]);
  ASSERT_EQ(fifth.dropped.size(), 1U);
  EXPECT_EQ(fifth.dropped[0].message.id, id_of(1));
  EXPECT_EQ(fifth.dropped[0].cause, DropCause::kBounds);
  EXPECT_TRUE(fifth.store.has_value());
  EXPECT_EQ(assembler.open_messages(kAlice), kMaxOpenPerContact);
}

TEST(AssemblerTest, AHostileContactHoldsItsShareAndNoMore) {
  Assembler assembler;
  SeededRng rng(77);
  take(assembler, kBob, contents_of(1, body_of(2'000))[0]);
  const std::size_t of_bob = assembler.held_bytes(kBob);
  for (int i = 0; i < 20'000; ++i) {
    ContentHeader header =
        shape(0, 12 + rng.below(65'525), 64, static_cast<std::uint8_t>(rng.below(63)));
    const std::size_t room = std::min<std::size_t>(kBodyPlain, header.total - 1);
    const std::size_t length = 1 + rng.below(static_cast<std::uint32_t>(room));
    if (header.index > 0)
      header.offset = 1 + rng.below(static_cast<std::uint32_t>(header.total - length));
    const SecretBytes content = fragment(rng.below(40), header, length);
    static_cast<void>(assembler.take(kAlice, content.expose(kExpose), kToday));
    ASSERT_LE(assembler.held_bytes(kAlice), kMaxOpenBytesPerContact);
    ASSERT_LE(assembler.open_messages(kAlice), kMaxOpenPerContact);
  }
  EXPECT_GT(assembler.held_bytes(kAlice), 0U);
  EXPECT_EQ(assembler.held_bytes(kBob), of_bob);
  EXPECT_EQ(assembler.held_bytes(), assembler.held_bytes(kAlice) + of_bob);
}

TEST(AssemblerTest, ManyHostileContactsDoNotPushOutAnHonestOne) {
  Assembler assembler;
  const auto honest = contents_of(1, body_of(2'000));
  take(assembler, kBob, honest[0]);
  const auto big = contents_of(2, body_of(kMaxBodyBytes));
  for (std::int64_t contact = 100; contact < 600; ++contact) {
    for (std::size_t i = 0; i + 18 < big.size(); ++i) take(assembler, ContactId{contact}, big[i]);
    ASSERT_LE(assembler.held_bytes(), kMaxOpenBytesPerClient);
  }
  EXPECT_GT(assembler.held_bytes(), kMaxOpenBytesPerClient / 2);
  EXPECT_EQ(assembler.open_messages(kBob), 1U);
  EXPECT_TRUE(take(assembler, kBob, honest[1]).message.has_value());
}

// CNT-4.4
TEST(AssemblerTest, AnOpenMessageIsGivenUpAfterTheHorizon) {
  Assembler assembler;
  const auto contents = contents_of(1, body_of(4'000));
  take(assembler, kAlice, contents[0]);
  take(assembler, kAlice, contents[1], days_after(kToday, 30));
  EXPECT_TRUE(assembler.expire(days_after(kToday, 43)).empty());
  const auto dropped = assembler.expire(days_after(kToday, 44));
  ASSERT_EQ(dropped.size(), 1U);
  EXPECT_EQ(dropped[0].cause, DropCause::kExpired);
  EXPECT_EQ(assembler.held_bytes(), 0U);
}

// CNT-4.5
TEST(AssemblerTest, TheStoredRowsAreTheWholeState) {
  const Bytes sent = body_of(20'000);
  const auto contents = contents_of(1, sent);
  for (std::size_t cut = 1; cut < 14; ++cut) {
    Assembler before;
    std::vector<FragmentRow> rows;
    for (std::size_t i = 0; i < cut; ++i) {
      Taken taken = take(before, kAlice, contents[i]);
      if (taken.store) rows.push_back(std::move(*taken.store));
    }
    Assembler after = Assembler::restore(std::move(rows));
    EXPECT_EQ(after.held_bytes(), before.held_bytes());
    std::optional<Bytes> received;
    for (std::size_t i = cut; i < contents.size(); ++i) {
      const Taken taken = take(after, kAlice, contents[i]);
      if (taken.message) received = body(taken);
    }
    EXPECT_EQ(received, sent) << cut;
  }
}

TEST(AssemblerTest, AForgottenContactHoldsNothing) {
  Assembler assembler;
  take(assembler, kAlice, contents_of(1, body_of(2'000))[0]);
  take(assembler, kBob, contents_of(1, body_of(2'000))[0]);
  assembler.forget(kAlice);
  EXPECT_EQ(assembler.open_messages(kAlice), 0U);
  EXPECT_EQ(assembler.held_bytes(kAlice), 0U);
  EXPECT_EQ(assembler.held_bytes(), assembler.held_bytes(kBob));
}

}  // namespace
}  // namespace tocsin
