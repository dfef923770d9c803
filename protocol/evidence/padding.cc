#include "protocol/evidence/padding.h"

#include <algorithm>
#include <bit>

#include "crypto/base/codes.h"

namespace tocsin {

std::uint64_t padme(std::uint64_t length) {
  if (length < 2) return length;
  const auto exponent = static_cast<unsigned>(std::bit_width(length) - 1);
  const auto significant = static_cast<unsigned>(std::bit_width(exponent));
  const std::uint64_t mask = (std::uint64_t{1} << (exponent - significant)) - 1;
  return (length + mask) & ~mask;
}

Result<std::uint64_t> frames_of(std::uint64_t length) {
  if (length == 0 || length > kMostEvidenceBytes)
    return fail(kOutOfRange, "length of evidence", static_cast<std::int64_t>(length));
  return (padme(length) + kFramePlainBytes - 1) / kFramePlainBytes;
}

std::size_t file_bytes_in(std::uint64_t length, std::uint64_t index) {
  const std::uint64_t begin = index * kFramePlainBytes;
  if (begin >= length) return 0;
  return static_cast<std::size_t>(std::min<std::uint64_t>(kFramePlainBytes, length - begin));
}

Status check_padding(std::uint64_t length, std::uint64_t index, BytesView plaintext) {
  if (!is_all_zero(plaintext.subspan(file_bytes_in(length, index))))
    return fail(kBadCiphertext, "padding of a frame", static_cast<std::int64_t>(index));
  return {};
}

}  // namespace tocsin
