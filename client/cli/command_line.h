// client/cli/command_line.h: arguments → a CommandRequest and this process's own options, by the
// command table.
//
// Errors:  a Usage value: what to print, and the exit code (0 for --help and --version)
// Threads: values only
#pragma once

#include <expected>
#include <string>
#include <vector>

#include "client/cli/command_table.h"
#include "client/cli/request.h"

namespace tocsin {

struct CommandLine {
  const CommandSpec* command = nullptr;  // none: the guided mode
  CommandRequest request;                // global options are among its options, under their names
};

struct Usage {
  int exit = 0;
  std::string text;
};

std::expected<CommandLine, Usage> parse_command_line(const std::vector<std::string>& arguments);

}  // namespace tocsin
