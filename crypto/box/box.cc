#include "crypto/box/box.h"

#include <sodium.h>

#include "crypto/base/codes.h"

namespace tocsin {

Status start_crypto() {
  if (sodium_init() < 0) return fail(kSelfCheckFailed, "libsodium");
  return {};
}

}  // namespace tocsin
