// crypto/ratchet/libsignal/context.h: one libsignal context per thread, and what one call lends it.
//
// Shape:   Context is made once per thread; Call lives for one operation; store effects are
//          buffered in it and reach the caller only when the operation succeeded (trap S2)
// Errors:  cannot_now
// Threads: one each, never shared (trap S6)
#pragma once

#include <mutex>
#include <optional>

#include "crypto/ratchet/libsignal/handles.h"
#include "crypto/ratchet/wall.h"

namespace tocsin::libsignal {

// What libsignal may see and change during one operation.
struct Call {
  Rng* rng = nullptr;
  const InnerIdentity* identity = nullptr;
  const IdentityPublic* peer = nullptr;  // the only identity is_trusted_identity accepts
  const OwnPrekey* prekey = nullptr;     // the only prekey that exists
  BytesView loaded;                      // the session record; empty: none
  std::optional<SecretBytes> stored;     // the record libsignal wrote
};

class Context {
 public:
  static Result<Context*> of_this_thread();

  ~Context();
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;

  signal_context* library() { return library_; }
  signal_protocol_store_context* stores() { return stores_; }
  Call* call() { return call_; }
  std::recursive_mutex& lock() { return lock_; }

 private:
  friend class CallScope;
  Context() = default;
  Status start();

  signal_context* library_ = nullptr;
  signal_protocol_store_context* stores_ = nullptr;
  bool ready_ = false;
  Call* call_ = nullptr;
  // libsignal nests its lock callbacks.
  std::recursive_mutex lock_;
};

// Lends a call to the context for as long as it lives.
class CallScope {
 public:
  CallScope(Context& context, Call& call) : context_(context), outer_(context.call_) {
    context_.call_ = &call;
  }
  CallScope(const CallScope&) = delete;
  CallScope& operator=(const CallScope&) = delete;
  ~CallScope() { context_.call_ = outer_; }

 private:
  Context& context_;
  Call* outer_;
};

// libsignal borrows the address for as long as a cipher or builder lives (trap S7), so it is one
// object with its text. Each session has an address of its own: records never hold archived states.
class Address {
 public:
  explicit Address(const SessionId& sid)
      : name_(to_hex(sid.view())), address_{name_.data(), name_.size(), 1} {}
  Address(const Address&) = delete;
  Address& operator=(const Address&) = delete;
  const signal_protocol_address* get() const { return &address_; }

 private:
  std::string name_;
  signal_protocol_address address_;
};

// The twelve crypto callbacks (provider.cc) and the five stores (stores.cc); user data = Context.
signal_crypto_provider crypto_provider(Context& context);
int install_stores(Context& context);

}  // namespace tocsin::libsignal
