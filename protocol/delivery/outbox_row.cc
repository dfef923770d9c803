#include "protocol/delivery/outbox_row.h"

#include "crypto/base/codec.h"
#include "protocol/codes.h"

namespace tocsin {
namespace {

constexpr std::uint8_t kRowVersion = 1;

template <class Enum>
std::uint8_t number_of(Enum value) {
  return static_cast<std::uint8_t>(value);
}
void write_instant(Writer& writer, Instant at) {
  writer.integer(static_cast<std::uint64_t>(at.milliseconds));
}
Instant read_instant(Reader& reader) {
  return {static_cast<std::int64_t>(reader.integer<std::uint64_t>())};
}

// Reads enumerators 0 … last; remembers anything else.
class EnumReader {
 public:
  explicit EnumReader(Reader& reader) : reader_(reader) {}
  template <class Enum>
  Enum take(Enum last) {
    const auto value = reader_.integer<std::uint8_t>();
    if (value <= number_of(last)) return static_cast<Enum>(value);
    bad_ = true;
    return {};
  }
  bool flag() {
    const auto value = reader_.integer<std::uint8_t>();
    if (value > 1) bad_ = true;
    return value == 1;
  }
  bool bad() const { return bad_; }

 private:
  Reader& reader_;
  bool bad_ = false;
};

}  // namespace

Bytes encode_outbox_row(const OutboxRow& row) {
  Writer writer;
  writer.integer(kRowVersion)
      .raw(row.id.view())
      .integer(static_cast<std::uint64_t>(row.contact.value))
      .integer(number_of(row.kind))
      .integer(number_of(row.opening))
      .integer(number_of(row.progress))
      .integer(std::uint8_t{row.given_up})
      .integer(std::uint8_t{row.call_advised})
      .integer(number_of(row.seal_due))
      .integer(row.seal_attempts)
      .integer(row.sealings)
      .raw(row.session.view())
      .integer(std::uint8_t{row.deposited_again});
  for (const Instant at : {row.queued, row.deadline, row.next_seal, row.sealed})
    write_instant(writer, at);
  writer.integer(static_cast<std::uint16_t>(row.copies.size()));
  for (const CopyRow& copy : row.copies) {
    // What is in flight when the process ends waits again when it starts.
    const CopyState state = copy.state == CopyState::kSent ? CopyState::kWaiting : copy.state;
    writer.integer(copy.fragment)
        .integer(copy.route)
        .integer(number_of(state))
        .integer(copy.attempts);
    write_instant(writer, copy.next_try);
  }
  return std::move(writer).take();
}

Result<OutboxRow> decode_outbox_row(BytesView bytes) {
  Reader reader(bytes);
  EnumReader enums(reader);
  if (const auto version = reader.integer<std::uint8_t>(); reader.ok() && version != kRowVersion)
    return fail(kUnsupportedVersion, "outbox row", version);
  OutboxRow row;
  row.id = reader.fixed<MessageId>();
  row.contact = {static_cast<std::int64_t>(reader.integer<std::uint64_t>())};
  const auto kind = reader.integer<std::uint8_t>();
  if (kind == 0) return fail(kMalformed, "outbox row kind");
  row.kind = static_cast<ContentKind>(kind);
  row.opening = enums.take(Opening::kFirstContact);
  row.progress = enums.take(Progress::kAcknowledged);
  row.given_up = enums.flag();
  row.call_advised = enums.flag();
  row.seal_due = enums.take(SealCause::kRoutesChanged);
  row.seal_attempts = reader.integer<std::uint16_t>();
  row.sealings = reader.integer<std::uint16_t>();
  row.session = reader.fixed<SessionId>();
  row.deposited_again = enums.flag();
  for (Instant* at : {&row.queued, &row.deadline, &row.next_seal, &row.sealed})
    *at = read_instant(reader);
  const auto copies = reader.integer<std::uint16_t>();
  if (copies > kMaxFragments * kMaxCopies) return fail(kMalformed, "outbox copies", copies);
  for (std::uint16_t i = 0; i < copies; ++i) {
    CopyRow copy;
    copy.fragment = reader.integer<std::uint8_t>();
    copy.route = reader.integer<std::uint8_t>();
    copy.state = enums.take(CopyState::kRefused);
    copy.attempts = reader.integer<std::uint16_t>();
    copy.next_try = read_instant(reader);
    row.copies.push_back(copy);
  }
  TRY(reader.finish("outbox row"));
  if (enums.bad()) return fail(kMalformed, "outbox row");
  return row;
}

}  // namespace tocsin
