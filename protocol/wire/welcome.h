// protocol/wire/welcome.h: the relay's first word, signed by its store.
//
// Spec:    protocol/spec/wire.md WIR-4
// Shape:   in   Welcome and the store's key → SignedWelcome;  out  verified, then parsed (trap C4)
// Layout:  protocol/spec/wire.md WIR-4.2, little-endian, at most kMaxWelcomeBodyBytes
// Errors:  malformed, unsupported_version, wrong_store (pin or transport key do not match),
//          bad_signature
// Threads: values only
#pragma once

#include <optional>

#include "crypto/base/time.h"
#include "protocol/wire/address.h"
#include "protocol/wire/message.h"

namespace tocsin {

// Values are the wire's.
enum class AccessPolicy : std::uint8_t { kOpen = 0, kPassword = 1, kToken = 2 };
enum class Durability : std::uint8_t { kDurable = 0, kEphemeral = 1 };

// What the relay allows; a client keeps to it.
struct WelcomeLimits {
  std::uint32_t in_flight = 0;      // unanswered requests
  std::uint32_t subscriptions = 0;  // per connection
  std::uint32_t watches = 0;        // per connection
  std::uint32_t deposits_per_second = 0;
  std::uint32_t drop_deposits_per_second = 0;
  std::uint32_t contact_quota = 0;  // cells
  std::uint32_t invitation_quota = 0;
  std::uint32_t public_quota = 0;
  std::uint32_t retention_days = 0;
  std::uint32_t mailbox_months = 0;
  bool operator==(const WelcomeLimits&) const = default;
};
// The compiled-in values of protocol/limits.h.
WelcomeLimits default_limits();

// The relay closes: no new mailboxes now, nothing at all after the day.
struct Notice {
  Day closing;
  std::optional<RelayAddress> successor = std::nullopt;
  bool operator==(const Notice&) const = default;
};

struct Welcome {
  Version version = kProtocolVersion;
  StorePublic store;
  CurvePublic curve;
  StoreSessionPublic session;
  WelcomeNonce nonce;  // fresh per connection
  WelcomeLimits limits = {};
  std::uint16_t bulk_port = 0;  // 0: no bulk plane
  AccessPolicy access = AccessPolicy::kOpen;
  std::uint8_t work_bits = 0;  // Argon2id difficulty now
  Durability durability = Durability::kDurable;
  Day rough_day;
  std::optional<Notice> notice = std::nullopt;
  bool operator==(const Welcome&) const = default;
};

Result<SignedWelcome> sign_welcome(const Welcome& welcome, const SigningSecret& store);
// Refuses a store or transport key other than the address names.
Result<Welcome> verify_welcome(const SignedWelcome& signed_welcome, const RelayAddress& address);

// The version both sides speak: the highest of `offered` that this build knows.
Result<Version> choose_version(const Hello& hello);

}  // namespace tocsin
