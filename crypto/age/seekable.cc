#include "crypto/age/seekable.h"

#include <algorithm>

#include "crypto/age/limits.h"

namespace tocsin::age {
namespace {

constexpr std::uint64_t kTagBytes = kSealedChunkBytes - kChunkBytes;

}  // namespace

SeekableOpener::SeekableOpener(PayloadKey key, std::uint64_t begins, std::uint64_t chunks,
                               std::uint64_t plaintext_bytes, ReadAt read)
    : key_(std::move(key)),
      begins_(begins),
      chunks_(chunks),
      plaintext_bytes_(plaintext_bytes),
      read_(std::move(read)),
      sealed_(kSealedChunkBytes),
      chunk_(SecretBytes::zeros(kChunkBytes)) {}

Result<SeekableOpener> SeekableOpener::create(const Keys& keys, std::uint64_t file_bytes,
                                              ReadAt read) {
  Bytes front(static_cast<std::size_t>(
      std::min<std::uint64_t>(file_bytes, kMostHeaderBytes + kNonceBytes)));
  TRY(read(0, front));
  Front opened = TRY(open_front(front, keys));
  SeekableOpener opener =
      TRY(resume(std::move(opened.key), opened.bytes, file_bytes, std::move(read)));
  TRY(opener.load(opener.chunks_ - 1));
  return opener;
}

Result<SeekableOpener> SeekableOpener::resume(PayloadKey key, std::uint64_t begins,
                                              std::uint64_t file_bytes, ReadAt read) {
  if (begins >= file_bytes) return fail(kMalformed, "an age file without a payload");
  const std::uint64_t sealed = file_bytes - begins;
  const std::uint64_t chunks = (sealed + kSealedChunkBytes - 1) / kSealedChunkBytes;
  const std::uint64_t last = sealed - (chunks - 1) * kSealedChunkBytes;
  // Only an empty file ends with an empty chunk.
  if (last < kTagBytes || (last == kTagBytes && chunks > 1))
    return fail(kBadCiphertext, "an age file that is cut");
  return SeekableOpener(std::move(key), begins, chunks, sealed - chunks * kTagBytes,
                        std::move(read));
}

std::size_t SeekableOpener::length_of(std::uint64_t chunk) const {
  return static_cast<std::size_t>(
      std::min<std::uint64_t>(plaintext_bytes_ - chunk * kChunkBytes, kChunkBytes));
}

Status SeekableOpener::load(std::uint64_t chunk) {
  if (loaded_ == chunk) return {};
  loaded_.reset();
  const std::size_t length = length_of(chunk);
  const MutableBytes sealed = MutableBytes(sealed_).first(length + kTagBytes);
  TRY(read_(begins_ + chunk * kSealedChunkBytes, sealed));
  TRY(open_chunk_into(key_, chunk, chunk + 1 == chunks_, sealed,
                      chunk_.expose_mutable(kExpose).first(length)));
  loaded_ = chunk;
  return {};
}

Status SeekableOpener::read(std::uint64_t offset, MutableBytes plaintext) {
  if (offset > plaintext_bytes_ || plaintext.size() > plaintext_bytes_ - offset)
    return fail(kOutOfRange, "behind the end of an age file");
  while (!plaintext.empty()) {
    const std::uint64_t chunk = offset / kChunkBytes;
    TRY(load(chunk));
    const auto from = static_cast<std::size_t>(offset % kChunkBytes);
    const std::size_t part = std::min(length_of(chunk) - from, plaintext.size());
    std::ranges::copy(chunk_.expose(kExpose).subspan(from, part), plaintext.begin());
    plaintext = plaintext.subspan(part);
    offset += part;
  }
  return {};
}

}  // namespace tocsin::age
