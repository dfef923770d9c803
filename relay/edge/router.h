// relay/edge/router.h: the ROUTER of a plane, set up against traps Z1, Z3 … Z9 and Z13.
//
// Errors:  relay_transport_fault, self_check_failed (the ROUTER does not name peers as expected)
// Threads: the edge's
#pragma once

#include "crypto/keys/keys.h"
#include "relay/edge/listener.h"
#include "relay/edge/peers.h"
#include "relay/edge/zmq.h"

namespace tocsin::edge {

// Every option set, nothing bound yet.
Result<ZmqSocket> make_router(const ZmqContext& context, const CurveSecret& secret,
                              std::size_t largest_frame);

// Sends one frame to the ROUTER from inside the process and reads which routing id it got.
Result<RoutingId> probe_router(const ZmqContext& context, ZmqSocket& router);

// Accepts from our own descriptor.
Status bind_router(ZmqSocket& router, const Listener& listener);

}  // namespace tocsin::edge
