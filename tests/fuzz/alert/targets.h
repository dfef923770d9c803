// One function per decoder of protocol/alert: whatever it accepts must encode to the same bytes,
// and whatever follows from it must hold; anything else aborts.
#pragma once

#include "crypto/base/bytes.h"

namespace tocsin::fuzz {

void dsse(BytesView input);
void charter(BytesView input);
void body(BytesView input);
void cosign(BytesView input);
void carried(BytesView input);
void text(BytesView input);

}  // namespace tocsin::fuzz
