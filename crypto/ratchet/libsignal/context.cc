#include "crypto/ratchet/libsignal/context.h"

#include "crypto/ratchet/libsignal/errors.h"

namespace tocsin::libsignal {
namespace {

void enter(void* user_data) { static_cast<Context*>(user_data)->lock().lock(); }
void leave(void* user_data) { static_cast<Context*>(user_data)->lock().unlock(); }
// libsignal's own default would print to standard error.
void drop_log(int, const char*, std::size_t, void*) {}

}  // namespace

Result<Context*> Context::of_this_thread() {
  thread_local Context context;  // NOLINT(misc-use-internal-linkage): it is this function's
  if (!context.ready_) TRY(context.start());
  return &context;
}

// Every step may be repeated, so a start that failed for want of memory is tried again.
Status Context::start() {
  if (library_ == nullptr) TRY(local(signal_context_create(&library_, this), "context"));
  const signal_crypto_provider provider = crypto_provider(*this);
  TRY(local(signal_context_set_crypto_provider(library_, &provider), "crypto provider"));
  TRY(local(signal_context_set_locking_functions(library_, enter, leave), "locking functions"));
  TRY(local(signal_context_set_log_function(library_, drop_log), "log function"));
  if (stores_ == nullptr)
    TRY(local(signal_protocol_store_context_create(&stores_, library_), "store context"));
  TRY(local(install_stores(*this), "stores"));
  ready_ = true;
  return {};
}

Context::~Context() {
  if (stores_ != nullptr) signal_protocol_store_context_destroy(stores_);
  if (library_ != nullptr) signal_context_destroy(library_);
}

}  // namespace tocsin::libsignal
