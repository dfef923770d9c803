#include "protocol/wire/command.h"

#include <algorithm>

#include "crypto/base/overloaded.h"
#include "protocol/limits.h"
#include "protocol/wire/capnp_codec.h"

namespace tocsin {
namespace {

Status check_range(std::uint64_t value, std::uint64_t least, std::uint64_t most) {
  if (value < least || value > most)
    return fail(kMalformed, "command value", static_cast<std::int64_t>(value));
  return {};
}

// WIR-8: what a command may say beyond its layout.
Status check(const Command& command) {
  return std::visit(
      Overloaded{
          [](const Ping&) -> Status { return {}; },
          [](const CreateMailbox& create) -> Status {
            TRY(check_range(static_cast<std::uint64_t>(create.mailbox_class), 0, 2));
            return check_range(create.quota, 1, max_quota(create.mailbox_class));
          },
          [](const Subscribe& subscribe) { return check_range(subscribe.credit, 1, kMaxCredit); },
          [](const Ack& ack) -> Status {
            TRY(check_range(ack.through.value, 1, UINT64_MAX));
            return check_range(ack.credit, 0, kMaxCredit);
          },
          [](const RotateDrop& rotate) {
            return check_range(static_cast<std::uint64_t>(rotate.old_drop), 0, 1);
          },
          [](const DeleteMailbox&) -> Status { return {}; },
          [](const Deposit& deposit) {
            return check_range(deposit.envelope.size(), kEnvelopeBytes, kEnvelopeBytes);
          },
          [](const PutBoard& put) {
            return check_range(put.record.size(), kBoardRecordOverheadBytes, kMaxBoardRecordBytes);
          },
          [](const DeleteBoard&) -> Status { return {}; },
          [](const GetBoard&) -> Status { return {}; },
          [](const WatchBoard&) -> Status { return {}; },
      },
      command);
}

}  // namespace

std::uint32_t max_quota(MailboxClass mailbox_class) {
  switch (mailbox_class) {
    case MailboxClass::kContact:
      return kContactQuota;
    case MailboxClass::kInvitation:
      return kInvitationQuota;
    case MailboxClass::kPublic:
      return kPublicQuota;
  }
  return 0;
}

Result<Bytes> encode_command(const Command& command) {
  TRY(check(command));
  return build_command(command);
}

Result<Command> decode_command(BytesView bytes) {
  Command command = TRY(read_command(bytes));
  TRY(check(command));
  const auto again = build_command(command);
  if (!again.has_value() || !std::ranges::equal(*again, bytes))
    return fail(kMalformed, "command not as encoded");
  return command;
}

}  // namespace tocsin
