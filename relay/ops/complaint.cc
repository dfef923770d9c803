#include "relay/ops/complaint.h"

#include <cstdio>

#include "relay/codes.h"

namespace tocsin::ops {

std::string in_words(const Error& error) {
  std::string_view name = relay_code_name(error.code);
  if (name.empty()) name = protocol_code_name(error.code);
  if (name.empty()) name = crypto_code_name(error.code);
  std::string words(name.empty() ? "unknown code" : name);
  words += " (";
  words += error.where;
  if (error.detail != 0) words += ", " + std::to_string(error.detail);
  return words + ")";
}

void print(const Complaint& complaint) {
  std::fprintf(stderr, "error: %s\n", complaint.error.c_str());
  if (!complaint.hint.empty()) std::fprintf(stderr, "hint:  %s\n", complaint.hint.c_str());
}

}  // namespace tocsin::ops
