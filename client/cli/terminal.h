// client/cli/terminal.h: asking the person at the terminal.
//
// Secrets: what is typed without echo
// Errors:  no_terminal (nobody to ask at standard input), broken_off (by a signal), file_fault,
//          too_large, no_such_file, output_lost
// Threads: one
#pragma once

#include <optional>
#include <string>

#include "crypto/base/files.h"
#include "crypto/keys/secret.h"

namespace tocsin {

inline constexpr std::size_t kMaxTypedBytes = 4096;
inline constexpr std::size_t kMaxTextBytes = 64 * 1024;

bool can_ask();
// All of the text, or output_lost: the disk is full, or nobody reads (any more).
Status print_text(int descriptor, std::string_view text);
// To standard error, where nobody may be reading: what is said there is never the answer itself.
void say(std::string_view text);
// Prompts go to standard error, so that standard output stays what was asked for.
Result<std::string> ask_line(std::string_view prompt);
// What is typed next; nothing at the end of input.
Result<std::optional<std::string>> read_typed_line();
Result<SecretBytes> ask_secret(std::string_view prompt);
// Several lines, until an empty one or the end of input.
Result<std::string> ask_text(std::string_view prompt);
// All of standard input, or of a file; at most kMaxTextBytes.
Result<std::string> read_standard_input();
Result<std::string> read_text_file(const Path& path);
// The first line of a file or descriptor.
Result<SecretBytes> read_secret_file(const Path& path);
Result<SecretBytes> read_secret_descriptor(int descriptor);

}  // namespace tocsin
