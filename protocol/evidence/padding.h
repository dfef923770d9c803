// protocol/evidence/padding.h: how many frames a file has, which is all a relay learns of its
// length.
//
// Spec:    protocol/spec/evidence.md EVI-2.1, EVI-2.4
// Source:  Padmé: Nikitin et al., "Reducing Metadata Leakage from Encrypted Files and Communication
//          with PURBs", PETS 2019, section 4
// Errors:  out_of_range (no byte, or more than kMostEvidenceBytes); bad_ciphertext (padding)
// Threads: values only
#pragma once

#include "crypto/base/bytes.h"
#include "protocol/evidence/limits.h"

namespace tocsin {

// Bytes after padding, before they are cut into frames.
std::uint64_t padme(std::uint64_t length);

Result<std::uint64_t> frames_of(std::uint64_t length);

// How many bytes of the file are in a frame; the rest of it is zeros.
std::size_t file_bytes_in(std::uint64_t length, std::uint64_t index);

// What a frame holds behind the end of the file is zero, or one file had many sequences of frames.
Status check_padding(std::uint64_t length, std::uint64_t index, BytesView plaintext);

}  // namespace tocsin
