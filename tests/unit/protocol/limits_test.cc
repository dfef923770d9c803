#include "protocol/limits.h"

#include <gtest/gtest.h>

#include "protocol/wire/welcome.h"

namespace tocsin {
namespace {

// The page says the numbers of the header: LIM-1, LIM-3, LIM-4, LIM-5, LIM-6, LIM-7, LIM-8.
TEST(LimitsTest, TheSpecifiedNumbersAreTheCompiledOnes) {
  EXPECT_EQ(kCellBytes, 4096u);
  EXPECT_EQ(kEnvelopeBytes, 3840u);
  EXPECT_EQ(kPutBoardCellBytes, 4040u);
  EXPECT_EQ(kMaxBoardPayloadBytes, 3712u);
  EXPECT_EQ(kMaxBoardRecordBytes, 3822u);
  EXPECT_EQ(kTraversalWords, 2048u);
  EXPECT_EQ(kNestingLevels, 8);
  EXPECT_EQ(kMaxHostBytes, 64u);
  EXPECT_EQ(kOldDropDays, 43u);
  EXPECT_EQ(kMaxBoardDays, 31u);
  EXPECT_EQ(kUnwrittenBoardDays, 37u);
  EXPECT_EQ(kHashcashBits, 16u);
  EXPECT_EQ(kMaxTransportFrameBytes, 4160u);
  EXPECT_EQ(kHandshakeSeconds, 5u);
  EXPECT_EQ(kKeepAliveSeconds, 60u);
  EXPECT_EQ(kSilentPeerSeconds, 300u);
}

// LIM-7
TEST(LimitsTest, AWelcomeTellsTheCompiledLimits) {
  const WelcomeLimits limits = default_limits();
  EXPECT_EQ(limits.in_flight, kInFlight);
  EXPECT_EQ(limits.subscriptions, kMaxSubscriptions);
  EXPECT_EQ(limits.watches, kMaxWatches);
  EXPECT_EQ(limits.deposits_per_second, kDepositsPerSecond);
  EXPECT_EQ(limits.drop_deposits_per_second, kDropDepositsPerSecond);
  EXPECT_EQ(limits.contact_quota, kContactQuota);
  EXPECT_EQ(limits.invitation_quota, kInvitationQuota);
  EXPECT_EQ(limits.public_quota, kPublicQuota);
  EXPECT_EQ(limits.retention_days, kRetentionDays);
  EXPECT_EQ(limits.mailbox_months, kMailboxMonths);
}

}  // namespace
}  // namespace tocsin
