// protocol/mailbox/effects.h: what a decision asks the store and the edge to do.
//
// Spec:    protocol/spec/mailbox.md MBX-3
// Shape:   in order; rows first, then live state, then what leaves. A SendPush may leave before the
//          batch is committed, a SendReply never.
// Threads: values only
#pragma once

#include <variant>
#include <vector>

#include "protocol/board/rows.h"
#include "protocol/mailbox/rows.h"

namespace tocsin {

// Durable.
struct InsertMailbox {
  MailboxRow row;  // its number is the store's to give
};
struct UpdateMailbox {
  MailboxRow row;
};
struct EraseMailbox {  // the row, its cells, its subscription
  MailboxNumber mailbox;
};
struct AppendCell {
  MailboxNumber mailbox;
  CellRow cell;
};
struct EraseThrough {  // cells up to and including
  MailboxNumber mailbox;
  Sequence through;
};
struct PutBoardRow {
  BoardRow row;
};
struct EraseBoard {
  BoardId board;
};

// Memory only.
struct SetSubscription {
  MailboxNumber mailbox;
  std::optional<LiveSubscription> subscription;
};
struct AddWatch {
  BoardId board;
  BoardWatch watch;
};
// After this command's rows are in: read the cells after subscription.pushed_through, at most
// credit of them, and ask push_backlog (decide.h) what to push.
struct PushBacklog {
  MailboxNumber mailbox;
};

// Leaves the relay.
struct SendPush {
  ConnectionId connection;
  Push push;
};
struct SendReply {
  ConnectionId connection;
  Reply reply;
};

using Effect =
    std::variant<InsertMailbox, UpdateMailbox, EraseMailbox, AppendCell, EraseThrough, PutBoardRow,
                 EraseBoard, SetSubscription, AddWatch, PushBacklog, SendPush, SendReply>;
using Effects = std::vector<Effect>;

}  // namespace tocsin
