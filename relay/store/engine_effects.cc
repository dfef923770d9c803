// Effects: rows first, then live state, then what leaves.
#include <algorithm>
#include <utility>

#include "relay/store/engine.h"

namespace tocsin {

Status StoreEngine::apply(Effects effects, Turn& turn, MailboxNumber mailbox) {
  for (Effect& effect : effects)
    TRY(std::visit([&](auto& one) { return apply_one(one, turn, mailbox); }, effect));
  return {};
}

Status StoreEngine::apply_one(InsertMailbox& effect, Turn&, MailboxNumber) {
  TRY(store_.insert_mailbox(effect.row));
  return {};
}

Status StoreEngine::apply_one(UpdateMailbox& effect, Turn&, MailboxNumber) {
  TRY(store_.update_mailbox(effect.row));
  touched_.push_back(effect.row.number);
  if (CachedMailbox* cached = cache_.find(effect.row.number); cached != nullptr)
    cache_.change_row(*cached, effect.row);
  return {};
}

Status StoreEngine::apply_one(EraseMailbox& effect, Turn&, MailboxNumber) {
  TRY(store_.erase_mailbox(effect.mailbox));
  if (CachedMailbox* cached = cache_.find(effect.mailbox); cached != nullptr)
    end_subscription(*cached);
  cache_.forget(effect.mailbox);
  return {};
}

Status StoreEngine::apply_one(AppendCell& effect, Turn&, MailboxNumber) {
  TRY(store_.append_cell(effect.mailbox, effect.cell));
  touched_.push_back(effect.mailbox);
  ++totals_.deposits;
  CachedMailbox* cached = cache_.find(effect.mailbox);
  if (cached == nullptr) return {};
  ++cached->live.stored;
  cached->live.newest = effect.cell.sequence;
  cached->live.next = next_sequence(effect.cell.sequence);
  return {};
}

Status StoreEngine::apply_one(EraseThrough& effect, Turn&, MailboxNumber) {
  const std::uint32_t erased = TRY(store_.erase_cells(effect.mailbox, effect.through));
  touched_.push_back(effect.mailbox);
  totals_.acknowledged += erased;
  CachedMailbox* cached = cache_.find(effect.mailbox);
  if (cached == nullptr) return {};
  cached->live.stored -= std::min(cached->live.stored, erased);
  if (cached->live.stored == 0) cached->live.newest = {};
  const std::size_t before = cached->in_flight.size();
  std::erase_if(cached->in_flight, [&](Sequence sequence) { return sequence <= effect.through; });
  if (!cached->live.subscription.has_value()) return {};
  Connection* reader = connections_.find(cached->live.subscription->connection);
  if (reader != nullptr) release(*reader, before - cached->in_flight.size());
  return {};
}

Status StoreEngine::apply_one(PutBoardRow& effect, Turn&, MailboxNumber) {
  return store_.put_board(effect.row);
}

Status StoreEngine::apply_one(EraseBoard& effect, Turn&, MailboxNumber) {
  return store_.erase_board(effect.board);
}

Status StoreEngine::apply_one(SetSubscription& effect, Turn& turn, MailboxNumber) {
  CachedMailbox* cached = cache_.find(effect.mailbox);
  if (cached == nullptr) return {};
  std::optional<LiveSubscription>& current = cached->live.subscription;
  const bool same = current.has_value() && effect.subscription.has_value() &&
                    current->connection == effect.subscription->connection &&
                    current->request == effect.subscription->request;
  if (same) {
    current = effect.subscription;
    current->credit = std::min(current->credit + std::exchange(turn.hidden_credit, 0), kMaxCredit);
    return {};
  }
  end_subscription(*cached);
  turn.hidden_credit = 0;
  current = effect.subscription;
  if (current.has_value()) (void)cached->subscribes.take(kSubscribesPerSecond, turn.now);
  if (!current.has_value()) return {};
  if (Connection* reader = connections_.find(current->connection); reader != nullptr)
    reader->subscriptions.push_back(effect.mailbox);
  return {};
}

Status StoreEngine::apply_one(AddWatch& effect, Turn&, MailboxNumber) {
  Connection* reader = connections_.find(effect.watch.connection);
  if (reader == nullptr) return {};
  std::vector<BoardWatch>& watches = watches_[effect.board];
  const auto known = std::find_if(watches.begin(), watches.end(), [&](const BoardWatch& watch) {
    return watch.connection == effect.watch.connection;
  });
  if (known != watches.end()) {
    known->request = effect.watch.request;
    return {};
  }
  watches.push_back(effect.watch);
  reader->watches.push_back(effect.board);
  return {};
}

Status StoreEngine::apply_one(PushBacklog& effect, Turn& turn, MailboxNumber) {
  const CachedMailbox* cached = cache_.find(effect.mailbox);
  if (cached == nullptr || !cached->live.subscription.has_value()) return {};
  const LiveSubscription subscription = *cached->live.subscription;
  const Connection* reader = connections_.find(subscription.connection);
  if (reader == nullptr) return {};
  const std::uint32_t most = std::min(subscription.credit, push_room(*reader));
  if (most == 0 || cached->live.newest <= subscription.pushed_through) return {};
  const std::vector<CellRow> cells =
      TRY(store_.read_cells(effect.mailbox, subscription.pushed_through, most));
  return apply(push_backlog(effect.mailbox, subscription, cells), turn, effect.mailbox);
}

// Cells may leave before they are durable. A board's new record may not: a reader who saw
// a version that a crash took back would have to take the relay for a liar.
Status StoreEngine::apply_one(SendPush& effect, Turn& turn, MailboxNumber mailbox) {
  Connection* reader = connections_.find(effect.connection);
  if (reader == nullptr) return {};
  ++totals_.pushes;
  if (std::holds_alternative<PutBoard>(turn.command)) {
    if (reader->replies.empty() && reader->board_pushes.empty()) answering_.push_back(reader->id);
    reader->board_pushes.push_back(std::move(effect.push));
    return {};
  }
  if (CachedMailbox* cached = cache_.find(mailbox); cached != nullptr) {
    cached->in_flight.push_back(effect.push.sequence);
    ++reader->in_flight;
  }
  return send(*reader, Pushes{{std::move(effect.push)}}, turn.out);
}

Status StoreEngine::apply_one(SendReply& effect, Turn&, MailboxNumber) {
  Connection* reader = connections_.find(effect.connection);
  if (reader != nullptr) answer(*reader, std::move(effect.reply));
  return {};
}

void StoreEngine::end_subscription(CachedMailbox& mailbox) {
  if (!mailbox.live.subscription.has_value()) return;
  Connection* reader = connections_.find(mailbox.live.subscription->connection);
  const std::size_t pushes = std::exchange(mailbox.in_flight, {}).size();
  mailbox.live.subscription.reset();
  if (reader == nullptr) return;
  std::erase(reader->subscriptions, mailbox.row.number);
  std::erase(reader->starved, mailbox.row.number);
  release(*reader, pushes);
}

void StoreEngine::release(Connection& connection, std::size_t pushes) {
  connection.in_flight -= std::min(connection.in_flight, static_cast<std::uint32_t>(pushes));
  if (pushes > 0 && !connection.starved.empty()) hungry_.push_back(connection.id);
}

void StoreEngine::note_starved(MailboxNumber mailbox) {
  const CachedMailbox* cached = cache_.find(mailbox);
  if (cached == nullptr || !cached->live.subscription.has_value()) return;
  const LiveSubscription& subscription = *cached->live.subscription;
  if (subscription.credit == 0 || cached->live.newest <= subscription.pushed_through) return;
  Connection* reader = connections_.find(subscription.connection);
  if (reader == nullptr ||
      std::find(reader->starved.begin(), reader->starved.end(), mailbox) != reader->starved.end())
    return;
  reader->starved.push_back(mailbox);
}

Status StoreEngine::feed_starved(Turn& turn) {
  for (const ConnectionId id : std::exchange(hungry_, {})) {
    Connection* reader = connections_.find(id);
    if (reader == nullptr) continue;
    for (const MailboxNumber mailbox : std::exchange(reader->starved, {})) {
      PushBacklog backlog{mailbox};
      TRY(apply_one(backlog, turn, mailbox));
      note_starved(mailbox);
    }
  }
  return {};
}

}  // namespace tocsin
