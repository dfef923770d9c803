// crypto/base/codec.h: flat little-endian records, written and read strictly.
//
// Shape:   Writer appends; Reader takes from the front and remembers the first shortfall
// Errors:  malformed (too short, or bytes left over at finish)
// Threads: values only
#pragma once

#include <concepts>
#include <cstdint>

#include "crypto/base/bytes.h"
#include "crypto/base/codes.h"

namespace tocsin {

class Writer {
 public:
  Writer() = default;
  // For records with secrets: a vector that grows leaves copies behind.
  explicit Writer(std::size_t expected_bytes) { bytes_.reserve(expected_bytes); }

  template <std::unsigned_integral Integer>
  Writer& integer(Integer value) {
    for (std::size_t i = 0; i < sizeof value; ++i) {
      bytes_.push_back(static_cast<std::uint8_t>(static_cast<std::uint64_t>(value) >> (8 * i)));
    }
    return *this;
  }
  Writer& raw(BytesView bytes) {
    bytes_.insert(bytes_.end(), bytes.begin(), bytes.end());
    return *this;
  }
  // u16 length, then the bytes; callers bound the length first.
  Writer& short_field(BytesView bytes) {
    integer(static_cast<std::uint16_t>(bytes.size()));
    return raw(bytes);
  }
  // u32 length, then the bytes.
  Writer& long_field(BytesView bytes) {
    integer(static_cast<std::uint32_t>(bytes.size()));
    return raw(bytes);
  }
  // Zeros up to `size` in all; a record that is longer already is our own bug.
  Writer& pad_to(std::size_t size) {
    bytes_.resize(size);
    return *this;
  }

  std::size_t size() const { return bytes_.size(); }
  BytesView view() const { return bytes_; }
  Bytes bytes() const { return bytes_; }
  Bytes take() && { return std::move(bytes_); }

 private:
  Bytes bytes_;
};

// After a shortfall every later read yields zeros or an empty view; check once with finish() or
// ok().
class Reader {
 public:
  explicit Reader(BytesView bytes) : rest_(bytes) {}

  template <std::unsigned_integral Integer>
  Integer integer() {
    const BytesView bytes = raw(sizeof(Integer));
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < bytes.size(); ++i)
      value |= static_cast<std::uint64_t>(bytes[i]) << (8 * i);
    return static_cast<Integer>(value);
  }
  BytesView raw(std::size_t size) {
    if (short_ || rest_.size() < size) {
      short_ = true;
      return {};
    }
    const BytesView front = rest_.first(size);
    rest_ = rest_.subspan(size);
    return front;
  }
  template <class FixedValue>
  FixedValue fixed() {
    FixedValue value;
    const BytesView bytes = raw(FixedValue::kBytes);
    if (!bytes.empty()) copy_exact(bytes, value.mutable_view());
    return value;
  }
  BytesView short_field(std::size_t max) { return bounded(integer<std::uint16_t>(), max); }
  BytesView long_field(std::size_t max) { return bounded(integer<std::uint32_t>(), max); }

  bool ok() const { return !short_; }
  BytesView rest() const { return rest_; }
  // Everything was there and nothing is left.
  Status finish(const char* where) const {
    if (short_ || !rest_.empty())
      return fail(kMalformed, where, static_cast<std::int64_t>(rest_.size()));
    return {};
  }
  // Everything was there and only zeros are left.
  Status finish_zero_padded(const char* where) const {
    if (short_ || !is_all_zero(rest_))
      return fail(kMalformed, where, static_cast<std::int64_t>(rest_.size()));
    return {};
  }

 private:
  BytesView bounded(std::size_t size, std::size_t max) {
    if (size > max) short_ = true;
    return raw(size);
  }

  BytesView rest_;
  bool short_ = false;
};

}  // namespace tocsin
