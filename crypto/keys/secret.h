// crypto/keys/secret.h: the box every secret lives in: move-only, wiped, unprintable, without ==.
//
// Shape:   Secret<Tag, N> exactly N bytes; SecretBytes any length
// Secrets: leave only through expose(kExpose): `grep -rn 'expose(kExpose'` lists every place
// Threads: values only
#pragma once

#include <array>
#include <utility>

#include "crypto/base/bytes.h"
#include "crypto/base/codes.h"
#include "crypto/base/rng.h"

namespace tocsin {

// The token that opens a secret box; naming it is what a reviewer greps for.
struct ExposeToken {
  explicit constexpr ExposeToken() = default;
};
inline constexpr ExposeToken kExpose{};

template <class Tag, std::size_t N>
class Secret {
 public:
  static constexpr std::size_t kBytes = N;

  // Copies exactly N bytes in; the caller wipes its own copy.
  static Result<Secret> from(BytesView bytes) {
    if (bytes.size() != N)
      return fail(kMalformed, "secret length", static_cast<std::int64_t>(bytes.size()));
    Secret secret;
    copy_exact(bytes, secret.bytes_);
    return secret;
  }
  // Moves exactly N bytes in (the length is the program's own: a mismatch aborts) and wipes the
  // source.
  static Secret take(MutableBytes bytes) {
    Secret secret;
    copy_exact(bytes, secret.bytes_);
    wipe(bytes);
    return secret;
  }
  static Secret random(Rng& rng) {
    Secret secret;
    rng.fill(secret.bytes_);
    return secret;
  }

  Secret(Secret&& other) noexcept : bytes_(other.bytes_) { wipe(other.bytes_); }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      bytes_ = other.bytes_;
      wipe(other.bytes_);
    }
    return *this;
  }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { wipe(bytes_); }

  BytesView expose(ExposeToken) const { return bytes_; }
  // A second box with the same bytes, for working on a copy of a state.
  Secret duplicate() const {
    Secret copy;
    copy.bytes_ = bytes_;
    return copy;
  }
  bool operator==(const Secret&) const = delete;

 private:
  Secret() = default;
  std::array<std::uint8_t, N> bytes_{};
};

class SecretBytes {
 public:
  SecretBytes() = default;
  explicit SecretBytes(Bytes&& bytes) : bytes_(std::move(bytes)) {}
  static SecretBytes copy_of(BytesView bytes) { return SecretBytes(to_bytes(bytes)); }
  static SecretBytes zeros(std::size_t size) { return SecretBytes(Bytes(size)); }

  SecretBytes(SecretBytes&& other) noexcept : bytes_(std::exchange(other.bytes_, {})) {}
  SecretBytes& operator=(SecretBytes&& other) noexcept {
    if (this != &other) {
      wipe(bytes_);
      bytes_ = std::exchange(other.bytes_, {});
    }
    return *this;
  }
  SecretBytes(const SecretBytes&) = delete;
  SecretBytes& operator=(const SecretBytes&) = delete;
  ~SecretBytes() { wipe(bytes_); }

  BytesView expose(ExposeToken) const { return bytes_; }
  MutableBytes expose_mutable(ExposeToken) { return bytes_; }
  SecretBytes duplicate() const { return copy_of(bytes_); }
  std::size_t size() const { return bytes_.size(); }
  bool empty() const { return bytes_.empty(); }
  bool operator==(const SecretBytes&) const = delete;

 private:
  Bytes bytes_;
};

}  // namespace tocsin
