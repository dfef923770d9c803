// Requests: decode → load → decide.
#include <algorithm>
#include <utility>

#include "protocol/codes.h"
#include "relay/store/engine.h"

namespace tocsin {
Status StoreEngine::on_request(Connection& connection, Request request, Instant now,
                               StoreBatch& out) {
  if (connection.unanswered >= config_.limits.in_flight) {
    answer(connection, {.id = request.id, .answer = Answer::kBusy});
    return {};
  }
  ++connection.unanswered;
  const Result<Command> command = decode_command(request.command);
  if (!command.has_value()) {
    const bool newer = command.error().code == kUnsupportedVersion;
    answer(connection,
           {.id = request.id, .answer = newer ? Answer::kUnsupported : Answer::kMalformedCommand});
    return {};
  }
  return serve_or_refuse({connection, request, *command, AccessVerdict::kNone, now, out});
}

Status StoreEngine::serve_or_refuse(Turn turn) {
  const ConnectionId id = turn.connection.id;
  const RequestId request = turn.request.id;
  const Instant now = turn.now;
  const Status served = serve(turn);
  if (served.has_value()) return {};
  if (served.error().code != kDiskFull) return served;
  TRY(lose_batch(now));
  Connection* connection = connections_.find(id);
  if (connection != nullptr) answer(*connection, {.id = request, .answer = Answer::kBusy});
  return {};
}

Status StoreEngine::serve(Turn turn) {
  if (!batch_open_) TRY(store_.begin());
  batch_open_ = true;
  const Needs needs = needs_of(turn.command, lookup_);
  if (const auto* board = std::get_if<NeedsBoard>(&needs);
      board != nullptr && config_.blocked.contains(board->board)) {
    answer(turn.connection, {.id = turn.request.id, .answer = Answer::kRefused});
    return {};
  }
  CachedMailbox* mailbox = nullptr;
  const Loaded loaded = TRY(load(turn, needs, mailbox));
  if (turn.access == AccessVerdict::kNone) {
    if (!is_within_rates(turn, mailbox)) {
      answer(turn.connection, {.id = turn.request.id, .answer = Answer::kBusy});
      return {};
    }
    const std::optional<AccessVerdict> verdict = judge(turn, loaded);
    if (!verdict.has_value()) return {};
    turn.access = *verdict;
  }
  const Caller caller{
      .connection = turn.connection.id,
      .keys = *turn.connection.keys,
      .subscriptions = static_cast<std::uint32_t>(turn.connection.subscriptions.size()),
      .watches = static_cast<std::uint32_t>(turn.connection.watches.size())};
  const Ground ground{.lookup_key = lookup_,
                      .rng = rng_,
                      .today = turn.now.day(),
                      .room = room(turn.now),
                      .life = config_.notice.has_value() ? RelayLife::kClosing : RelayLife::kOpen};
  const std::uint64_t agreements = caller.keys.derivations();
  Effects effects = decide({turn.command, turn.request, turn.access}, loaded, caller, ground);
  totals_.key_agreements += caller.keys.derivations() - agreements;
  const MailboxNumber number = mailbox == nullptr ? MailboxNumber{0} : mailbox->row.number;
  TRY(apply(std::move(effects), turn, number));
  note_starved(number);
  return feed_starved(turn);
}

bool StoreEngine::is_within_rates(Turn& turn, CachedMailbox* mailbox) {
  if (!std::holds_alternative<Deposit>(turn.command)) return true;
  if (!turn.connection.deposits.take(config_.limits.deposits_per_second, turn.now)) return false;
  return mailbox == nullptr ||
         mailbox->deposits.take(config_.limits.drop_deposits_per_second, turn.now);
}

Result<Loaded> StoreEngine::load(Turn& turn, const Needs& needs, CachedMailbox*& mailbox) {
  Loaded loaded;
  if (const auto* by = std::get_if<NeedsMailbox>(&needs); by != nullptr) {
    mailbox = by->by == NeedsMailbox::By::kRead ? TRY(cache_.by_read(by->lookup))
                                                : TRY(cache_.by_drop(by->lookup));
    if (mailbox == nullptr) return loaded;
    loaded.mailbox = mailbox->row;
    loaded.live = mailbox->live;
    if (!mailbox->subscribes.has_one(kSubscribesPerSecond, turn.now))
      loaded.rate = SubscribeRate::kBeyond;
    if (!loaded.live.subscription.has_value()) return loaded;
    // While a connection has too much in flight, decide sees no credit.
    LiveSubscription& shown = *loaded.live.subscription;
    Connection* reader = connections_.find(shown.connection);
    const std::uint32_t most = reader == nullptr ? 0 : push_room(*reader);
    turn.hidden_credit = shown.credit - std::min(shown.credit, most);
    shown.credit -= turn.hidden_credit;
  } else if (const auto* board = std::get_if<NeedsBoard>(&needs); board != nullptr) {
    loaded.board = TRY(store_.board(board->board));
    if (const auto watches = watches_.find(board->board); watches != watches_.end())
      loaded.watches = watches->second;
  }
  return loaded;
}

std::optional<AccessVerdict> StoreEngine::judge(Turn& turn, const Loaded& loaded) {
  const MailboxRow* mailbox = loaded.mailbox.has_value() ? &*loaded.mailbox : nullptr;
  const BoardRow* board = loaded.board.has_value() ? &*loaded.board : nullptr;
  if (access_need(turn.command, mailbox, board) == AccessNeed::kNo) return AccessVerdict::kNone;
  const AccessRule rule{.policy = config_.access,
                        .work_bits = turn.connection.work_bits,
                        .password = config_.password.has_value() ? &*config_.password : nullptr};
  const auto judged = judge_access(rule, turn.connection.keys->facts(), turn.request);
  if (const auto* verdict = std::get_if<AccessVerdict>(&judged); verdict != nullptr)
    return *verdict;
  if (gate_.enter(turn.now) == WorkGate::Entry::kBusy) return AccessVerdict::kBusy;
  last_ticket_ = WorkTicket{last_ticket_.value + 1};
  ++turn.connection.waiting_work;
  waiting_.emplace(last_ticket_, Waiting{turn.connection.id, turn.request});
  work_.submit(last_ticket_, std::get<DearCheck>(judged));
  return std::nullopt;
}

std::uint32_t StoreEngine::push_room(const Connection& connection) const {
  const std::uint32_t most = config_.limits.in_flight;
  return most - std::min(most, connection.in_flight);
}

}  // namespace tocsin
