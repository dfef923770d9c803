// The key schedule and the memory of numbers and keys.
#include <gtest/gtest.h>

#include <type_traits>

#include "crypto/base/codec.h"
#include "crypto/box/hash.h"
#include "crypto/ratchet/chain.h"
#include "crypto/ratchet/message_memory.h"

namespace tocsin {
namespace {

Bytes keyed(BytesView key, std::string_view label) {
  Bytes digest(32);
  blake2b(key, {as_bytes(label)}, digest);
  return digest;
}

// SES-1.1, SES-1.2, SES-1.3, SES-2.1, SES-2.3
TEST(OuterChainTest, SizesAreThoseOfTheSpecification) {
  static_assert(KemPublic::kBytes == 1158 && KemSecret::kBytes == 1763);
  static_assert(KemCiphertext::kBytes == 1039 && KemShared::kBytes == 32);
  static_assert(Nonce::kBytes == 24 && kAeadTagBytes == 16 && EnvelopeDigest::kBytes == 16);
  static_assert(kEnvelopeBytes == 24 + (40 + 16) + (1039 + 1158 + 16) + (2 + 1529 + 16));
  static_assert(kEnvelopeBytes == 24 + (40 + 16) + (2 + 3742 + 16));
  EXPECT_EQ(kContentWithKem, 1455U);
  EXPECT_EQ(kContentPlain, 3679U);
  EXPECT_EQ(kContentPrekeyForm, 3583U);
}

// SES-5.1
TEST(OuterChainTest, AStepDerivesMessageKeyAndNextChainFromTheChainKey) {
  SeededRng rng(1);
  const ChainKey chain = ChainKey::random(rng);
  const ChainStep one = step(chain);
  EXPECT_EQ(to_bytes(one.message.expose(kExpose)),
            keyed(chain.expose(kExpose), "tocsin/1 message"));
  EXPECT_EQ(to_bytes(one.next.expose(kExpose)), keyed(chain.expose(kExpose), "tocsin/1 chain"));
}

// SES-5.2
TEST(OuterChainTest, ARootStepIsOneHkdfOverTheWholeExchange) {
  SeededRng rng(2);
  const RootKey root = RootKey::random(rng);
  const SessionId sid = rng.draw<SessionId>();
  const KemShared shared = KemShared::random(rng);
  const KemPublic offered = rng.draw<KemPublic>();
  const KemOffer answer{rng.draw<KemCiphertext>(), rng.draw<KemPublic>()};
  const RootStep got = root_step({root, sid, Epoch{0x0201}, shared, offered, answer});

  const Bytes epoch{1, 2, 0, 0};
  const Bytes info =
      concat({as_bytes("tocsin/1 turn"), sid.view(), epoch,
              sha512({offered.view(), answer.ciphertext.view(), answer.next.view()}).view()});
  const SecretBytes want = hkdf_sha512(root.expose(kExpose), shared.expose(kExpose), info, 128);
  EXPECT_EQ(concat({got.root.expose(kExpose), got.chain.expose(kExpose),
                    got.next_header.expose(kExpose), got.next_block.expose(kExpose)}),
            to_bytes(want.expose(kExpose)));
}

// SES-9.1
TEST(OuterChainTest, AWalkKeepsTheLastKeysOfAGapAndCountsTheLost) {
  SeededRng rng(3);
  const ChainKey chain = ChainKey::random(rng);
  const ChainWalk all = walk(chain, {Epoch{4}, 10}, 10 + kMaxSkip);
  EXPECT_EQ(all.lost, 0U);
  ASSERT_EQ(all.passed.size(), kMaxSkip);
  EXPECT_EQ(all.passed.front().number, (MessageNumber{Epoch{4}, 10}));

  const ChainWalk more = walk(chain, {Epoch{4}, 10}, 10 + kMaxSkip + 3);
  EXPECT_EQ(more.lost, 3U);
  ASSERT_EQ(more.passed.size(), kMaxSkip);
  EXPECT_EQ(more.passed.front().number, (MessageNumber{Epoch{4}, 13}));
  EXPECT_EQ(to_bytes(more.passed.front().key.expose(kExpose)),
            to_bytes(all.passed[3].key.expose(kExpose)));

  const ChainWalk none = walk(chain, {Epoch{4}, 10}, 10);
  EXPECT_TRUE(none.passed.empty());
  EXPECT_EQ(to_bytes(none.chain.expose(kExpose)), to_bytes(chain.expose(kExpose)));
}

std::vector<NumberedKey> keys_of(Epoch epoch, std::uint32_t from, std::uint32_t count, Rng& rng) {
  std::vector<NumberedKey> keys;
  for (std::uint32_t i = 0; i < count; ++i)
    keys.push_back({{epoch, from + i}, MessageKey::random(rng)});
  return keys;
}

// SES-9.2
TEST(MessageMemoryTest, BeyondTheTotalTheOldestKeysGoFirst) {
  SeededRng rng(4);
  MessageMemory memory;
  EXPECT_EQ(memory.store(keys_of(Epoch{1}, 0, 256, rng), Day{1}), 0U);
  EXPECT_EQ(memory.store(keys_of(Epoch{3}, 0, 256, rng), Day{1}), 0U);
  EXPECT_EQ(memory.store(keys_of(Epoch{5}, 0, 2, rng), Day{1}), 2U);
  EXPECT_EQ(memory.skipped_count(), kMaxSkipTotal);
  EXPECT_EQ(memory.skipped({Epoch{1}, 1}), nullptr);
  EXPECT_NE(memory.skipped({Epoch{1}, 2}), nullptr);
}

// SES-9.3
TEST(MessageMemoryTest, UsedNumbersAreBoundedAndTheOldestGoFirst) {
  MessageMemory memory;
  for (std::uint32_t i = 0; i <= kMaxUsedTotal; ++i) memory.remember({Epoch{0}, i}, {}, Day{1});
  EXPECT_EQ(memory.used_count(), kMaxUsedTotal);
  EXPECT_EQ(memory.used({Epoch{0}, 0}), nullptr);
  EXPECT_NE(memory.used({Epoch{0}, 1}), nullptr);
}

// SES-9.4
TEST(MessageMemoryTest, ForgettingTakesWhatIsOlderAndDroppingAnEpochTakesItsRows) {
  SeededRng rng(5);
  MessageMemory memory;
  memory.store(keys_of(Epoch{1}, 0, 3, rng), Day{100});
  memory.remember({Epoch{1}, 9}, {}, Day{100});
  memory.store(keys_of(Epoch{3}, 0, 3, rng), Day{110});
  memory.remember({Epoch{3}, 9}, {}, Day{110});
  EXPECT_FALSE(memory.forget_before(Day{100}));
  EXPECT_TRUE(memory.forget_before(Day{101}));
  EXPECT_FALSE(memory.has_skipped(Epoch{1}));
  EXPECT_EQ(memory.used({Epoch{1}, 9}), nullptr);
  EXPECT_TRUE(memory.has_skipped(Epoch{3}));
  memory.drop_epoch(Epoch{3});
  EXPECT_EQ(memory.skipped_count() + memory.used_count(), 0U);
}

// SES-10.2
TEST(MessageMemoryTest, ARowRoundTripsAndUnorderedOrOverfullRowsAreRefused) {
  SeededRng rng(6);
  MessageMemory memory;
  memory.store(keys_of(Epoch{1}, 0, 2, rng), Day{100});
  memory.remember({Epoch{1}, 9}, rng.draw<BodyHash>(), Day{100});
  memory.remember({Epoch{3}, 1}, rng.draw<BodyHash>(), Day{101});
  Writer writer;
  memory.encode(writer);
  const Bytes row = to_bytes(writer.view());
  Reader reader(row);
  const auto back = MessageMemory::decode(reader);
  ASSERT_TRUE(back);
  Writer again;
  back->encode(again);
  EXPECT_EQ(to_bytes(again.view()), row);

  for (std::size_t length = 0; length < row.size(); ++length) {
    Reader cut(BytesView(row).first(length));
    EXPECT_FALSE(MessageMemory::decode(cut).has_value() && cut.finish("test").has_value())
        << length;
  }
  Bytes unordered = row;
  unordered[4] = 9;  // the first number now follows the second
  Reader wrong(unordered);
  EXPECT_FALSE(MessageMemory::decode(wrong));
  Bytes overfull = row;
  overfull[3] = 1;
  Reader many(overfull);
  EXPECT_FALSE(MessageMemory::decode(many));
}

static_assert(!std::is_copy_constructible_v<ChainStep> && !std::is_copy_constructible_v<RootStep>);

}  // namespace
}  // namespace tocsin
