// One function per decoder of protocol/alert: whatever it accepts must encode to the same bytes, and
// whatever follows from it must hold; anything else aborts.
#pragma once

#include <array>
#include <string_view>

#include "crypto/base/bytes.h"

namespace tocsin::fuzz {

void dsse(BytesView input);
void charter(BytesView input);
void body(BytesView input);
void cosign(BytesView input);
void text(BytesView input);

struct Target {
  std::string_view name;
  void (*run)(BytesView);
};
inline constexpr std::array kAlertTargets{Target{"dsse", dsse}, Target{"charter", charter},
                                          Target{"body", body}, Target{"cosign", cosign},
                                          Target{"text", text}};

}  // namespace tocsin::fuzz
