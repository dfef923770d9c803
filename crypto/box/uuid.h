// crypto/box/uuid.h: a name made into a UUID that is the same wherever it is made.
//
// Source:  RFC 9562 section 5.5 (version 5: SHA-1, which the format asks for; nothing relies on it
//          being hard to collide)
// Threads: values only
#pragma once

#include <string>

#include "crypto/base/strong.h"

namespace tocsin {

using Uuid = Fixed<struct UuidTag, 16>;

Uuid uuid_of_name(const Uuid& name_space, BytesView name);
// "2ed6657d-e927-568b-95e1-2665a8aea6a2".
std::string uuid_text(const Uuid& uuid);

}  // namespace tocsin
