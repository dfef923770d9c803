#include "crypto/base/codec.h"
#include "protocol/alert/verdict.h"
#include "protocol/codes.h"

namespace tocsin {
namespace {

constexpr std::uint8_t kRecordFormat = 1;

std::optional<AlertId> present(const AlertId& id) {
  return id.is_zero() ? std::nullopt : std::optional(id);
}

}  // namespace

Bytes encode_first_verdict(const FirstVerdict& record) {
  Writer writer;
  writer.integer(kRecordFormat).raw(record.id.view()).raw(record.body.view());
  writer.raw(record.charter_id.view()).raw(record.charter_hash.view());
  writer.integer(static_cast<std::uint8_t>(record.kind));
  writer.raw(record.supersedes.value_or(AlertId{}).view());
  writer.raw(record.withdraws.value_or(AlertId{}).view());
  writer.integer(record.verified_on.value);
  writer.integer(static_cast<std::uint8_t>(record.signers.size()));
  for (const SigningPublic& signer : record.signers) writer.raw(signer.view());
  return std::move(writer).take();
}

Result<FirstVerdict> decode_first_verdict(BytesView bytes) {
  Reader reader(bytes);
  if (const auto format = reader.integer<std::uint8_t>(); format != kRecordFormat)
    return fail(kUnsupportedVersion, "first verdict", format);
  FirstVerdict record;
  record.id = reader.fixed<AlertId>();
  record.body = reader.fixed<AlertBodyHash>();
  record.charter_id = reader.fixed<CharterId>();
  record.charter_hash = reader.fixed<CharterHash>();
  const auto kind = reader.integer<std::uint8_t>();
  record.kind = static_cast<AlertKind>(kind);
  record.supersedes = present(reader.fixed<AlertId>());
  record.withdraws = present(reader.fixed<AlertId>());
  record.verified_on = Day{reader.integer<std::uint32_t>()};
  const auto signers = reader.integer<std::uint8_t>();
  for (std::size_t i = 0; i < signers && reader.ok(); ++i)
    record.signers.push_back(reader.fixed<SigningPublic>());
  TRY(reader.finish("first verdict"));
  if (kind < 1 || kind > 4 || signers > kMaxHolders) return fail(kMalformed, "first verdict", kind);
  return record;
}

}  // namespace tocsin
