#include "relay/store/mailbox_cache.h"

#include <algorithm>
#include <utility>

namespace tocsin {

MailboxCache::MailboxCache(Store& store, BootEpoch epoch, std::size_t idle_limit)
    : store_(store), floor_(first_sequence(epoch.value)), idle_limit_(idle_limit) {}

void MailboxCache::index(const MailboxRow& row) {
  by_read_[row.read] = row.number;
  by_drop_[row.drop] = row.number;
  if (row.old_drop.has_value()) by_drop_[row.old_drop->drop] = row.number;
}

void MailboxCache::unindex(const MailboxRow& row) {
  by_read_.erase(row.read);
  by_drop_.erase(row.drop);
  if (row.old_drop.has_value()) by_drop_.erase(row.old_drop->drop);
}

CachedMailbox* MailboxCache::touch(MailboxNumber mailbox) {
  Entry& entry = entries_.at(mailbox);
  order_.splice(order_.begin(), order_, entry.used);
  return &entry.mailbox;
}

CachedMailbox* MailboxCache::find(MailboxNumber mailbox) {
  const auto found = entries_.find(mailbox);
  return found == entries_.end() ? nullptr : &found->second.mailbox;
}

Result<CachedMailbox*> MailboxCache::by_read(const LookupHash& read) {
  if (const auto known = by_read_.find(read); known != by_read_.end()) return touch(known->second);
  const auto row = TRY(store_.mailbox_by_read(read));
  if (!row.has_value()) return nullptr;
  return admit(*row);
}

Result<CachedMailbox*> MailboxCache::by_drop(const LookupHash& drop) {
  if (const auto known = by_drop_.find(drop); known != by_drop_.end()) return touch(known->second);
  const auto row = TRY(store_.mailbox_by_drop(drop));
  if (!row.has_value()) return nullptr;
  return admit(*row);
}

Result<CachedMailbox*> MailboxCache::admit(const MailboxRow& row) {
  const CellCount cells = TRY(store_.count_cells(row.number));
  const MailboxNumber number = row.number;
  index(row);
  order_.push_front(number);
  Entry& entry = entries_[number];
  entry.used = order_.begin();
  entry.mailbox.row = row;
  entry.mailbox.live.stored = cells.stored;
  entry.mailbox.live.newest = cells.newest;
  entry.mailbox.live.next = std::max(floor_, next_sequence(cells.newest));
  return &entry.mailbox;
}

void MailboxCache::change_row(CachedMailbox& mailbox, const MailboxRow& row) {
  unindex(mailbox.row);
  mailbox.row = row;
  index(mailbox.row);
}

void MailboxCache::forget(MailboxNumber number) {
  const auto found = entries_.find(number);
  if (found == entries_.end()) return;
  floor_ = std::max(floor_, found->second.mailbox.live.next);
  unindex(found->second.mailbox.row);
  order_.erase(found->second.used);
  entries_.erase(found);
}

Status MailboxCache::recount(CachedMailbox& mailbox) {
  const CellCount cells = TRY(store_.count_cells(mailbox.row.number));
  mailbox.live.stored = cells.stored;
  mailbox.live.newest = cells.newest;
  return {};
}

Status MailboxCache::reload(MailboxNumber number) {
  CachedMailbox* mailbox = find(number);
  if (mailbox == nullptr) return {};
  // The read hash never changes in the life of a mailbox.
  const auto row = TRY(store_.mailbox_by_read(mailbox->row.read));
  if (!row.has_value()) {
    forget(number);
    return {};
  }
  change_row(*mailbox, *row);
  return recount(*mailbox);
}

void MailboxCache::trim() {
  // Subscribed mailboxes are passed over; there are few of them, bounded by the connections.
  if (entries_.size() <= idle_limit_) return;
  std::size_t looked_at = 0;
  for (auto last = std::prev(order_.end()); entries_.size() > idle_limit_;) {
    const MailboxNumber number = *last;
    const bool first = last == order_.begin();
    if (!first) --last;
    if (!entries_.at(number).mailbox.live.subscription.has_value()) {
      forget(number);
    } else {
      // Moved to the front so that the next trim does not meet it again.
      touch(number);
    }
    if (first || ++looked_at > kMaintenanceRows) return;
  }
}

}  // namespace tocsin
