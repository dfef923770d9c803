#include "protocol/wire/command.h"

#include <gtest/gtest.h>

#include "protocol/codes.h"
#include "tests/support/wire_samples.h"

namespace tocsin {
namespace {

using samples::filled;

// WIR-8.1
TEST(CommandTest, EveryCommandComesBack) {
  for (const Command& command : samples::commands()) {
    const auto bytes = encode_command(command);
    ASSERT_TRUE(bytes.has_value()) << command.index() << bytes.error().where;
    EXPECT_EQ(bytes->size() % kWordBytes, 0u);
    const auto back = decode_command(*bytes);
    ASSERT_TRUE(back.has_value()) << command.index() << back.error().where;
    EXPECT_EQ(*back, command);
  }
}

// WIR-8.2
TEST(CommandTest, BytesAfterOrMissingFromACommandAreMalformed) {
  for (const Command& command : samples::commands()) {
    Bytes bytes = encode_command(command).value();
    bytes.resize(bytes.size() + kWordBytes);
    EXPECT_EQ(decode_command(bytes).error().code, kMalformed) << command.index();
    bytes.resize(bytes.size() - 1);
    EXPECT_EQ(decode_command(bytes).error().code, kMalformed) << command.index();
    bytes.resize(bytes.size() - 2 * kWordBytes + 1);
    EXPECT_FALSE(decode_command(bytes).has_value()) << command.index();
  }
  EXPECT_EQ(decode_command({}).error().code, kMalformed);
}

// WIR-8.3
TEST(CommandTest, ACommandOfALaterVersionIsUnsupportedAndNotMalformed) {
  Bytes bytes = encode_command(Ping{}).value();
  bytes[8] = 0xff;  // the union tag
  EXPECT_EQ(decode_command(bytes).error().code, kUnsupportedVersion);
}

// WIR-8.4
TEST(CommandTest, ValuesOutsideTheirRangeAreRefusedBothWays) {
  const std::vector<Command> wrong{
      CreateMailbox{filled<OwnerPublic>(1), MailboxClass::kContact, 0},
      CreateMailbox{filled<OwnerPublic>(1), MailboxClass::kContact, kContactQuota + 1},
      CreateMailbox{filled<OwnerPublic>(1), MailboxClass::kInvitation, kInvitationQuota + 1},
      CreateMailbox{filled<OwnerPublic>(1), static_cast<MailboxClass>(3), 1},
      Subscribe{filled<ReadId>(1), 0},
      Subscribe{filled<ReadId>(1), kMaxCredit + 1},
      Ack{filled<ReadId>(1), {0}, 1},
      Ack{filled<ReadId>(1), {1}, kMaxCredit + 1},
      RotateDrop{filled<ReadId>(1), static_cast<OldDropId>(2)},
      Deposit{filled<DropId>(1), Bytes(kEnvelopeBytes - 1)},
      Deposit{filled<DropId>(1), Bytes(kEnvelopeBytes + 1)},
      PutBoard{Bytes(kBoardRecordOverheadBytes - 1)},
      PutBoard{Bytes(kMaxBoardRecordBytes + 1)},
  };
  for (std::size_t i = 0; i < wrong.size(); ++i)
    EXPECT_EQ(encode_command(wrong[i]).error().code, kMalformed) << i;
  // On the wire: the quota of a createMailbox, the through of an ack.
  Bytes create = encode_command(samples::commands()[1]).value();
  create[8 + 4] = static_cast<std::uint8_t>(kInvitationQuota + 1);
  EXPECT_EQ(decode_command(create).error().code, kMalformed);
  create[8 + 4] = 0;
  EXPECT_EQ(decode_command(create).error().code, kMalformed);
}

}  // namespace
}  // namespace tocsin
