// protocol/board/record.h: one small signed record for many readers.
//
// Spec:    protocol/spec/board.md BRD-1, BRD-2
// Shape:   in   BoardContent and the board's writer key → record bytes
//          out  record bytes → BoardRecord, signature verified
// Layout:  writer 32 | version u64 | expiry day u32 | length u16 | payload | signature 64
// Errors:  malformed, bad_key, bad_signature, too_large
// Threads: values only
#pragma once

#include "crypto/base/time.h"
#include "crypto/keys/keys.h"
#include "protocol/limits.h"

namespace tocsin {

using PayloadHash = Fixed<struct PayloadHashTag, 32>;

struct BoardContent {
  std::uint64_t version = 0;  // 1 …; zero is never valid
  Day expiry;                 // usable up to and including this day
  Bytes payload;              // 0 … kMaxBoardPayloadBytes, ciphertext to the relay
  bool operator==(const BoardContent&) const = default;
};

struct BoardRecord {
  WriterPublic writer;
  BoardContent content;
  Signature signature;
  bool operator==(const BoardRecord&) const = default;
};

BoardId board_id_of(const WriterPublic& writer);
// Of the writer a record names; whether the record is good is open_board's to say.
BoardId board_id_of_record(BytesView record);
PayloadHash payload_hash_of(BytesView payload);

KeyPair<WriterPublic, WriterSecret> make_writer_pair(Rng& rng);
WriterPublic writer_public_of(const WriterSecret& writer);
Result<Bytes> sign_board(const WriterSecret& writer, const BoardContent& content);
// Parses strictly and verifies the writer's signature.
Result<BoardRecord> open_board(BytesView record);

// Where a deletion was asked for: it is valid for this request on this connection alone.
struct UnpublishContext {
  CurvePublic relay;
  WelcomeNonce nonce;
  std::uint64_t request = 0;
};
Signature sign_unpublish(const WriterSecret& writer, const UnpublishContext& context);
Status verify_unpublish(const WriterPublic& writer, const UnpublishContext& context,
                        const Signature& signature);

}  // namespace tocsin
