// client/cli/request.h: one command as the engine's owner receives it, from this process or over
// the socket.
//
// Shape:   the command's path ("alert draft"), its options by name, and its text (from prompt,
//          standard input or file)
// Errors:  malformed, too_large
// Threads: values only
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/base/result.h"

namespace tocsin {

inline constexpr std::size_t kMaxRequestBytes = std::size_t{1} << 20;
// What an owner answers: lists of everything, escaped; what it was asked for is done and cannot be
// asked again.
inline constexpr std::size_t kMaxAnswerBytes = std::size_t{64} << 20;

struct CommandRequest {
  std::string command;
  std::map<std::string, std::vector<std::string>, std::less<>>
      options;  // a flag has one empty value
  std::string text;

  bool has(std::string_view option) const { return options.find(option) != options.end(); }
  // The first value, or nothing.
  std::optional<std::string> value(std::string_view option) const;
  // The first value, or `otherwise`.
  std::string value_or(std::string_view option, std::string_view otherwise) const;
  std::vector<std::string> values(std::string_view option) const;
};

// A whole number in decimal, and nothing else.
std::optional<std::int64_t> whole_number(std::string_view text);

std::string to_json(const CommandRequest& request);
Result<CommandRequest> request_from_json(std::string_view text);

}  // namespace tocsin
