#include "protocol/evidence/frame.h"

#include <cstdlib>

#include "crypto/box/aead.h"
#include "crypto/box/hash.h"
#include "crypto/box/labels.h"

namespace tocsin {
namespace {

static_assert(kFrameTagBytes == kAeadTagBytes);
static_assert(kFrameIvBytes == Sha256::kBytes);

using PlaceBytes = std::array<std::uint8_t, FileId::kBytes + 16>;

PlaceBytes encode_place(const FramePlace& place) {
  PlaceBytes bytes{};
  copy_exact(place.file.view(), MutableBytes(bytes).first(FileId::kBytes));
  for (std::size_t i = 0; i < 8; ++i) {
    bytes[FileId::kBytes + i] = static_cast<std::uint8_t>(place.index >> (8 * i) & 255U);
    bytes[FileId::kBytes + 8 + i] = static_cast<std::uint8_t>(place.count >> (8 * i) & 255U);
  }
  return bytes;
}

Status check_place(const FramePlace& place) {
  if (place.count > kMostFrames || place.index >= place.count)
    return fail(kOutOfRange, "place of a frame", static_cast<std::int64_t>(place.index));
  return {};
}

Sha256 iv_of(const FrameKeys& keys, BytesView place, BytesView plaintext) {
  return hmac_sha256(keys.iv.expose(kExpose), {label_bytes(Label::kEvidenceIv), place, plaintext});
}

AeadParameters aead_of(const FrameKeys& keys, BytesView place, BytesView iv) {
  Nonce nonce;
  copy_exact(iv.first(Nonce::kBytes), nonce.mutable_view());
  return {keys.frame.expose(kExpose), nonce, place};
}

}  // namespace

FrameKeys frame_keys_of(const FileSecret& secret, const FileId& file) {
  std::array<std::uint8_t, FrameKey::kBytes + FrameIvKey::kBytes> both{};
  blake2b(secret.expose(kExpose), {label_bytes(Label::kEvidenceKeys), file.view()}, both);
  const MutableBytes bytes(both);
  return {FrameKey::take(bytes.first(FrameKey::kBytes)),
          FrameIvKey::take(bytes.subspan(FrameKey::kBytes))};
}

FileCommitment commitment_of(const FileSecret& secret, const FileId& file) {
  return keyed_blake2b_of<FileCommitment>(secret.expose(kExpose),
                                          {label_bytes(Label::kEvidenceCommitment), file.view()});
}

Status seal_frame(const FrameKeys& keys, const FramePlace& place, BytesView plaintext,
                  MutableBytes frame) {
  if (plaintext.size() != kFramePlainBytes || frame.size() != kFrameBytes) std::abort();
  TRY(check_place(place));
  const PlaceBytes where = encode_place(place);
  const Sha256 iv = iv_of(keys, where, plaintext);
  copy_exact(iv.view(), frame.first(kFrameIvBytes));
  seal_into(aead_of(keys, where, iv.view()), plaintext, frame.subspan(kFrameIvBytes));
  return {};
}

namespace {

Status open_unguarded(const FrameKeys& keys, const FramePlace& place, BytesView frame,
                      MutableBytes plaintext) {
  TRY(check_place(place));
  if (frame.size() != kFrameBytes)
    return fail(kBadCiphertext, "frame", static_cast<std::int64_t>(frame.size()));
  const PlaceBytes where = encode_place(place);
  const BytesView iv = frame.first(kFrameIvBytes);
  TRY(open_into(aead_of(keys, where, iv), frame.subspan(kFrameIvBytes), plaintext));
  if (!equal_in_constant_time(iv, iv_of(keys, where, plaintext).view()))
    return fail(kBadCiphertext, "frame");
  return {};
}

}  // namespace

Status open_frame(const FrameKeys& keys, const FramePlace& place, BytesView frame,
                  MutableBytes plaintext) {
  if (plaintext.size() != kFramePlainBytes) std::abort();
  const Status opened = open_unguarded(keys, place, frame, plaintext);
  if (!opened.has_value()) wipe(plaintext);
  return opened;
}

}  // namespace tocsin
