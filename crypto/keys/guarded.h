// crypto/keys/guarded.h: a long-lived secret on pages of its own: guarded, locked, never dumped.
//
// Spec:    protocol/spec/vault.md VLT-8
// Secrets: one; readable only inside use()
// Errors:  no_memory (also: more than kMaxGuardedSecrets at once)
// Threads: one at a time
// Cost:    8 KB and two entries of the kernel's map table each
#pragma once

#include <cstdlib>
#include <utility>

#include "crypto/keys/secret.h"

namespace tocsin {

// Each costs several memory maps, of which the kernel gives a process 65,530; everything that is
// not one of a handful of keys lives under the wiping allocator.
inline constexpr int kMaxGuardedSecrets = 64;

class GuardedBytes {
 public:
  static Result<GuardedBytes> holding(BytesView bytes);
  GuardedBytes(GuardedBytes&& other) noexcept
      : place_(std::exchange(other.place_, nullptr)), size_(other.size_) {}
  GuardedBytes& operator=(GuardedBytes&& other) noexcept {
    std::swap(place_, other.place_);
    std::swap(size_, other.size_);
    return *this;
  }
  GuardedBytes(const GuardedBytes&) = delete;
  GuardedBytes& operator=(const GuardedBytes&) = delete;
  ~GuardedBytes();

  // Makes the page readable, runs, makes it unreadable again.
  template <class Action>
  auto with(const Action& action) const {
    const Readable readable(place_);
    return action(BytesView(static_cast<const std::uint8_t*>(place_), size_));
  }

 private:
  class Readable {
   public:
    explicit Readable(void* place);
    Readable(const Readable&) = delete;
    Readable& operator=(const Readable&) = delete;
    ~Readable();

   private:
    void* place_;
  };
  GuardedBytes(void* place, std::size_t size) : place_(place), size_(size) {}
  void* place_;
  std::size_t size_;
};

// The same for a typed secret: `auto key = TRY(GuardedSecret<DatabaseKey>::hold(std::move(k)));`
template <class SecretValue>
class GuardedSecret {
 public:
  static Result<GuardedSecret> hold(const SecretValue& secret) {
    return GuardedSecret(TRY(GuardedBytes::holding(secret.expose(kExpose))));
  }
  // Calls action(const SecretValue&) with a short-lived copy.
  template <class Action>
  auto use(const Action& action) const {
    return bytes_.with([&](BytesView bytes) {
      Result<SecretValue> copy = SecretValue::from(bytes);
      if (!copy.has_value()) std::abort();  // its size was fixed when it was held
      return action(std::as_const(*copy));
    });
  }

 private:
  explicit GuardedSecret(GuardedBytes bytes) : bytes_(std::move(bytes)) {}
  GuardedBytes bytes_;
};

}  // namespace tocsin
