// crypto/age/armor.h: an age file as text.
//
// Source:  C2SP age.md, "ASCII armor"; RFC 7468 section 3 (strict), lines ended by LF or CR LF
// Errors:  bad_armor; the sink's; machine.h's
// Threads: one object, one thread
// Cost:    memory of one line
#pragma once

#include "crypto/age/machine.h"

namespace tocsin::age {

inline constexpr std::string_view kArmorBegin = "-----BEGIN AGE ENCRYPTED FILE-----";
inline constexpr std::string_view kArmorEnd = "-----END AGE ENCRYPTED FILE-----";

// Bytes in, text out.
class ArmorWriter {
 public:
  explicit ArmorWriter(Sink sink);
  Status update(BytesView bytes);
  Status finish();

 private:
  Status write_line(std::string_view line);
  Status begin();
  Status take(BytesView bytes);
  Latch latch_;
  Sink sink_;
  Bytes held_;
  bool begun_ = false;
};

// Text in, bytes out.
class ArmorReader {
 public:
  explicit ArmorReader(Sink sink);
  Status update(BytesView text);
  Status finish();

 private:
  enum class State : std::uint8_t { kBefore, kInside, kLastLineSeen, kAfter };
  Status take(BytesView text);
  Status end();
  Status take_line(std::string_view line);
  Status take_blank(std::string_view text);
  Latch latch_;
  Sink sink_;
  State state_ = State::kBefore;
  std::string line_;
  std::size_t blank_ = 0;
};

}  // namespace tocsin::age
