// protocol/evidence/frame.h: one frame of a file, sealed by a synthetic iv.
//
// Spec:    protocol/spec/evidence.md EVI-1, EVI-2
// Shape:   in   kFramePlainBytes of plaintext, the last ones of a file filled with zeros
//          out  exactly kFrameBytes
// Layout:  iv 32 | ciphertext 65,232 | tag 16
// Secrets: the file secret and what is derived from it
// Errors:  bad_ciphertext (one answer for every cause); out_of_range (a place that is none)
// Threads: values only
// Cost:    one HMAC and one AEAD pass; no allocation
#pragma once

#include "crypto/keys/keys.h"
#include "protocol/evidence/limits.h"

namespace tocsin {

struct FrameKeys {
  FrameKey frame;
  FrameIvKey iv;
};
FrameKeys frame_keys_of(const FileSecret& secret, const FileId& file);
FileCommitment commitment_of(const FileSecret& secret, const FileId& file);

// Frame `index` of the `count` that a file has.
struct FramePlace {
  FileId file;
  std::uint64_t index = 0;
  std::uint64_t count = 0;
};

// The same plaintext in the same place makes the same frame.
Status seal_frame(const FrameKeys& keys, const FramePlace& place, BytesView plaintext,
                  MutableBytes frame);
// On failure the place for the plaintext holds zeros.
Status open_frame(const FrameKeys& keys, const FramePlace& place, BytesView frame,
                  MutableBytes plaintext);

}  // namespace tocsin
