// crypto/age/payload.h: what follows the header: the file in chunks, each authenticated before it
// is handed on.
//
// Source:  C2SP age.md, "Payload"
// Layout:  nonce 16 B | chunks of 65,536 B ‖ tag 16 B, the last one shorter or equal and marked
// Secrets: the payload key and one chunk of plaintext; wiped
// Errors:  bad_ciphertext (changed, cut, or with something behind its end); the sink's; machine.h's
// Threads: one object, one thread
// Cost:    memory of two chunks at any length of the file
#pragma once

#include "crypto/age/header.h"
#include "crypto/age/machine.h"

namespace tocsin::age {

using PayloadKey = Secret<struct AgePayloadKeyTag, 32>;
PayloadKey payload_key_of(const FileKey& key, BytesView nonce);

// Chunk number `counter`; `plaintext` is shorter by the tag.
Status open_chunk_into(const PayloadKey& key, std::uint64_t counter, bool is_last, BytesView sealed,
                       MutableBytes plaintext);

class PayloadSealer {
 public:
  PayloadSealer(PayloadKey key, Sink sink);
  Status update(BytesView plaintext);
  Status finish();

 private:
  Status seal_chunk(std::uint8_t last);
  Status take(BytesView plaintext);
  Latch latch_;
  PayloadKey key_;
  Sink sink_;
  std::uint64_t counter_ = 0;
  SecretBytes chunk_;
  std::size_t held_ = 0;
  Bytes sealed_;
};

class PayloadOpener {
 public:
  PayloadOpener(PayloadKey key, Sink sink);
  Status update(BytesView sealed);
  Status finish();

 private:
  Status take(BytesView sealed);
  Status open_full();
  Status open_chunk(std::uint8_t last);
  Latch latch_;
  PayloadKey key_;
  Sink sink_;
  std::uint64_t counter_ = 0;
  Bytes sealed_;
  std::size_t held_ = 0;
  SecretBytes chunk_;
  bool ended_ = false;
};

}  // namespace tocsin::age
