// relay/ops/complaint.h: what an operator is told when something cannot be done, and the exit code.
//
// Shape:   `error:` what happened, `hint:` what to do; on standard error
// Threads: values only
#pragma once

#include <expected>
#include <string>

#include "crypto/base/result.h"

namespace tocsin::ops {

// Documented in `tocsin-relay --help` and the man page; stable.
enum class Exit : int {
  kDone = 0,
  kFailed = 1,
  kUsage = 2,
  kConfig = 3,      // configuration missing or wrong
  kKeys = 4,        // keys missing, damaged or readable by others
  kNotRunning = 5,  // the command asks a running relay, and none answers
  kRunning = 6,     // another process runs this relay already
  kAddress = 7,     // cannot listen at the configured address
  kStore = 8,       // store damaged, older than its keys, or not to be opened
};

struct Complaint {
  Exit exit = Exit::kFailed;
  std::string error;
  std::string hint;
};

template <class T>
using Said = std::expected<T, Complaint>;

inline std::unexpected<Complaint> complain(Exit exit, std::string error, std::string hint) {
  return std::unexpected(Complaint{exit, std::move(error), std::move(hint)});
}

// A failure of another room in words: its code's name, its place and its number.
std::string in_words(const Error& error);

void print(const Complaint& complaint);

}  // namespace tocsin::ops
