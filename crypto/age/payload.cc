#include "crypto/age/payload.h"

#include <algorithm>
#include <cstdlib>

#include "crypto/age/limits.h"
#include "crypto/box/chacha.h"

namespace tocsin::age {
namespace {

constexpr std::uint8_t kMore = 0;
constexpr std::uint8_t kLast = 1;

// Eleven bytes of counter, big-endian, and whether it is the last. 2^64 chunks are more than exist.
ChaChaNonce nonce_of(std::uint64_t counter, std::uint8_t last) {
  std::array<std::uint8_t, ChaChaNonce::kBytes> nonce{};
  for (std::size_t i = 0; i < 8; ++i)
    nonce[10 - i] = static_cast<std::uint8_t>(counter >> (8 * i) & 255U);
  nonce[11] = last;
  return ChaChaNonce(nonce);
}

// As much of `more` as fits behind what is held; the rest.
BytesView fill(MutableBytes place, std::size_t& held, BytesView more) {
  if (held >= place.size()) std::abort();  // a machine that was moved from
  const std::size_t part = std::min(place.size() - held, more.size());
  std::copy_n(more.begin(), part, place.begin() + static_cast<std::ptrdiff_t>(held));
  held += part;
  return more.subspan(part);
}

}  // namespace

PayloadKey payload_key_of(const FileKey& key, BytesView nonce) {
  SecretBytes derived = hkdf_sha256(nonce, key.expose(kExpose), as_bytes("payload"), 32);
  return PayloadKey::take(derived.expose_mutable(kExpose));
}

Status open_chunk_into(const PayloadKey& key, std::uint64_t counter, bool is_last, BytesView sealed,
                       MutableBytes plaintext) {
  return chacha_open_into({key.expose(kExpose), nonce_of(counter, is_last ? kLast : kMore)}, sealed,
                          plaintext);
}

PayloadSealer::PayloadSealer(PayloadKey key, Sink sink)
    : key_(std::move(key)),
      sink_(std::move(sink)),
      chunk_(SecretBytes::zeros(kChunkBytes)),
      sealed_(kSealedChunkBytes) {}

Status PayloadSealer::seal_chunk(std::uint8_t last) {
  const MutableBytes sealed = MutableBytes(sealed_).first(held_ + kChaChaTagBytes);
  chacha_seal_into({key_.expose(kExpose), nonce_of(counter_++, last)},
                   chunk_.expose(kExpose).first(held_), sealed);
  held_ = 0;
  return sink_(sealed);
}

Status PayloadSealer::take(BytesView plaintext) {
  while (!plaintext.empty()) {
    // A full chunk leaves when more is known to come: the last one is marked.
    if (held_ == kChunkBytes) TRY(seal_chunk(kMore));
    plaintext = fill(chunk_.expose_mutable(kExpose), held_, plaintext);
  }
  return {};
}

Status PayloadSealer::update(BytesView plaintext) {
  return latch_.step([&] { return take(plaintext); });
}

Status PayloadSealer::finish() {
  return latch_.last_step([&] { return seal_chunk(kLast); });
}

PayloadOpener::PayloadOpener(PayloadKey key, Sink sink)
    : key_(std::move(key)),
      sink_(std::move(sink)),
      sealed_(kSealedChunkBytes),
      chunk_(SecretBytes::zeros(kChunkBytes)) {}

Status PayloadOpener::open_chunk(std::uint8_t last) {
  if (held_ < kChaChaTagBytes) return fail(kBadCiphertext, "an age file that is cut");
  const std::size_t length = held_ - kChaChaTagBytes;
  const MutableBytes plaintext = chunk_.expose_mutable(kExpose).first(length);
  TRY(open_chunk_into(key_, counter_, last == kLast, BytesView(sealed_).first(held_), plaintext));
  // One file, one text: only an empty file ends with an empty chunk.
  if (length == 0 && counter_ > 0) return fail(kBadCiphertext, "an empty chunk at the end");
  ++counter_;
  held_ = 0;
  ended_ = last == kLast;
  return sink_(plaintext);
}

// Whether a full chunk is the last one is told by its mark alone.
Status PayloadOpener::open_full() {
  const Status opened = open_chunk(kMore);
  if (opened.has_value() || held_ == 0) return opened;  // not held: the sink's error
  return open_chunk(kLast);
}

Status PayloadOpener::take(BytesView sealed) {
  while (!sealed.empty()) {
    if (ended_) return fail(kBadCiphertext, "bytes after the end of an age file");
    sealed = fill(sealed_, held_, sealed);
    if (held_ == kSealedChunkBytes) TRY(open_full());
  }
  return {};
}

Status PayloadOpener::update(BytesView sealed) {
  return latch_.step([&] { return take(sealed); });
}

Status PayloadOpener::finish() {
  return latch_.last_step([&]() -> Status {
    if (ended_) return {};
    return open_chunk(kLast);
  });
}

}  // namespace tocsin::age
