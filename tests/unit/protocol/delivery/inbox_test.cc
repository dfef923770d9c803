#include "protocol/delivery/inbox.h"

#include <gtest/gtest.h>

namespace tocsin {
namespace {

constexpr Instant kNow{1'800'000'000'000};

IncomingMessage message_of(ContentKind kind, std::uint32_t sequence) {
  IncomingMessage message;
  message.contact = {1};
  message.kind = kind;
  message.id.mutable_view()[0] = static_cast<std::uint8_t>(sequence);
  message.prefix = {5, sequence, 0};
  return message;
}

std::vector<Receipt> receipts_of(InboxContact& contact) {
  SeededRng rng(1);
  const auto tick = contact.receipts.tick(kNow, rng);
  return tick ? contact.receipts.take(*tick) : std::vector<Receipt>();
}

// DLV-7.1
TEST(InboxTest, ANewMessageIsShownAndAnswered) {
  InboxContact contact;
  const Arrival arrival =
      receive_message(message_of(ContentKind::kText, 1), SeenBefore::kNo, contact, kNow);
  EXPECT_EQ(arrival.show, Arrival::Show::kNew);
  EXPECT_EQ(
      receipts_of(contact),
      (std::vector<Receipt>{{message_of(ContentKind::kText, 1).id, ReceiptState::kDelivered}}));
}

TEST(InboxTest, WhoSwitchedReceiptsOffSendsNone) {
  InboxContact contact;
  contact.policy = ReceiptPolicy::kNever;
  EXPECT_EQ(
      receive_message(message_of(ContentKind::kAlert, 1), SeenBefore::kNo, contact, kNow).show,
      Arrival::Show::kNew);
  EXPECT_TRUE(contact.receipts.empty());
}

// DLV-6.1
TEST(InboxTest, ADuplicateIsNotShownAndAnsweredAgain) {
  InboxContact contact;
  receive_message(message_of(ContentKind::kText, 1), SeenBefore::kNo, contact, kNow);
  EXPECT_EQ(receipts_of(contact).size(), 1U);
  const Arrival again =
      receive_message(message_of(ContentKind::kText, 1), SeenBefore::kYes, contact, kNow);
  EXPECT_EQ(again.show, Arrival::Show::kDuplicate);
  EXPECT_EQ(receipts_of(contact).size(), 1U);
}

TEST(InboxTest, ReceiptsAndEmptyMessagesAreConsumedAndAnsweredByNothing) {
  InboxContact contact;
  for (const ContentKind kind : {ContentKind::kReceipts, ContentKind::kEmpty}) {
    EXPECT_EQ(receive_message(message_of(kind, 0), SeenBefore::kNo, contact, kNow).show,
              Arrival::Show::kConsumed);
  }
  EXPECT_TRUE(contact.receipts.empty());
  EXPECT_EQ(contact.streams.missing(), 0U);
}

TEST(InboxTest, MessagesAreSortedAsTheyWereWrittenAndGapsAreCounted) {
  InboxContact contact;
  const auto place = [&](std::uint32_t sequence) {
    return receive_message(message_of(ContentKind::kText, sequence), SeenBefore::kNo, contact, kNow)
        .order;
  };
  const OrderKey first = place(1);
  const OrderKey fourth = place(4);
  EXPECT_EQ(contact.streams.missing(), 2U);
  EXPECT_LT(first, place(2));
  EXPECT_LT(place(3), fourth);
  EXPECT_EQ(contact.streams.missing(), 0U);
}

// DLV-1.2
TEST(InboxTest, MemoryOfDuplicatesCoversEveryWayACellCanBeLate) {
  EXPECT_EQ(seen_kept_from({20'100}), Day{20'015});
  EXPECT_EQ(digests_kept_from({20'100}), Day{20'057});
  static_assert(kHorizonDays >= kOutboxDays + kRetentionDays);
  static_assert(kSeenDays >= kMessageDays + kRetentionDays);
}

}  // namespace
}  // namespace tocsin
