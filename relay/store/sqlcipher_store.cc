#include "relay/store/sqlcipher_store.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "relay/store/limits.h"
#include "relay/store/sqlcipher_schema.h"

namespace tocsin {
namespace {

constexpr DatabaseOptions kOptions{.schema = kStoreSchema,
                                   .application_id = kStoreApplicationId,
                                   .page_bytes = kRelayPageBytes,
                                   .wal_truncate_bytes = kRelayWalTruncateBytes};

constexpr Sql kListed =
    "SELECT number, read_hash, drop_hash, old_drop_hash, old_drop_dies, first_on_new, owner, "
    "class, quota, last_month FROM mailbox WHERE number > ?1 ORDER BY number LIMIT ?2";
constexpr Sql kByRead =
    "SELECT number, read_hash, drop_hash, old_drop_hash, old_drop_dies, first_on_new, owner, "
    "class, quota, last_month FROM mailbox WHERE read_hash = ?1";
constexpr Sql kByDrop =
    "SELECT number, read_hash, drop_hash, old_drop_hash, old_drop_dies, first_on_new, owner, "
    "class, quota, last_month FROM mailbox WHERE drop_hash = ?1";
constexpr Sql kByOldDrop =
    "SELECT number, read_hash, drop_hash, old_drop_hash, old_drop_dies, first_on_new, owner, "
    "class, quota, last_month FROM mailbox WHERE old_drop_hash = ?1";

std::uint32_t small(const Statement& row, int column) {
  return static_cast<std::uint32_t>(row.integer(column));
}

// Sequences and versions use all 64 bits; SQLite's integers are signed. Boot epochs stay below
// 2^31, so sequences keep their order.
std::int64_t signed_of(std::uint64_t value) { return std::bit_cast<std::int64_t>(value); }
std::uint64_t unsigned_of(std::int64_t value) { return std::bit_cast<std::uint64_t>(value); }

Result<std::optional<MailboxRow>> one_mailbox(Statement& query) {
  if (!TRY(query.next())) return std::nullopt;
  MailboxRow row;
  row.number = {static_cast<std::uint64_t>(query.integer(0))};
  row.read = TRY(query.fixed<LookupHash>(1));
  row.drop = TRY(query.fixed<LookupHash>(2));
  if (!query.is_null(3)) {
    row.old_drop = OldDrop{.drop = TRY(query.fixed<LookupHash>(3)),
                           .dies = {small(query, 4)},
                           .first_on_new = {unsigned_of(query.integer(5))}};
  }
  row.owner = TRY(query.fixed<OwnerPublic>(6));
  const std::int64_t mailbox_class = query.integer(7);
  if (mailbox_class < 0 || mailbox_class > static_cast<std::int64_t>(MailboxClass::kPublic))
    return fail(kDamaged, "mailbox class", mailbox_class);
  row.mailbox_class = static_cast<MailboxClass>(mailbox_class);
  row.quota = small(query, 8);
  row.last_month = {small(query, 9)};
  return row;
}

// What goes into the columns of a mailbox after its number, in their order.
template <class Bound>
Status bind_mailbox(const MailboxRow& row, Bound&& bound) {
  std::optional<LookupHash> old_hash;
  std::optional<std::uint32_t> dies;
  std::optional<std::int64_t> first;
  if (row.old_drop.has_value()) {
    old_hash = row.old_drop->drop;
    dies = row.old_drop->dies.value;
    first = signed_of(row.old_drop->first_on_new.value);
  }
  return bound(row.read, row.drop, old_hash, dies, first, row.owner,
               static_cast<std::uint32_t>(row.mailbox_class), row.quota, row.last_month.value);
}

Status remove_database(const std::filesystem::path& path) {
  for (const char* suffix : {"-wal", "-journal", ""}) {
    std::filesystem::path file = path;
    file += suffix;
    TRY(erase_file(file));
  }
  return {};
}

}  // namespace

Result<std::unique_ptr<SqlcipherStore>> SqlcipherStore::create(const StorePaths& paths,
                                                               const DatabaseKey& key) {
  if (TRY(file_exists(paths.boot_epoch))) return fail(kFileExists, "boot epoch of another store");
  return settle(TRY(Database::create(paths.database, key, kOptions)), paths);
}

Result<std::unique_ptr<SqlcipherStore>> SqlcipherStore::open(const StorePaths& paths,
                                                             const DatabaseKey& key) {
  return settle(TRY(Database::open(paths.database, key, kOptions)), paths);
}

Status SqlcipherStore::copy_to(const StorePaths& paths, const DatabaseKey& key,
                               const std::filesystem::path& copy, const DatabaseKey& copy_key) {
  TRY(remove_database(copy));
  Database database = TRY(Database::open(paths.database, key, kOptions));
  TRY(database.copy_to(copy, copy_key));
  return std::move(database).close();
}

Status SqlcipherStore::adopt(const StorePaths& paths, const std::filesystem::path& copy,
                             const DatabaseKey& key) {
  DatabaseOptions options = kOptions;
  options.locking = Locking::kByCaller;
  Result<Database> opened = Database::open(copy, key, options);
  if (!opened.has_value()) {
    if (opened.error().code != kDamaged) return fail(opened.error());
    // Of a rotation that never came into force; it goes once the other is seen to open.
    Database store = TRY(Database::open(paths.database, key, kOptions));
    TRY(std::move(store).close());
    return remove_database(copy);
  }
  TRY(std::move(*opened).close());
  // The old log must not meet the new file, and the old file is overwritten before its name is
  // another's.
  TRY(remove_database(paths.database));
  return rename_durably(copy, paths.database);
}

Result<std::unique_ptr<SqlcipherStore>> SqlcipherStore::settle(Database database,
                                                               StorePaths paths) {
  std::unique_ptr<SqlcipherStore> store(new SqlcipherStore(std::move(database), std::move(paths)));
  static_assert(kPageCacheKibibytes == 8'192);
  TRY(store->database_.run("PRAGMA cache_size = -8192"));
  TRY(check_boot_epoch(TRY(store->stored_epoch()), store->paths_.boot_epoch));
  TRY(store->count_rows());
  return store;
}

Result<BootEpoch> SqlcipherStore::stored_epoch() {
  Statement query = TRY(database_.statement("SELECT boot_epoch FROM run WHERE id = 1"));
  if (!TRY(query.next())) return fail(kDamaged, "boot epoch row");
  return BootEpoch{small(query, 0)};
}

Status SqlcipherStore::count_rows() {
  Statement query =
      TRY(database_.statement("SELECT (SELECT count(*) FROM mailbox), (SELECT count(*) FROM cell), "
                              "(SELECT count(*) FROM board)"));
  if (!TRY(query.next())) return fail(kDamaged, "row counts");
  counts_ = {unsigned_of(query.integer(0)), unsigned_of(query.integer(1)),
             unsigned_of(query.integer(2))};
  committed_ = counts_;
  return {};
}

Result<BootEpoch> SqlcipherStore::begin_run() {
  const BootEpoch next{TRY(stored_epoch()).value + 1};
  if (next.value > INT32_MAX) return fail(kOutOfRange, "boot epoch");
  TRY(database_.run("UPDATE run SET boot_epoch = ?1 WHERE id = 1", next.value));
  TRY(write_boot_epoch(paths_.boot_epoch, next));
  return next;
}

Status SqlcipherStore::begin() {
  forget_waiting();
  committed_ = counts_;
  batch_.emplace(TRY(database_.begin()));
  return {};
}

Status SqlcipherStore::commit() {
  if (!batch_.has_value()) return fail(kDatabaseFault, "commit without a batch");
  Status done = write_waiting();
  if (done.has_value()) done = (*std::exchange(batch_, std::nullopt)).commit();
  if (!done.has_value()) rollback();
  return done;
}

void SqlcipherStore::rollback() {
  forget_waiting();
  batch_.reset();
  counts_ = committed_;
}

void SqlcipherStore::forget_waiting() {
  waiting_.clear();
  waiting_cells_ = 0;
}

Status SqlcipherStore::write_waiting() {
  Statement insert = TRY(database_.statement(
      "INSERT INTO cell(mailbox, sequence, last_day, envelope) VALUES (?1, ?2, ?3, ?4)"));
  for (const auto& [mailbox, cells] : waiting_) {
    for (const CellRow& cell : cells) {
      TRY(insert
              .bind(mailbox.value, signed_of(cell.sequence.value), cell.last_day.value,
                    cell.envelope)
              .run());
    }
  }
  forget_waiting();
  return {};
}

Result<std::optional<MailboxRow>> SqlcipherStore::mailbox_by_read(const LookupHash& read) {
  Statement query = TRY(database_.statement(kByRead));
  return one_mailbox(query.bind(read));
}

Result<std::optional<MailboxRow>> SqlcipherStore::mailbox_by_drop(const LookupHash& drop) {
  Statement query = TRY(database_.statement(kByDrop));
  auto row = TRY(one_mailbox(query.bind(drop)));
  if (row.has_value()) return row;
  Statement old_query = TRY(database_.statement(kByOldDrop));
  return one_mailbox(old_query.bind(drop));
}

Result<MailboxNumber> SqlcipherStore::insert_mailbox(const MailboxRow& row) {
  TRY(bind_mailbox(row, [&](const auto&... columns) {
    return database_.run(
        "INSERT INTO mailbox(read_hash, drop_hash, old_drop_hash, old_drop_dies, first_on_new, "
        "owner, class, quota, last_month) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)",
        columns...);
  }));
  ++counts_.mailboxes;
  return MailboxNumber{unsigned_of(database_.last_row_id())};
}

Status SqlcipherStore::update_mailbox(const MailboxRow& row) {
  return bind_mailbox(row, [&](const auto&... columns) {
    return database_.run(
        "UPDATE mailbox SET read_hash = ?2, drop_hash = ?3, old_drop_hash = ?4, "
        "old_drop_dies = ?5, first_on_new = ?6, owner = ?7, class = ?8, quota = ?9, "
        "last_month = ?10 WHERE number = ?1",
        row.number.value, columns...);
  });
}

Status SqlcipherStore::erase_mailbox(MailboxNumber mailbox) {
  static_cast<void>(TRY(erase_cells(mailbox, Sequence{INT64_MAX})));
  TRY(database_.run("DELETE FROM mailbox WHERE number = ?1", mailbox.value));
  counts_.mailboxes -= unsigned_of(database_.changes());
  return {};
}

Result<CellCount> SqlcipherStore::count_cells(MailboxNumber mailbox) {
  Statement query =
      TRY(database_.statement("SELECT count(*), max(sequence) FROM cell WHERE mailbox = ?1"));
  if (!TRY(query.bind(mailbox.value).next())) return fail(kDamaged, "count cells");
  CellCount count{small(query, 0), {unsigned_of(query.integer(1))}};
  if (const auto waiting = waiting_.find(mailbox);
      waiting != waiting_.end() && !waiting->second.empty()) {
    count.stored += static_cast<std::uint32_t>(waiting->second.size());
    count.newest = waiting->second.back().sequence;
  }
  return count;
}

Status SqlcipherStore::append_cell(MailboxNumber mailbox, const CellRow& cell) {
  waiting_[mailbox].push_back(cell);
  ++waiting_cells_;
  ++counts_.cells;
  return {};
}

Result<std::vector<CellRow>> SqlcipherStore::read_cells(MailboxNumber mailbox, Sequence after,
                                                        std::size_t limit) {
  std::vector<CellRow> cells;
  Statement query = TRY(
      database_.statement("SELECT sequence, last_day, envelope FROM cell WHERE mailbox = ?1 AND "
                          "sequence > ?2 ORDER BY sequence LIMIT ?3"));
  query.bind(mailbox.value, signed_of(after.value), limit);
  while (TRY(query.next())) {
    cells.push_back({.sequence = {unsigned_of(query.integer(0))},
                     .envelope = to_bytes(query.bytes(2)),
                     .last_day = {small(query, 1)}});
  }
  // Those of the open batch are the youngest.
  if (const auto waiting = waiting_.find(mailbox); waiting != waiting_.end()) {
    for (const CellRow& cell : waiting->second)
      if (cell.sequence > after && cells.size() < limit) cells.push_back(cell);
  }
  return cells;
}

Result<std::uint32_t> SqlcipherStore::erase_written(MailboxNumber mailbox, Sequence through) {
  Statement erase =
      TRY(database_.statement("DELETE FROM cell WHERE mailbox = ?1 AND sequence <= ?2"));
  TRY(erase.bind(mailbox.value, signed_of(through.value)).run());
  return static_cast<std::uint32_t>(database_.changes());
}

Result<std::uint32_t> SqlcipherStore::erase_cells(MailboxNumber mailbox, Sequence through) {
  std::uint32_t erased = TRY(erase_written(mailbox, through));
  if (const auto waiting = waiting_.find(mailbox); waiting != waiting_.end()) {
    const std::size_t never_written = std::erase_if(
        waiting->second, [&](const CellRow& cell) { return cell.sequence <= through; });
    waiting_cells_ -= never_written;
    erased += static_cast<std::uint32_t>(never_written);
    if (waiting->second.empty()) waiting_.erase(waiting);
  }
  counts_.cells -= erased;
  return erased;
}

Result<std::optional<BoardRow>> SqlcipherStore::board(const BoardId& board) {
  Statement query = TRY(
      database_.statement("SELECT version, expiry, written, record FROM board WHERE board = ?1"));
  if (!TRY(query.bind(board).next())) return std::nullopt;
  return BoardRow{.board = board,
                  .version = unsigned_of(query.integer(0)),
                  .expiry = {small(query, 1)},
                  .written = {small(query, 2)},
                  .record = to_bytes(query.bytes(3))};
}

Result<std::vector<MailboxRow>> SqlcipherStore::list_mailboxes(MailboxNumber after,
                                                               std::size_t limit) {
  Statement query = TRY(database_.statement(kListed));
  query.bind(after.value, limit);
  std::vector<MailboxRow> rows;
  while (auto row = TRY(one_mailbox(query))) rows.push_back(*row);
  return rows;
}

Result<std::vector<BoardRow>> SqlcipherStore::list_boards(const BoardId& after, std::size_t limit) {
  Statement query =
      TRY(database_.statement("SELECT board, version, expiry, written, record FROM board WHERE "
                              "board > ?1 ORDER BY board LIMIT ?2"));
  query.bind(after, limit);
  std::vector<BoardRow> rows;
  while (TRY(query.next())) {
    rows.push_back({.board = TRY(query.fixed<BoardId>(0)),
                    .version = unsigned_of(query.integer(1)),
                    .expiry = {small(query, 2)},
                    .written = {small(query, 3)},
                    .record = to_bytes(query.bytes(4))});
  }
  return rows;
}

Status SqlcipherStore::put_board(const BoardRow& row) {
  const bool known = TRY(board(row.board)).has_value();
  TRY(database_.run(
      "INSERT INTO board(board, version, expiry, written, record) VALUES (?1, ?2, ?3, ?4, ?5) "
      "ON CONFLICT(board) DO UPDATE SET version = ?2, expiry = ?3, written = ?4, record = ?5",
      row.board, signed_of(row.version), row.expiry.value, row.written.value, row.record));
  if (!known) ++counts_.boards;
  return {};
}

Status SqlcipherStore::erase_board(const BoardId& board) {
  TRY(database_.run("DELETE FROM board WHERE board = ?1", board));
  counts_.boards -= unsigned_of(database_.changes());
  return {};
}

Status SqlcipherStore::maintain(Instant now) { return database_.maintain(now); }

Status SqlcipherStore::close() && {
  rollback();
  return std::move(database_).close();
}

}  // namespace tocsin
