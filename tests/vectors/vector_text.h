// tests/vectors/vector_text.h: the text form of vectors: "name = value" lines, blocks in brackets.
#pragma once

#include <string>
#include <string_view>

#include "crypto/base/bytes.h"

namespace tocsin::vectors {

class VectorText {
 public:
  explicit VectorText(std::string_view about) { comment(about); }

  VectorText& comment(std::string_view text) {
    text_.append("# ").append(text).append("\n");
    return *this;
  }
  VectorText& block(std::string_view name) {
    text_.append("\n[").append(name).append("]\n");
    return *this;
  }
  VectorText& bytes(std::string_view name, BytesView value) { return word(name, to_hex(value)); }
  VectorText& number(std::string_view name, std::uint32_t value) {
    return word(name, std::to_string(value));
  }
  VectorText& word(std::string_view name, std::string_view value) {
    text_.append(name).append(" = ").append(value).append("\n");
    return *this;
  }
  std::string take() && { return std::move(text_); }

 private:
  std::string text_;
};

// One file below protocol/spec/vectors.
struct VectorFile {
  std::string name;
  std::string text;
};
VectorFile session_vectors();
VectorFile first_contact_vectors();
VectorFile phrases_vectors();

}  // namespace tocsin::vectors
