#include "crypto/age/age.h"

#include "crypto/age/limits.h"

namespace tocsin::age {
namespace {

Result<FileKey> unwrap(const Header& header, const Keys& keys) {
  for (const Identity& identity : keys.identities) {
    std::optional<FileKey> key = TRY(unwrap_by(header.stanzas, identity));
    if (key.has_value()) return std::move(*key);
  }
  if (keys.passphrase.has_value()) {
    std::optional<FileKey> key = TRY(unwrap_by(header.stanzas, keys.passphrase->expose(kExpose)));
    if (key.has_value()) return std::move(*key);
  }
  return fail(kNoRecipient, "age file", static_cast<std::int64_t>(header.stanzas.size()));
}

}  // namespace

Result<Sealer> Sealer::begin(const FileKey& key, const std::vector<Stanza>& stanzas, Rng& rng,
                             Sink sink) {
  Bytes nonce(kNonceBytes);
  rng.fill(nonce);
  TRY(sink(encode_header(stanzas, key)));
  TRY(sink(nonce));
  return Sealer(PayloadSealer(payload_key_of(key, nonce), std::move(sink)));
}

Result<Sealer> Sealer::create(const std::vector<Recipient>& recipients, Rng& rng, Sink sink) {
  if (recipients.empty()) return fail(kOutOfRange, "an age file for nobody");
  const FileKey key = FileKey::random(rng);
  std::vector<Stanza> stanzas;
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

Opener::Opener(Keys keys, Sink sink) : keys_(std::move(keys)), sink_(std::move(sink)) {}

Status Opener::read_front() {
  const std::optional<Header> header = TRY(parse_header(front_));
  if (!header.has_value()) return {};
  // Keys are tried once, when the nonce is there too.
  if (front_.size() < header->bytes + kNonceBytes) return {};
  const FileKey key = TRY(unwrap(*header, keys_));
  TRY(check_header(*header, key));
  const BytesView behind = BytesView(front_).subspan(header->bytes);
  payload_.emplace(payload_key_of(key, behind.first(kNonceBytes)), sink_);
  const Bytes begun = to_bytes(behind.subspan(kNonceBytes));
  front_ = {};
  keys_ = {};
  return payload_->update(begun);
}

Status Opener::update(BytesView sealed) {
  if (payload_.has_value()) return payload_->update(sealed);
  front_.insert(front_.end(), sealed.begin(), sealed.end());
  return read_front();
}

Status Opener::finish() {
  if (payload_.has_value()) return payload_->finish();
  const std::optional<Header> header = TRY(parse_header(front_));
  if (!header.has_value()) return fail(kMalformed, "the header of an age file is cut");
  TRY(check_header(*header, TRY(unwrap(*header, keys_))));
  return fail(kMalformed, "an age file without a payload");
}

}  // namespace tocsin::age
