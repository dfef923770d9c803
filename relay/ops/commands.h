// relay/ops/commands.h: what `tocsin-relay` can be told to do, one function per command.
//
// Shape:   in   checked arguments;  out  text on standard output, or a Complaint
// Threads: one: each is the whole program
#pragma once

#include <string>

#include "relay/ops/complaint.h"
#include "relay/ops/config.h"
#include "relay/ops/stored.h"

namespace tocsin::ops {

enum class Form : std::uint8_t { kPeople, kJson };

struct InitArguments {
  Path config;
  Path directory;
  std::string listen;
  std::string public_endpoint;  // may be empty
};
// Writes a configuration and keys; overwrites nothing.
Said<void> init(const InitArguments& arguments, Form form);

struct RunArguments {
  Path config;
  bool ephemeral = false;   // new keys, memory store, all gone with the process
  std::string listen = {};  // overrides the configuration when not empty
};
Said<void> run(const RunArguments& arguments);

Said<void> address(const Path& config, Form form);
// Configuration, keys and store, without changing any.
Said<void> check(const Path& config, Form form);
Said<void> status(const Path& config, Form form);
// The running relay's counters as JSON.
Said<std::string> ask_status(const Path& config);
// Everything the store holds, from the running relay or else from its file: one JSON object a line.
Said<void> stored(const Path& config, Ciphertext ciphertext);

}  // namespace tocsin::ops
