// `stored` lists every row once, whatever the step, over both stores' listing order.
#include "relay/ops/stored.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "crypto/base/rng.h"
#include "relay/store/memory_store.h"
#include "relay/store/sqlcipher_store.h"
#include "tests/support/store_rows.h"
#include "tests/support/temporary_folder.h"

namespace tocsin::ops {
namespace {

// 5 mailboxes with 0, 1 … 4 cells, the last with 200; 3 boards.
void fill(Store& store) {
  ASSERT_TRUE(store.begin_run().has_value());
  ASSERT_TRUE(store.begin().has_value());
  for (std::uint8_t i = 0; i < 5; ++i) {
    const auto mailbox = store.insert_mailbox(mailbox_row(static_cast<std::uint8_t>(i + 1)));
    ASSERT_TRUE(mailbox.has_value());
    const std::uint64_t cells = i == 4 ? 200 : i;
    for (std::uint64_t cell = 1; cell <= cells; ++cell)
      ASSERT_TRUE(store.append_cell(*mailbox, cell_row(cell)).has_value());
  }
  for (std::uint8_t i = 0; i < 3; ++i)
    ASSERT_TRUE(store.put_board(board_row(static_cast<std::uint8_t>(i + 1), 7)).has_value());
  ASSERT_TRUE(store.commit().has_value());
}

std::string list(Store& store, std::size_t step, Ciphertext ciphertext) {
  StoredListing listing(ciphertext);
  std::string lines;
  for (int turn = 0; turn < 1'000; ++turn) {
    const auto more = listing.next(store, step, lines);
    if (!more.has_value()) return "error";
    if (!*more) return lines;
  }
  return "endless";
}

std::size_t times(const std::string& text, std::string_view needle) {
  std::size_t found = 0;
  for (std::size_t at = 0; (at = text.find(needle, at)) != std::string::npos; ++at) ++found;
  return found;
}

TEST(StoredTest, EveryRowIsListedOnceWhateverTheStep) {
  MemoryStore store;
  fill(store);
  const std::string whole = list(store, 1'000'000, Ciphertext::kLeftOut);
  EXPECT_EQ(times(whole, "{\"mailbox\":{"), 5U);
  EXPECT_EQ(times(whole, "{\"cell\":{"), 0U + 1 + 2 + 3 + 200);
  EXPECT_EQ(times(whole, "{\"board\":{"), 3U);
  EXPECT_EQ(times(whole, "ciphertext"), 0U);
  for (const std::size_t step : {1U, 2U, 7U, 64U, 65U})
    EXPECT_EQ(list(store, step, Ciphertext::kLeftOut), whole) << step;
}

TEST(StoredTest, BothStoresListTheSame) {
  TemporaryFolder folder;
  SeededRng rng(1);
  const DatabaseKey key = DatabaseKey::random(rng);
  auto durable = SqlcipherStore::create({folder.path() / "store", folder.path() / "epoch"}, key);
  ASSERT_TRUE(durable.has_value());
  MemoryStore memory;
  fill(**durable);
  fill(memory);
  EXPECT_EQ(list(**durable, 10, Ciphertext::kIncluded), list(memory, 10, Ciphertext::kIncluded));
}

TEST(StoredTest, CiphertextIsListedWhenAskedFor) {
  MemoryStore store;
  fill(store);
  EXPECT_EQ(times(list(store, 10, Ciphertext::kIncluded), "\"ciphertext\":"), 206U + 3);
}

TEST(StoredTest, AnEmptyStoreListsNothing) {
  MemoryStore store;
  EXPECT_EQ(list(store, 10, Ciphertext::kIncluded), "");
}

}  // namespace
}  // namespace tocsin::ops
