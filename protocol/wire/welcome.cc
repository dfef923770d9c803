#include "protocol/wire/welcome.h"

#include <algorithm>

#include "crypto/base/codec.h"
#include "crypto/box/sign.h"
#include "protocol/codes.h"
#include "protocol/limits.h"

namespace tocsin {
namespace {

constexpr std::size_t kMaxAddressTextBytes = 160;
constexpr std::array kLimitFields{&WelcomeLimits::in_flight,
                                  &WelcomeLimits::subscriptions,
                                  &WelcomeLimits::watches,
                                  &WelcomeLimits::deposits_per_second,
                                  &WelcomeLimits::drop_deposits_per_second,
                                  &WelcomeLimits::contact_quota,
                                  &WelcomeLimits::invitation_quota,
                                  &WelcomeLimits::public_quota,
                                  &WelcomeLimits::retention_days,
                                  &WelcomeLimits::mailbox_months};
static_assert(sizeof(WelcomeLimits) == kLimitFields.size() * sizeof(std::uint32_t));

// WIR-4.2
Bytes encode_body(const Welcome& welcome) {
  Writer writer;
  writer.integer(welcome.version)
      .raw(welcome.store.view())
      .raw(welcome.curve.view())
      .raw(welcome.session.view())
      .raw(welcome.nonce.view());
  for (const auto field : kLimitFields) writer.integer(welcome.limits.*field);
  writer.integer(welcome.bulk_port)
      .integer(static_cast<std::uint8_t>(welcome.access))
      .integer(welcome.work_bits)
      .integer(static_cast<std::uint8_t>(welcome.durability))
      .integer(welcome.rough_day.value)
      .integer(static_cast<std::uint8_t>(welcome.notice.has_value() ? 1 : 0));
  if (welcome.notice.has_value()) {
    const auto& successor = welcome.notice->successor;
    writer.integer(welcome.notice->closing.value)
        .short_field(as_bytes(successor.has_value() ? print_address(*successor) : std::string()));
  }
  return std::move(writer).take();
}

Result<Welcome> parse_body(BytesView body) {
  Reader reader(body);
  Welcome welcome;
  welcome.version = reader.integer<Version>();
  // A later version may lay out the rest differently.
  if (reader.ok() && welcome.version != kProtocolVersion)
    return fail(kUnsupportedVersion, "welcome version", welcome.version);
  welcome.store = reader.fixed<StorePublic>();
  welcome.curve = reader.fixed<CurvePublic>();
  welcome.session = reader.fixed<StoreSessionPublic>();
  welcome.nonce = reader.fixed<WelcomeNonce>();
  for (const auto field : kLimitFields) welcome.limits.*field = reader.integer<std::uint32_t>();
  welcome.bulk_port = reader.integer<std::uint16_t>();
  welcome.access = static_cast<AccessPolicy>(reader.integer<std::uint8_t>());
  welcome.work_bits = reader.integer<std::uint8_t>();
  welcome.durability = static_cast<Durability>(reader.integer<std::uint8_t>());
  welcome.rough_day.value = reader.integer<std::uint32_t>();
  const auto has_notice = reader.integer<std::uint8_t>();
  if (has_notice == 1) {
    Notice notice{{reader.integer<std::uint32_t>()}};
    const BytesView successor = reader.short_field(kMaxAddressTextBytes);
    if (!successor.empty()) notice.successor = TRY(parse_address(as_text(successor)));
    welcome.notice = notice;
  }
  TRY(reader.finish("welcome body"));
  if (has_notice > 1 || welcome.access > AccessPolicy::kToken ||
      welcome.durability > Durability::kEphemeral || welcome.work_bits > kMaxWorkBits) {
    return fail(kMalformed, "welcome values");
  }
  return welcome;
}

}  // namespace

WelcomeLimits default_limits() {
  return {.in_flight = kInFlight,
          .subscriptions = kMaxSubscriptions,
          .watches = kMaxWatches,
          .deposits_per_second = kDepositsPerSecond,
          .drop_deposits_per_second = kDropDepositsPerSecond,
          .contact_quota = kContactQuota,
          .invitation_quota = kInvitationQuota,
          .public_quota = kPublicQuota,
          .retention_days = kRetentionDays,
          .mailbox_months = kMailboxMonths};
}

Result<SignedWelcome> sign_welcome(const Welcome& welcome, const SigningSecret& store) {
  if (signing_public_of(store) != welcome.store)
    return fail(kBadKey, "welcome names another store");
  Bytes body = encode_body(welcome);
  TRY(parse_body(body));  // what no client would take is not signed
  const Signature signature = sign(store, Label::kWelcome, {body});
  return SignedWelcome{std::move(body), signature};
}

Result<Welcome> verify_welcome(const SignedWelcome& signed_welcome, const RelayAddress& address) {
  // The store's key stands at a fixed place; everything else is read after the signature held.
  Reader front(signed_welcome.body);
  front.integer<Version>();
  const auto store = front.fixed<StorePublic>();
  if (!front.ok()) return fail(kMalformed, "welcome body");
  if (store_pin_of(store) != address.store_pin) return fail(kWrongStore, "store pin");
  TRY(verify(store, Label::kWelcome, {signed_welcome.body}, signed_welcome.signature));
  Welcome welcome = TRY(parse_body(signed_welcome.body));
  if (welcome.curve != address.curve) return fail(kWrongStore, "transport key");
  TRY(check_signing_public(store));
  return welcome;
}

Result<Version> choose_version(const Hello& hello) {
  if (std::ranges::find(hello.versions, kProtocolVersion) == hello.versions.end())
    return fail(kUnsupportedVersion, "hello", hello.versions.empty() ? 0 : hello.versions.back());
  return kProtocolVersion;
}

}  // namespace tocsin
