// relay/ops/service.h: the running relay: store and edge on a thread each, control on the caller's.
//
// Shape:   in   checked configuration and keys;  out  serves until SIGTERM or SIGINT
// Secrets: the signing and database keys stay with the store, the CURVE key with the edge
// Errors:  a Complaint: address, store, another relay; or what ended a thread
// Threads: run() blocks the two signals for the whole process: call it before any other thread
#pragma once

#include <memory>
#include <string>

#include "relay/edge/edge.h"
#include "relay/ops/complaint.h"
#include "relay/ops/config.h"
#include "relay/ops/keys.h"

namespace tocsin::ops {

enum class Keeping : std::uint8_t { kDurable, kEphemeral };

// The address people are given. Complains when the configuration leaves the host open.
Said<RelayAddress> address_of(const RelayConfig& config, const RelayKeys& keys,
                              const edge::Endpoint& listening);

// Prints the address on standard output once peers can connect; logs to standard error.
Said<void> run_relay(const RelayConfig& config, RelayKeys keys, Keeping keeping);

}  // namespace tocsin::ops
