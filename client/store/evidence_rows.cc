#include "client/store/evidence_rows.h"

#include "client/codes.h"
#include "client/store/columns.h"
#include "crypto/base/codec.h"

namespace tocsin {
namespace {

// Every column, in the order that schema.cc gives them.
constexpr Sql kAll = "SELECT * FROM evidence ORDER BY id";
constexpr Sql kOne = "SELECT * FROM evidence WHERE id = ?1";
constexpr Sql kByFile = "SELECT * FROM evidence WHERE file = ?1";
constexpr Sql kMoving =
    "SELECT * FROM evidence WHERE standing = 2 OR dropped <> '' OR (standing > 2 AND path <> '' "
    "AND "
    "EXISTS (SELECT 1 FROM evidence_place WHERE evidence_place.evidence = evidence.id AND gone = 0 "
    "AND blob IS NOT NULL AND owner IS NOT NULL)) ORDER BY id";

Bytes bytes_of(const std::optional<FileMark>& mark) {
  if (!mark.has_value()) return {};
  Writer writer;
  writer.integer(mark->length)
      .integer(static_cast<std::uint64_t>(mark->modified_seconds))
      .integer(static_cast<std::uint64_t>(mark->modified_nanoseconds))
      .integer(mark->inode)
      .integer(mark->device);
  return std::move(writer).take();
}

Result<std::optional<FileMark>> mark_in(BytesView bytes) {
  if (bytes.empty()) return std::nullopt;
  Reader reader(bytes);
  FileMark mark;
  mark.length = reader.integer<std::uint64_t>();
  mark.modified_seconds = static_cast<std::int64_t>(reader.integer<std::uint64_t>());
  mark.modified_nanoseconds = static_cast<std::int64_t>(reader.integer<std::uint64_t>());
  mark.inode = reader.integer<std::uint64_t>();
  mark.device = reader.integer<std::uint64_t>();
  TRY(reader.finish("mark of a file"));
  return mark;
}

SecretBytes bytes_of(const std::optional<AgeInside>& inside) {
  if (!inside.has_value()) return {};
  Writer writer(age::PayloadKey::kBytes + sizeof inside->begins);
  writer.raw(inside->key.expose(kExpose)).integer(inside->begins);
  return SecretBytes(std::move(writer).take());
}

Result<std::optional<AgeInside>> inside_in(BytesView bytes) {
  if (bytes.empty()) return std::optional<AgeInside>();
  Reader reader(bytes);
  const BytesView key = reader.raw(age::PayloadKey::kBytes);
  const auto begins = reader.integer<std::uint64_t>();
  TRY(reader.finish("inside of an age file"));
  age::PayloadKey owned = TRY(age::PayloadKey::from(key));
  return std::optional(AgeInside{std::move(owned), begins});
}

Bytes bytes_of(const std::vector<Sha256>& peaks) {
  Bytes bytes;
  bytes.reserve(peaks.size() * Sha256::kBytes);
  for (const Sha256& peak : peaks)
    bytes.insert(bytes.end(), peak.view().begin(), peak.view().end());
  return bytes;
}

Result<FrameTree> tree_at(const Statement& row, int count, int peaks) {
  const BytesView bytes = row.bytes(peaks);
  if (bytes.size() % Sha256::kBytes != 0) return fail(kDamaged, "peaks of a tree");
  std::vector<Sha256> list;
  for (std::size_t at = 0; at < bytes.size(); at += Sha256::kBytes)
    list.push_back(TRY(Sha256::from(bytes.subspan(at, Sha256::kBytes))));
  return FrameTree::resume(static_cast<std::uint64_t>(row.integer(count)), std::move(list));
}

template <class FixedValue>
Result<std::optional<FixedValue>> optional_fixed(const Statement& row, int column) {
  if (row.is_null(column)) return std::nullopt;
  return std::optional<FixedValue>(TRY(row.fixed<FixedValue>(column)));
}

Result<EvidenceRow> read_row(const Statement& row) {
  FileSecret secret = TRY(FileSecret::from(row.bytes(4)));
  EvidenceRow evidence{.id = {row.integer(0)},
                       .contact = {row.integer(1)},
                       .direction = static_cast<EvidenceDirection>(row.integer(2)),
                       .secret = std::move(secret),
                       .standing = static_cast<EvidenceStanding>(row.integer(5)),
                       .name = std::string(row.text(6)),
                       .note = std::string(row.text(7)),
                       .path = std::string(row.text(8)),
                       .packed = row.integer(9) != 0,
                       .dropped = std::string(row.text(10)),
                       .length = static_cast<std::uint64_t>(row.integer(11)),
                       .rate = static_cast<std::uint64_t>(row.integer(14)),
                       .taken = static_cast<std::uint64_t>(row.integer(17)),
                       .fault = static_cast<Code>(row.integer(20)),
                       .begun = {row.integer(21)}};
  evidence.file = TRY(row.fixed<FileId>(3));
  evidence.mark = TRY(mark_in(row.bytes(12)));
  evidence.inside = TRY(inside_in(row.bytes(13)));
  evidence.tree = TRY(tree_at(row, 15, 16));
  evidence.content = TRY(optional_fixed<Sha256>(row, 18));
  evidence.root = TRY(optional_fixed<Sha256>(row, 19));
  return evidence;
}

Result<std::vector<EvidenceRow>> rows_of(Statement query) {
  std::vector<EvidenceRow> rows;
  while (TRY(query.next())) rows.push_back(TRY(read_row(query)));
  return rows;
}

}  // namespace

Result<EvidenceNumber> insert_evidence(Database& db, const EvidenceRow& row) {
  TRY(db.run(
      "INSERT INTO evidence(contact, direction, file, secret, standing, name, note, path, length, "
      "mark, next, peaks, taken, content, root, begun, rate, fault, dropped, inside, "
      "packed) VALUES (?1, ?2, ?3, ?4, "
      "?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)",
      row.contact.value, static_cast<std::int64_t>(row.direction), row.file,
      row.secret.expose(kExpose), static_cast<std::int64_t>(row.standing),
      std::string_view(row.name), std::string_view(row.note), std::string_view(row.path),
      row.length, bytes_of(row.mark), row.tree.count(), bytes_of(row.tree.peaks()), row.taken,
      row.content, row.root, row.begun.milliseconds, row.rate, static_cast<std::int64_t>(row.fault),
      std::string_view(row.dropped), bytes_of(row.inside).expose(kExpose), row.packed ? 1 : 0));
  return EvidenceNumber{db.last_row_id()};
}

Status update_evidence(Database& db, const EvidenceRow& row) {
  // What is over is opened no more: who takes this vault later, and has what relays kept, has
  // nothing.
  return db.run(
      "UPDATE evidence SET standing = ?2, path = ?3, next = ?4, peaks = ?5, taken = ?6, content = "
      "?7, root = ?8, fault = ?9, dropped = ?10, secret = iif(?2 >= 4, zeroblob(32), secret), "
      "inside = iif(?2 >= 4, x'', inside) WHERE id = ?1",
      row.id.value, static_cast<std::int64_t>(row.standing), std::string_view(row.path),
      row.tree.count(), bytes_of(row.tree.peaks()), row.taken, row.content, row.root,
      static_cast<std::int64_t>(row.fault), std::string_view(row.dropped));
}

Result<std::vector<EvidenceRow>> all_evidence(Database& db) {
  return rows_of(TRY(db.statement(kAll)));
}

Result<std::vector<EvidenceRow>> moving_evidence(Database& db) {
  return rows_of(TRY(db.statement(kMoving)));
}

Result<EvidenceRow> load_evidence(Database& db, EvidenceNumber id) {
  Statement query = TRY(db.statement(kOne));
  query.bind(id.value);
  if (!TRY(query.next())) return fail(kNoSuchEvidence, "evidence", id.value);
  return read_row(query);
}

Result<std::optional<EvidenceRow>> find_evidence(Database& db, const FileId& file) {
  Statement query = TRY(db.statement(kByFile));
  query.bind(file);
  if (!TRY(query.next())) return std::optional<EvidenceRow>();
  return std::optional<EvidenceRow>(TRY(read_row(query)));
}

Status erase_evidence(Database& db, EvidenceNumber id) {
  return db.run("DELETE FROM evidence WHERE id = ?1", id.value);
}

Result<bool> is_path_taken(Database& db, std::string_view path) {
  Statement query = TRY(db.statement("SELECT 1 FROM evidence WHERE path = ?1 OR dropped = ?1"));
  query.bind(path);
  return query.next();
}

Result<std::size_t> count_offers(Database& db, ContactId contact) {
  Statement query =
      TRY(db.statement("SELECT count(*) FROM evidence WHERE contact = ?1 AND standing = 1"));
  query.bind(contact.value);
  static_cast<void>(TRY(query.next()));
  return static_cast<std::size_t>(query.integer(0));
}

Status keep_early(Database& db, ContactId contact, const FileId& file, BytesView message) {
  return db.run("INSERT INTO evidence_early(contact, file, message) VALUES (?1, ?2, ?3)",
                contact.value, file, message);
}

Result<std::size_t> count_early(Database& db, ContactId contact) {
  Statement query = TRY(db.statement("SELECT count(*) FROM evidence_early WHERE contact = ?1"));
  query.bind(contact.value);
  static_cast<void>(TRY(query.next()));
  return static_cast<std::size_t>(query.integer(0));
}

Result<std::vector<SecretBytes>> take_early(Database& db, ContactId contact, const FileId& file) {
  std::vector<SecretBytes> messages;
  {
    Statement query = TRY(db.statement(
        "SELECT message FROM evidence_early WHERE contact = ?1 AND file = ?2 ORDER BY id"));
    query.bind(contact.value, file);
    while (TRY(query.next())) messages.push_back(SecretBytes::copy_of(query.bytes(0)));
  }
  TRY(db.run("DELETE FROM evidence_early WHERE contact = ?1 AND file = ?2", contact.value, file));
  return messages;
}

Status save_place(Database& db, const EvidencePlaceRow& place) {
  const std::optional<BytesView> owner =
      place.owner.has_value() ? std::optional(place.owner->expose(kExpose)) : std::nullopt;
  return db.run(
      "INSERT OR REPLACE INTO evidence_place(evidence, first, frames, relay, blob, owner, told, "
      "gone) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
      place.evidence.value, place.first, place.frames, print_address(place.relay), place.blob,
      owner, place.told ? 1 : 0, place.gone ? 1 : 0);
}

Status erase_place(Database& db, EvidenceNumber id, std::uint64_t first) {
  return db.run("DELETE FROM evidence_place WHERE evidence = ?1 AND first = ?2", id.value, first);
}

Result<std::vector<EvidencePlaceRow>> places_of(Database& db, EvidenceNumber id) {
  Statement query = TRY(
      db.statement("SELECT first, frames, relay, blob, owner, told, gone FROM evidence_place WHERE "
                   "evidence = ?1 ORDER BY first"));
  query.bind(id.value);
  std::vector<EvidencePlaceRow> places;
  while (TRY(query.next())) {
    EvidencePlaceRow place;
    place.evidence = id;
    place.first = static_cast<std::uint64_t>(query.integer(0));
    place.frames = static_cast<std::uint32_t>(query.integer(1));
    place.relay = TRY(parse_address(query.text(2)));
    place.blob = TRY(optional_fixed<ReadId>(query, 3));
    if (!query.is_null(4)) place.owner = TRY(OwnerSecret::from(query.bytes(4)));
    place.told = query.integer(5) != 0;
    place.gone = query.integer(6) != 0;
    places.push_back(std::move(place));
  }
  return places;
}

}  // namespace tocsin
