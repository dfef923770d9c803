#include "crypto/box/box.h"

#include <sodium.h>

#include "crypto/base/codes.h"
#include "crypto/ratchet/wall.h"

namespace tocsin {

Status start_crypto() {
  if (sodium_init() < 0) return fail(kSelfCheckFailed, "libsodium");
  return check_wall();
}

}  // namespace tocsin
