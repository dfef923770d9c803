#include "crypto/base/codec.h"
#include "protocol/alert/charter.h"
#include "protocol/codes.h"

namespace tocsin {
namespace {

constexpr std::uint8_t kChainFormat = 1;

Status check_signed_by(const Dsse& envelope, const Charter& charter) {
  const std::size_t signers = signing_holders(envelope, charter).size();
  if (signers < charter.threshold)
    return fail(kTooFewSigners, "charter", static_cast<std::int64_t>(signers));
  return {};
}

}  // namespace

Result<CharterChain> CharterChain::found(const Dsse& first, const CharterId& expected, Day today) {
  if (first.kind != DocumentKind::kCharter) return fail(kMalformed, "document kind");
  if (charter_id_of(first.body) != expected) return fail(kCharterUnchained, "first charter");
  Charter charter = TRY(decode_charter(first.body));
  if (charter.version != 1) return fail(kBadCharter, "first charter", charter.version);
  // Its own holders sign it: nobody is named in a charter by one other alone.
  TRY(check_signed_by(first, charter));
  CharterChain chain;
  chain.id_ = expected;
  chain.links_.push_back({std::move(charter), charter_hash_of(first.body), first, today});
  return chain;
}

Result<CharterChain::Accepted> CharterChain::accept(const Dsse& next, Day today) {
  if (next.kind != DocumentKind::kCharter) return fail(kMalformed, "document kind");
  const CharterHash hash = charter_hash_of(next.body);
  if (find(hash) != nullptr) return Accepted::kKnown;
  const Link& last = newest();
  const Status signed_by_newest = check_signed_by(next, last.charter);
  Charter charter = TRY(decode_charter(next.body));
  if (charter.version <= last.charter.version) {
    // Its signers said two different things of one version: worth more than a refusal.
    const bool fork = charter.version > 1 && charter.id == id_ &&
                      check_signed_by(next, links_[charter.version - 2].charter).has_value();
    return fail(fork ? kCharterFork : kCharterLower, "charter version", charter.version);
  }
  if (charter.version != last.charter.version + 1 || charter.previous != last.hash ||
      charter.id != id_) {
    return fail(kCharterUnchained, "charter version", charter.version);
  }
  TRY(signed_by_newest);
  links_.push_back({std::move(charter), hash, next, today});
  return Accepted::kNew;
}

const CharterChain::Link* CharterChain::find(const CharterHash& hash) const {
  for (const Link& link : links_)
    if (link.hash == hash) return &link;
  return nullptr;
}

Bytes CharterChain::encode() const {
  Writer writer;
  writer.integer(kChainFormat).integer(static_cast<std::uint8_t>(links_.size()));
  for (const Link& link : links_) {
    // A link was decoded or checked before it came here: it encodes.
    writer.integer(link.accepted.value).long_field(encode_dsse(link.envelope).value());
  }
  return std::move(writer).take();
}

Bytes CharterChain::to_offer() const {
  CharterChain undated = *this;
  for (Link& link : undated.links_) link.accepted = Day{};
  return undated.encode();
}

Result<CharterChain> CharterChain::from_offer(BytesView bytes, const CharterId& expected,
                                              Day today) {
  CharterChain chain = TRY(decode(bytes, expected));
  for (Link& link : chain.links_) {
    if (link.accepted != Day{}) return fail(kMalformed, "dated charter offer");
    link.accepted = today;
  }
  return chain;
}

Result<CharterChain> CharterChain::decode(BytesView bytes, const CharterId& expected) {
  Reader reader(bytes);
  if (const auto format = reader.integer<std::uint8_t>(); format != kChainFormat)
    return fail(kUnsupportedVersion, "charter chain", format);
  const auto count = reader.integer<std::uint8_t>();
  if (count == 0 || count > kMaxCharterVersions) return fail(kMalformed, "charter chain", count);
  const auto next = [&reader]() -> Result<std::pair<Day, Dsse>> {
    const Day accepted{reader.integer<std::uint32_t>()};
    return std::pair(
        accepted, TRY(decode_dsse(reader.long_field(kMaxCharterEnvelope), DocumentKind::kCharter)));
  };
  const auto [founded, first] = TRY(next());
  CharterChain chain = TRY(found(first, expected, founded));
  for (std::size_t i = 1; i < count; ++i) {
    const auto [accepted, envelope] = TRY(next());
    if (TRY(chain.accept(envelope, accepted)) != Accepted::kNew)
      return fail(kMalformed, "charter chain repeats", static_cast<std::int64_t>(i));
  }
  TRY(reader.finish("charter chain"));
  return chain;
}

}  // namespace tocsin
