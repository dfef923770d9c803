// protocol/pairing/route.h: a relay address and a mailbox on it, inside longer records.
//
// Spec:    protocol/spec/pairing.md PAI-1
// Layout:  curveKey 32 | storePin 16 | port 2 | host length 1 | host   [| dropId 32]
// Errors:  malformed
// Threads: values only
#pragma once

#include "crypto/base/codec.h"
#include "protocol/pairing/limits.h"
#include "protocol/wire/address.h"

namespace tocsin {

// One mailbox to deposit in.
struct Route {
  RelayAddress relay;
  DropId drop;
  bool operator==(const Route&) const = default;
};

// A host of 1 … kMaxHostBytes in its one spelling, and a port above zero.
Status check_relay_address(const RelayAddress& address);

// The writers take addresses that passed check_relay_address; the readers check what they read.
void write_relay_address(Writer& writer, const RelayAddress& address);
Result<RelayAddress> read_relay_address(Reader& reader);
void write_route(Writer& writer, const Route& route);
Result<Route> read_route(Reader& reader);

}  // namespace tocsin
