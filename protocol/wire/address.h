// protocol/wire/address.h: where a relay is and which keys it must show.
//
// Spec:    protocol/spec/wire.md WIR-10
// Shape:   tocsin-relay:<64 characters base64url of curveKey 32 | storePin 16>@host:port
// Errors:  malformed (anything that print_address would not write in exactly this way)
// Threads: values only
#pragma once

#include <string>
#include <string_view>

#include "crypto/keys/keys.h"
#include "protocol/wire/host.h"

namespace tocsin {

struct RelayAddress {
  CurvePublic curve;  // the relay's transport key
  StorePin store_pin;
  std::string host;        // name, IPv4, IPv6 without brackets, or .onion; lower case
  std::uint16_t port = 0;  // 1 … 65535
  bool operator==(const RelayAddress&) const = default;
};

Result<RelayAddress> parse_address(std::string_view text);
// The address must have passed check_host and have a port.
std::string print_address(const RelayAddress& address);

// What welcome shows must hash to: BLAKE2b-128("tocsin/1 store pin" ‖ store key).
StorePin store_pin_of(const StorePublic& store);

}  // namespace tocsin
