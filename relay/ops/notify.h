// relay/ops/notify.h: tells the service manager where the relay stands (Type=notify).
//
// Source:  sd_notify(3): one datagram to the socket named by NOTIFY_SOCKET
// Errors:  none: without a manager nobody listens, and a manager that does not hear it will act
// Threads: any
#pragma once

#include <string_view>

namespace tocsin::ops {

// For example "READY=1" or "STOPPING=1".
void notify_manager(std::string_view state);

}  // namespace tocsin::ops
