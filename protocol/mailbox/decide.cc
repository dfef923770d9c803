#include "protocol/mailbox/decide.h"

#include "crypto/base/overloaded.h"
#include "protocol/mailbox/commands.h"

namespace tocsin {

Needs needs_of(const Command& command, const LookupKey& lookup_key) {
  const auto of_owner = [&](const ReadId& id) -> Needs {
    return NeedsMailbox{lookup_of(lookup_key, id), NeedsMailbox::By::kRead};
  };
  return std::visit(
      Overloaded{
          [](const Ping&) -> Needs { return NeedsNothing{}; },
          [](const CreateMailbox&) -> Needs { return NeedsNothing{}; },
          [&](const Subscribe& subscribe) { return of_owner(subscribe.read_id); },
          [&](const Ack& ack) { return of_owner(ack.read_id); },
          [&](const RotateDrop& rotate) { return of_owner(rotate.read_id); },
          [&](const DeleteMailbox& erase) { return of_owner(erase.read_id); },
          [&](const Deposit& deposit) -> Needs {
            return NeedsMailbox{lookup_of(lookup_key, deposit.drop_id), NeedsMailbox::By::kDrop};
          },
          [](const PutBoard& put) -> Needs { return NeedsBoard{board_id_of_record(put.record)}; },
          [](const DeleteBoard& erase) -> Needs { return NeedsBoard{board_id_of(erase.writer)}; },
          [](const GetBoard& get) -> Needs { return NeedsBoard{get.board_id}; },
          [](const WatchBoard& watch) -> Needs { return NeedsBoard{watch.board_id}; },
      },
      command);
}

// flow 6/8: what a request means, decided from rows alone.
Effects decide(const Asked& asked, const Loaded& loaded, const Caller& caller,
               const Ground& ground) {
  std::optional<MailboxRow> mailbox;
  if (loaded.mailbox.has_value() && !is_expired(*loaded.mailbox, ground.today))
    mailbox = without_dead_drop(*loaded.mailbox, ground.today);
  const bool has_board = loaded.board.has_value() && !is_deletable(*loaded.board, ground.today);
  const Situation situation{asked.request,
                            asked.access,
                            mailbox.has_value() ? &*mailbox : nullptr,
                            loaded.live,
                            has_board ? &*loaded.board : nullptr,
                            loaded.watches,
                            loaded.rate,
                            caller,
                            ground};
  return std::visit(
      Overloaded{
          [&](const Ping&) { return answered(situation, Answer::kOk); },
          [&](const CreateMailbox& create) { return decide_create_mailbox(create, situation); },
          [&](const Subscribe& subscribe) { return decide_subscribe(subscribe, situation); },
          [&](const Ack& ack) { return decide_ack(ack, situation); },
          [&](const RotateDrop& rotate) { return decide_rotate_drop(rotate, situation); },
          [&](const DeleteMailbox&) { return decide_delete_mailbox(situation); },
          [&](const Deposit& deposit) { return decide_deposit(deposit, situation); },
          [&](const PutBoard& put) { return decide_put_board(put, situation); },
          [&](const DeleteBoard& erase) { return decide_delete_board(erase, situation); },
          [&](const GetBoard&) { return decide_get_board(situation); },
          [&](const WatchBoard& watch) { return decide_watch_board(watch, situation); },
      },
      asked.command);
}

Effects push_backlog(MailboxNumber mailbox, const LiveSubscription& subscription,
                     std::span<const CellRow> cells) {
  Effects effects;
  LiveSubscription after = subscription;
  for (const CellRow& cell : cells) {
    if (after.credit == 0) break;
    if (cell.sequence <= after.pushed_through) continue;
    --after.credit;
    after.pushed_through = cell.sequence;
    effects.push_back(SendPush{after.connection, {after.request, cell.sequence, cell.envelope}});
  }
  if (!effects.empty()) effects.insert(effects.begin(), SetSubscription{mailbox, after});
  return effects;
}

bool may_follow(RequestId last, RequestId next) { return next > last; }

SendReply reply(const Situation& situation, Answer answer, Bytes body) {
  return {situation.caller.connection, {situation.request.id, answer, std::move(body)}};
}

Effects answered(const Situation& situation, Answer answer, Bytes body) {
  Effects effects;
  effects.push_back(reply(situation, answer, std::move(body)));
  return effects;
}

bool is_owner(const Situation& situation) {
  return situation.caller.keys.authorises(
      situation.mailbox != nullptr ? &situation.mailbox->owner : nullptr, situation.request);
}

std::optional<Answer> lacks_access(AccessVerdict verdict) {
  switch (verdict) {
    case AccessVerdict::kGranted:
      return std::nullopt;
    case AccessVerdict::kBusy:
      return Answer::kBusy;
    case AccessVerdict::kNone:
    case AccessVerdict::kRefused:
      return Answer::kRefused;
  }
  return Answer::kRefused;
}

std::optional<SendReply> farewell(const std::optional<LiveSubscription>& subscription) {
  if (!subscription.has_value()) return std::nullopt;
  return SendReply{subscription->connection, {subscription->request, Answer::kSuperseded}};
}

}  // namespace tocsin
