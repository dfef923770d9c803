#include "protocol/delivery/outbox_row.h"

#include <gtest/gtest.h>

#include "crypto/base/rng.h"

namespace tocsin {
namespace {

OutboxRow full_row() {
  SeededRng rng(1);
  OutboxRow row;
  row.id = rng.draw<MessageId>();
  row.contact = {77};
  row.kind = ContentKind::kAlert;
  row.queued = {1'000};
  row.deadline = {9'000'000};
  row.progress = Progress::kAtRelay;
  row.call_advised = true;
  row.seal_due = SealCause::kRoutesChanged;
  row.seal_attempts = 3;
  row.next_seal = {5'000};
  row.sealings = 2;
  row.session = rng.draw<SessionId>();
  row.sealed = {4'000};
  row.copies = {{0, 0, CopyState::kDeposited, 0, {4'000}},
                {0, 1, CopyState::kRefused, 1, {4'001}},
                {1, 0, CopyState::kWaiting, 9, {4'002}}};
  return row;
}

TEST(OutboxRowTest, EveryFieldRoundTrips) {
  EXPECT_EQ(decode_outbox_row(encode_outbox_row(full_row())).value(), full_row());
  EXPECT_EQ(decode_outbox_row(encode_outbox_row(OutboxRow())).value(), OutboxRow());
}

// DLV-2.3
TEST(OutboxRowTest, WhatIsInFlightIsStoredAsWaiting) {
  OutboxRow row = full_row();
  row.copies[2].state = CopyState::kSent;
  EXPECT_EQ(decode_outbox_row(encode_outbox_row(row)).value(), full_row());
}

TEST(OutboxRowTest, ADamagedRowIsRefused) {
  Bytes bytes = encode_outbox_row(full_row());
  for (std::size_t size = 0; size < bytes.size(); ++size)
    EXPECT_FALSE(decode_outbox_row(BytesView(bytes).first(size)).has_value()) << size;
  bytes.push_back(0);
  EXPECT_FALSE(decode_outbox_row(bytes).has_value());
  bytes.pop_back();
  for (const std::size_t place :
       {std::size_t{0}, std::size_t{26}, std::size_t{27}, std::size_t{28}, std::size_t{30}}) {
    Bytes damaged = bytes;
    damaged[place] = 0xEE;
    EXPECT_FALSE(decode_outbox_row(damaged).has_value()) << place;
  }
}

}  // namespace
}  // namespace tocsin
