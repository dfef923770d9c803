// protocol/mailbox/commands.h: one function per command, each in a file of its own; decide.h's
// table calls them.
//
// Spec:    protocol/spec/mailbox.md MBX-8 … MBX-13, protocol/spec/board.md BRD-3
// Threads: values only
#pragma once

#include "protocol/mailbox/decide.h"

namespace tocsin {

// Everything a command sees besides itself.
struct Situation {
  const Request& request;
  AccessVerdict access;
  const MailboxRow* mailbox;  // nullptr: none, or past its month
  const LiveMailbox& live;
  const BoardRow* board;  // nullptr: none, or old enough to be deleted
  const std::vector<BoardWatch>& watches;
  SubscribeRate rate;
  const Caller& caller;
  const Ground& ground;
};

Effects decide_create_mailbox(const CreateMailbox& create, const Situation& situation);
Effects decide_subscribe(const Subscribe& subscribe, const Situation& situation);
Effects decide_ack(const Ack& ack, const Situation& situation);
Effects decide_rotate_drop(const RotateDrop& rotate, const Situation& situation);
Effects decide_delete_mailbox(const Situation& situation);
Effects decide_deposit(const Deposit& deposit, const Situation& situation);

Effects decide_put_board(const PutBoard& put, const Situation& situation);
Effects decide_delete_board(const DeleteBoard& erase, const Situation& situation);
Effects decide_get_board(const Situation& situation);
Effects decide_watch_board(const WatchBoard& watch, const Situation& situation);

// What several of them need.

// The one effect of a command that changes nothing.
Effects answered(const Situation& situation, Answer answer, Bytes body = {});
SendReply reply(const Situation& situation, Answer answer, Bytes body = {});

// Whether the request is the owner's of the mailbox that was loaded for it.
bool is_owner(const Situation& situation);

// MBX-5.2: what a request that needs access is told without it.
std::optional<Answer> lacks_access(AccessVerdict verdict);

// The reply that ends somebody else's subscription, if there is one.
std::optional<SendReply> farewell(const std::optional<LiveSubscription>& subscription);

}  // namespace tocsin
