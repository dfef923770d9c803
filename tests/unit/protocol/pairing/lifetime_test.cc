#include "protocol/pairing/lifetime.h"

#include <gtest/gtest.h>

namespace tocsin {
namespace {

Card card_of(CardKind kind, std::uint32_t days) {
  Card card;
  card.kind = kind;
  card.from = {20'000};
  card.until = {20'000 + days};
  return card;
}

// PAI-6.1
TEST(LifetimeTest, PublicCardsRenewAfterFiveDaysAndContactCardsAfterTwoHundred) {
  EXPECT_EQ(renewal_day(card_of(CardKind::kPublic, 14)), Day{20'005});
  EXPECT_EQ(renewal_day(card_of(CardKind::kContact, 400)), Day{20'200});
  EXPECT_EQ(renewal_day(card_of(CardKind::kInvitation, 30)), Day{20'031});
}

// PAI-6.2
TEST(LifetimeTest, SecretsOutliveTheCardByTwentyThreeDays) {
  EXPECT_EQ(secrets_kept_until(card_of(CardKind::kPublic, 14)), Day{20'037});
  const Card contact = card_of(CardKind::kContact, 400);
  EXPECT_EQ(replaced_secrets_kept_until(contact, {20'200}), Day{20'243});
  EXPECT_EQ(replaced_secrets_kept_until(contact, {20'395}), Day{20'423});
}

// PAI-6.3
TEST(LifetimeTest, AUsedInvitationsMailboxStaysTwentyThreeDays) {
  EXPECT_EQ(used_invitation_kept_until({20'010}), Day{20'033});
}

// PAI-6.4
TEST(LifetimeTest, ABoardExpiresWithItsCard) {
  EXPECT_EQ(board_expiry(card_of(CardKind::kInvitation, 30)), Day{20'030});
}

}  // namespace
}  // namespace tocsin
