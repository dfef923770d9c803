// crypto/age/seekable.h: an age file of known length, read at any place: nothing of it needs to be
// opened into another file first.
//
// Source:  C2SP age.md, "Payload": chunks stand at fixed places, each under a nonce of its own
// Secrets: the payload key, one chunk of plaintext; wiped
// Errors:  malformed, bad_ciphertext (changed, or cut), out_of_range (beyond the end); age.h's,
//          and the reader's
// Threads: one object, one thread
// Cost:    one chunk in memory; a read opens the chunks that it touches, the last one is kept
#pragma once

#include <functional>

#include "crypto/age/age.h"

namespace tocsin::age {

// Exactly as many bytes as there is room for, from this place of the file on.
using ReadAt = std::function<Status(std::uint64_t offset, MutableBytes)>;

class SeekableOpener {
 public:
  // Reads the header, and opens the last chunk: a file that is cut is told before anything of it is
  // used.
  static Result<SeekableOpener> create(const Keys& keys, std::uint64_t file_bytes, ReadAt read);
  // One whose header was read earlier.
  static Result<SeekableOpener> resume(PayloadKey key, std::uint64_t begins,
                                       std::uint64_t file_bytes, ReadAt read);

  std::uint64_t plaintext_bytes() const { return plaintext_bytes_; }
  const PayloadKey& key() const { return key_; }
  std::uint64_t begins() const { return begins_; }
  Status read(std::uint64_t offset, MutableBytes plaintext);

 private:
  SeekableOpener(PayloadKey key, std::uint64_t begins, std::uint64_t chunks,
                 std::uint64_t plaintext_bytes, ReadAt read);
  Status load(std::uint64_t chunk);
  std::size_t length_of(std::uint64_t chunk) const;  // of its plaintext

  PayloadKey key_;
  std::uint64_t begins_;
  std::uint64_t chunks_;
  std::uint64_t plaintext_bytes_;
  ReadAt read_;
  Bytes sealed_;
  SecretBytes chunk_;
  std::optional<std::uint64_t> loaded_;
};

}  // namespace tocsin::age
