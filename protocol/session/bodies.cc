#include "protocol/session/bodies.h"

#include "crypto/base/codec.h"

namespace tocsin {
namespace {

// The bytes a UTF-8 sequence beginning with `lead` has; zero for a byte that begins none.
std::size_t sequence_length(std::uint8_t lead) {
  if (lead < 0x80) return 1;
  if (lead >= 0xC2 && lead <= 0xDF) return 2;
  if (lead >= 0xE0 && lead <= 0xEF) return 3;
  if (lead >= 0xF0 && lead <= 0xF4) return 4;
  return 0;
}

// RFC 3629: shortest form, no surrogates, nothing above U+10FFFF.
bool is_utf8_without_nul(BytesView bytes) {
  while (!bytes.empty()) {
    const std::uint8_t lead = bytes[0];
    const std::size_t length = sequence_length(lead);
    if (lead == 0 || length == 0 || length > bytes.size()) return false;
    for (std::size_t i = 1; i < length; ++i) {
      if ((bytes[i] & 0xC0) != 0x80) return false;
    }
    if (lead == 0xE0 && bytes[1] < 0xA0) return false;
    if (lead == 0xED && bytes[1] > 0x9F) return false;
    if (lead == 0xF0 && bytes[1] < 0x90) return false;
    if (lead == 0xF4 && bytes[1] > 0x8F) return false;
    bytes = bytes.subspan(length);
  }
  return true;
}

Status check_text(BytesView bytes) {
  const auto size = static_cast<std::int64_t>(bytes.size());
  if (bytes.size() > kMaxBodyBytes) return fail(kTooLarge, "text", size);
  if (bytes.empty() || !is_utf8_without_nul(bytes)) return fail(kMalformed, "text", size);
  return {};
}

Status check_count(std::size_t count, std::size_t most, const char* where) {
  if (count == 0 || count > most) return fail(kMalformed, where, static_cast<std::int64_t>(count));
  return {};
}

bool is_receipt_state(ReceiptState state) {
  return state == ReceiptState::kDelivered || state == ReceiptState::kRead;
}

}  // namespace

Result<Bytes> encode_text(std::string_view text) {
  TRY(check_text(as_bytes(text)));
  return to_bytes(as_bytes(text));
}

Result<std::string_view> decode_text(BytesView body) {
  TRY(check_text(body));
  return as_text(body);
}

Result<Bytes> encode_receipts(const std::vector<Receipt>& receipts) {
  TRY(check_count(receipts.size(), kMaxReceipts, "receipts"));
  Writer writer;
  writer.integer(static_cast<std::uint8_t>(receipts.size()));
  for (const Receipt& receipt : receipts) {
    if (!is_receipt_state(receipt.state)) return fail(kMalformed, "receipt state");
    writer.raw(receipt.message.view()).integer(static_cast<std::uint8_t>(receipt.state));
  }
  return std::move(writer).take();
}

Result<std::vector<Receipt>> decode_receipts(BytesView body) {
  Reader reader(body);
  const auto count = reader.integer<std::uint8_t>();
  TRY(check_count(count, kMaxReceipts, "receipts"));
  std::vector<Receipt> receipts;
  receipts.reserve(count);
  for (std::uint8_t i = 0; i < count; ++i) {
    Receipt receipt;
    receipt.message = reader.fixed<MessageId>();
    receipt.state = static_cast<ReceiptState>(reader.integer<std::uint8_t>());
    if (!is_receipt_state(receipt.state)) return fail(kMalformed, "receipt state");
    receipts.push_back(receipt);
  }
  TRY(reader.finish("receipts"));
  return receipts;
}

Result<Bytes> encode_routes(const std::vector<Route>& routes) {
  TRY(check_count(routes.size(), kMaxRoutes, "routes"));
  Writer writer;
  writer.integer(static_cast<std::uint8_t>(routes.size()));
  for (const Route& route : routes) {
    TRY(check_relay_address(route.relay));
    write_route(writer, route);
  }
  return std::move(writer).take();
}

Result<std::vector<Route>> decode_routes(BytesView body) {
  Reader reader(body);
  const auto count = reader.integer<std::uint8_t>();
  TRY(check_count(count, kMaxRoutes, "routes"));
  std::vector<Route> routes;
  routes.reserve(count);
  for (std::uint8_t i = 0; i < count; ++i) routes.push_back(TRY(read_route(reader)));
  TRY(reader.finish("routes"));
  return routes;
}

}  // namespace tocsin
