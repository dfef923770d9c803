// protocol/wire/command.h: the commands a client sends, each with its own bytes.
//
// Spec:    protocol/spec/wire.md WIR-8
// Shape:   in   Command, or the command bytes of a Request
//          out  one Cap'n Proto segment without a segment table, and back; one value, one encoding
// Errors:  malformed (one answer for every cause), unsupported_version (a command of a later
//          version)
// Threads: values only
#pragma once

#include <variant>

#include "crypto/base/bytes.h"
#include "crypto/keys/keys.h"
#include "protocol/wire/message.h"

namespace tocsin {

// Values are the wire's.
enum class MailboxClass : std::uint8_t { kContact = 0, kInvitation = 1, kPublic = 2 };
std::uint32_t max_quota(MailboxClass mailbox_class);

struct Ping {
  bool operator==(const Ping&) const = default;
};

// Owner's commands: the request carries a tag.
struct CreateMailbox {
  OwnerPublic owner;
  MailboxClass mailbox_class = MailboxClass::kContact;
  std::uint32_t quota = 0;  // cells, 1 … max_quota(class)
  bool operator==(const CreateMailbox&) const = default;
};
struct Subscribe {
  ReadId read_id;
  std::uint32_t credit = 0;  // 1 … kMaxCredit pushes before the first ack
  bool operator==(const Subscribe&) const = default;
};
struct Ack {
  ReadId read_id;
  Sequence through;          // deletes up to and including
  std::uint32_t credit = 0;  // 0 … kMaxCredit more pushes
  bool operator==(const Ack&) const = default;
};
enum class OldDropId : std::uint8_t { kOverlaps = 0, kDiesNow = 1 };
struct RotateDrop {
  ReadId read_id;
  OldDropId old_drop = OldDropId::kOverlaps;
  bool operator==(const RotateDrop&) const = default;
};
struct DeleteMailbox {
  ReadId read_id;
  bool operator==(const DeleteMailbox&) const = default;
};

// Authorised by the capability itself.
struct Deposit {
  DropId drop_id;
  Bytes envelope;  // exactly kEnvelopeBytes
  bool operator==(const Deposit&) const = default;
};

// Boards. Records are protocol/board/record.h's bytes.
struct PutBoard {
  Bytes record;  // at most kMaxBoardRecordBytes
  bool operator==(const PutBoard&) const = default;
};
struct DeleteBoard {
  WriterPublic writer;
  Signature signature;  // protocol/board/record.h: unpublish
  bool operator==(const DeleteBoard&) const = default;
};
struct GetBoard {
  BoardId board_id;
  bool operator==(const GetBoard&) const = default;
};
struct WatchBoard {
  BoardId board_id;
  bool operator==(const WatchBoard&) const = default;
};

using Command = std::variant<Ping, CreateMailbox, Subscribe, Ack, RotateDrop, DeleteMailbox,
                             Deposit, PutBoard, DeleteBoard, GetBoard, WatchBoard>;

Result<Bytes> encode_command(const Command& command);
Result<Command> decode_command(BytesView bytes);

}  // namespace tocsin
