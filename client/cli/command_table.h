// client/cli/command_table.h: every command of `tocsin` in one table: the parser, --help, the man
// page and the completion are made from it.
//
// Threads: constant data
#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

namespace tocsin {

enum class OptionForm : std::uint8_t {
  kFlag,        // --now
  kValue,       // --lang TAG
  kRepeated,    // --holder NAME, any number of times
  kPositional,  // CONTACT, required
  kOptionalPositional,
};

struct OptionSpec {
  std::string_view
      name;  // "lang" is typed --lang; a positional is typed bare and shown in capitals
  std::string_view value;  // what stands for the value in help: "TAG"
  std::string_view help;
  OptionForm form = OptionForm::kValue;
};

// Where a command's text comes from; never from its arguments (they show in process lists and shell
// history).
enum class TextInput : std::uint8_t {
  kNone,
  kText,  // prompt on a terminal, else standard input, or --file
};

// Who carries a command out.
enum class Runner : std::uint8_t {
  kEngine,  // whoever owns the vault: `tocsin run` over its socket, else this process
  kLocal,   // this process itself: creating, locking, wiping, running
};

struct CommandSpec {
  std::string_view path;  // "alert draft"
  std::string_view summary;
  std::vector<OptionSpec> options;
  TextInput text = TextInput::kNone;
  Runner runner = Runner::kEngine;
};

// In the order help shows them.
std::span<const CommandSpec> command_table();
// Options every command takes.
std::span<const OptionSpec> global_options();

struct ExitSpec {
  int code;
  std::string_view meaning;
};
std::span<const ExitSpec> exit_table();

}  // namespace tocsin
