#include "crypto/age/armor.h"

#include <algorithm>

#include "crypto/age/limits.h"

namespace tocsin::age {
namespace {

constexpr std::size_t kLineBytes = kColumns / 4 * 3;

bool is_blank(char letter) {
  return letter == ' ' || letter == '\t' || letter == '\r' || letter == '\n';
}

}  // namespace

ArmorWriter::ArmorWriter(Sink sink) : sink_(std::move(sink)) {}

Status ArmorWriter::write_line(std::string_view line) {
  return sink_(as_bytes(std::string(line) + '\n'));
}

Status ArmorWriter::begin() {
  if (std::exchange(begun_, true)) return {};
  return write_line(kArmorBegin);
}

Status ArmorWriter::take(BytesView bytes) {
  TRY(begin());
  while (!bytes.empty()) {
    const BytesView part = bytes.first(std::min(kLineBytes - held_.size(), bytes.size()));
    held_.insert(held_.end(), part.begin(), part.end());
    bytes = bytes.subspan(part.size());
    if (held_.size() < kLineBytes) continue;
    TRY(write_line(to_base64(held_, Base64Padding::kWith)));
    held_.clear();
  }
  return {};
}

Status ArmorWriter::update(BytesView bytes) {
  return latch_.step([&] { return take(bytes); });
}

Status ArmorWriter::finish() {
  return latch_.last_step([&]() -> Status {
    TRY(begin());
    if (!held_.empty()) TRY(write_line(to_base64(held_, Base64Padding::kWith)));
    return write_line(kArmorEnd);
  });
}

ArmorReader::ArmorReader(Sink sink) : sink_(std::move(sink)) {}

Status ArmorReader::take_blank(std::string_view text) {
  blank_ += text.size() + 1;
  if (!std::ranges::all_of(text, is_blank) || blank_ > kMostBlankBytes)
    return fail(kBadArmor, state_ == State::kBefore ? "something before its begin"
                                                    : "something behind its end");
  return {};
}

Status ArmorReader::take_line(std::string_view line) {
  if (line.ends_with('\r')) line.remove_suffix(1);
  switch (state_) {
    case State::kBefore:
      if (line != kArmorBegin) return take_blank(line);
      state_ = State::kInside;
      return {};
    case State::kInside:
    case State::kLastLineSeen: {
      if (line == kArmorEnd) {
        state_ = State::kAfter;
        blank_ = 0;
        return {};
      }
      if (state_ == State::kLastLineSeen || line.empty() || line.size() > kColumns)
        return fail(kBadArmor, "a line of another length", static_cast<std::int64_t>(line.size()));
      const Result<Bytes> bytes = from_base64(line, Base64Padding::kWith);
      if (!bytes.has_value()) return fail(kBadArmor, "a line that is no base64");
      if (bytes->size() < kLineBytes) state_ = State::kLastLineSeen;
      return sink_(*bytes);
    }
    case State::kAfter:
      return take_blank(line);
  }
  return {};
}

Status ArmorReader::take(BytesView text) {
  for (const char letter : as_text(text)) {
    if (letter == '\n') {
      TRY(take_line(line_));
      line_.clear();
      continue;
    }
    line_.push_back(letter);
    if (line_.size() > kMostBlankBytes) return fail(kBadArmor, "a line without an end");
  }
  return {};
}

Status ArmorReader::end() {
  if (!line_.empty()) TRY(take_line(line_));
  line_.clear();
  if (state_ != State::kAfter) return fail(kBadArmor, "cut before its end");
  return {};
}

Status ArmorReader::update(BytesView text) {
  return latch_.step([&] { return take(text); });
}

Status ArmorReader::finish() {
  return latch_.last_step([&] { return end(); });
}

}  // namespace tocsin::age
