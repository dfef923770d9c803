// protocol/wire/host.h: which texts name a host, in one spelling each.
//
// Spec:    protocol/spec/wire.md WIR-10
// Source:  RFC 1123 section 2.1 (names), RFC 5952 section 4 (IPv6 text), onion addresses version 3
// Shape:   1 … kMaxHostBytes, lower case, IPv6 without brackets
// Errors:  malformed
// Threads: values only
#pragma once

#include <string_view>

#include "crypto/base/result.h"

namespace tocsin {

Status check_host(std::string_view host);

}  // namespace tocsin
