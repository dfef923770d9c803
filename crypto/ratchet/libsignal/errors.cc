#include "crypto/ratchet/libsignal/errors.h"

#include <signal/signal_protocol.h>

namespace tocsin::libsignal {

static_assert(kFaultMemory < SG_ERR_MINIMUM && kFaultNoRandomness < SG_ERR_MINIMUM &&
              kFaultLibrary < SG_ERR_MINIMUM && kFaultUnexpected < SG_ERR_MINIMUM);

Code code_of(int result) {
  if (result < SG_ERR_MINIMUM) return kCannotNow;
  switch (result) {
    case SG_ERR_NOMEM:
    case SG_ERR_INVAL:
    case SG_ERR_NO_SESSION:
      return kCannotNow;
    default:
      return kUnopenable;
  }
}

Status judged(int result, const char* where) {
  if (result >= 0) return {};
  return fail(code_of(result), where, result);
}

Status local(int result, const char* where) {
  if (result >= 0) return {};
  return fail(kCannotNow, where, result);
}

Status parsed(int result, const char* where) {
  if (result >= 0) return {};
  return fail(result == SG_ERR_NOMEM ? kCannotNow : kForbiddenMessage, where, result);
}

}  // namespace tocsin::libsignal
