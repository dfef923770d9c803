#include "crypto/age/age.h"

#include <algorithm>

#include "crypto/age/limits.h"

namespace tocsin::age {
namespace {

Result<FileKey> unwrap(const Header& header, const Keys& keys) {
  for (const Identity& identity : keys.identities) {
    std::optional<FileKey> key = TRY(unwrap_by(header.stanzas, identity));
    if (key.has_value()) return std::move(*key);
  }
  if (keys.passphrase.has_value()) {
    std::optional<FileKey> key = TRY(unwrap_by(header.stanzas, *keys.passphrase));
    if (key.has_value()) return std::move(*key);
  }
  return fail(kNoRecipient, "age file", static_cast<std::int64_t>(header.stanzas.size()));
}

}  // namespace

Result<Sealer> Sealer::begin(const FileKey& key, const std::vector<Stanza>& stanzas, Rng& rng,
                             Sink sink) {
  const Bytes header = encode_header(stanzas, key);
  if (header.size() > kMostHeaderBytes)  // nobody would open it
    return fail(kTooLarge, "recipients of an age file", static_cast<std::int64_t>(stanzas.size()));
  Bytes nonce(kNonceBytes);
  rng.fill(nonce);
  TRY(sink(header));
  TRY(sink(nonce));
  return Sealer(PayloadSealer(payload_key_of(key, nonce), std::move(sink)));
}

Result<Sealer> Sealer::create(const std::vector<Recipient>& recipients, Rng& rng, Sink sink) {
  if (recipients.empty()) return fail(kOutOfRange, "an age file for nobody");
  const FileKey key = FileKey::random(rng);
  std::vector<Stanza> stanzas;
  stanzas.reserve(recipients.size());
  for (const Recipient& recipient : recipients)
    stanzas.push_back(TRY(wrap_for(key, recipient, rng)));
  return begin(key, stanzas, rng, std::move(sink));
}

Result<Sealer> Sealer::create(const Passphrase& passphrase, Rng& rng, Sink sink) {
  const FileKey key = FileKey::random(rng);
  std::vector<Stanza> stanzas;
  stanzas.push_back(TRY(wrap_under(key, passphrase, rng)));
  return begin(key, stanzas, rng, std::move(sink));
}

Result<Front> open_front(BytesView front, const Keys& keys) {
  const std::optional<Header> header = TRY(parse_header(front));
  if (!header.has_value()) return fail(kMalformed, "the header of an age file is cut");
  const FileKey key = TRY(unwrap(*header, keys));
  TRY(check_header(*header, key));
  const BytesView behind = front.subspan(header->bytes);
  if (behind.size() < kNonceBytes) return fail(kMalformed, "an age file without a payload");
  return Front{payload_key_of(key, behind.first(kNonceBytes)), header->bytes + kNonceBytes};
}

Opener::Opener(Keys keys, Sink sink) : keys_(std::move(keys)), sink_(std::move(sink)) {}

Status Opener::read_front() {
  const Bytes bytes = std::exchange(front_, {});
  const Keys keys = std::exchange(keys_, {});
  Front front = TRY(open_front(bytes, keys));
  payload_.emplace(std::move(front.key), std::move(sink_));
  return payload_->update(BytesView(bytes).subspan(front.bytes));
}

Status Opener::take(BytesView sealed) {
  if (!payload_.has_value()) {
    const std::size_t room = kMostHeaderBytes + kNonceBytes - front_.size();
    const BytesView part = sealed.first(std::min(room, sealed.size()));
    front_.insert(front_.end(), part.begin(), part.end());
    sealed = sealed.subspan(part.size());
    if (part.size() < room) return {};
    TRY(read_front());
  }
  return payload_->update(sealed);
}

Status Opener::update(BytesView sealed) {
  return latch_.step([&] { return take(sealed); });
}

Status Opener::finish() {
  return latch_.last_step([&]() -> Status {
    if (!payload_.has_value()) TRY(read_front());
    return payload_->finish();
  });
}

}  // namespace tocsin::age
