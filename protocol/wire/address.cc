#include "protocol/wire/address.h"

#include <charconv>

#include "crypto/base/codec.h"
#include "crypto/box/hash.h"
#include "crypto/box/labels.h"

namespace tocsin {
namespace {

constexpr std::string_view kScheme = "tocsin-relay:";
constexpr std::size_t kKeyTextBytes = 64;
static_assert((CurvePublic::kBytes + StorePin::kBytes) * 4 == kKeyTextBytes * 3);

Result<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc() || end != text.data() + text.size() || text.front() == '0')
    return fail(kMalformed, "port", static_cast<std::int64_t>(text.size()));
  return port;
}

}  // namespace

Result<RelayAddress> parse_address(std::string_view text) {
  const std::size_t keys_end = kScheme.size() + kKeyTextBytes;
  if (!text.starts_with(kScheme) || text.size() <= keys_end || text[keys_end] != '@')
    return fail(kMalformed, "relay address", static_cast<std::int64_t>(text.size()));
  const Bytes keys = TRY(from_base64url(text.substr(kScheme.size(), kKeyTextBytes)));
  Reader reader(keys);
  RelayAddress address;
  address.curve = reader.fixed<CurvePublic>();
  address.store_pin = reader.fixed<StorePin>();
  TRY(reader.finish("relay address keys"));

  const std::string_view place = text.substr(keys_end + 1);
  const std::size_t colon = place.rfind(':');
  if (colon == std::string_view::npos) return fail(kMalformed, "relay address without port");
  std::string_view host = place.substr(0, colon);
  const bool bracketed = host.size() > 2 && host.front() == '[' && host.back() == ']';
  if (bracketed) host = host.substr(1, host.size() - 2);
  if (bracketed != (host.find(':') != std::string_view::npos))
    return fail(kMalformed, "relay address brackets");
  TRY(check_host(host));
  address.host = host;
  address.port = TRY(parse_port(place.substr(colon + 1)));
  return address;
}

std::string print_address(const RelayAddress& address) {
  const bool ipv6 = address.host.find(':') != std::string::npos;
  std::string text(kScheme);
  text += to_base64url(concat({address.curve.view(), address.store_pin.view()}));
  text += '@';
  text += ipv6 ? "[" + address.host + "]" : address.host;
  text += ':';
  text += std::to_string(address.port);
  return text;
}

StorePin store_pin_of(const StorePublic& store) {
  return blake2b_of<StorePin>({label_bytes(Label::kStorePin), store.view()});
}

}  // namespace tocsin
