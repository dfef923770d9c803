#include "protocol/pairing/route.h"

namespace tocsin {

Status check_relay_address(const RelayAddress& address) {
  if (address.port == 0) return fail(kMalformed, "relay port");
  return check_host(address.host);
}

void write_relay_address(Writer& writer, const RelayAddress& address) {
  writer.raw(address.curve.view())
      .raw(address.store_pin.view())
      .integer(address.port)
      .integer(static_cast<std::uint8_t>(address.host.size()))
      .raw(as_bytes(address.host));
}

Result<RelayAddress> read_relay_address(Reader& reader) {
  RelayAddress address;
  address.curve = reader.fixed<CurvePublic>();
  address.store_pin = reader.fixed<StorePin>();
  address.port = reader.integer<std::uint16_t>();
  address.host = as_text(reader.raw(reader.integer<std::uint8_t>()));
  if (!reader.ok()) return fail(kMalformed, "relay address");
  TRY(check_relay_address(address));
  return address;
}

void write_route(Writer& writer, const Route& route) {
  write_relay_address(writer, route.relay);
  writer.raw(route.drop.view());
}

Result<Route> read_route(Reader& reader) {
  RelayAddress relay = TRY(read_relay_address(reader));
  const auto drop = reader.fixed<DropId>();
  if (!reader.ok()) return fail(kMalformed, "route");
  return Route{std::move(relay), drop};
}

}  // namespace tocsin
