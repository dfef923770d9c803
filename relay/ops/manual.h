// relay/ops/manual.h: the man page and the shell completion, made from the parser's own
// definitions.
//
// Shape:   in   the parser of `tocsin-relay`;  out  roff (man(7)), or a bash completion script
// Threads: one
#pragma once

#include <string>

namespace CLI {
class App;
}

namespace tocsin::ops {

std::string man_page(const CLI::App& app);
std::string bash_completion(const CLI::App& app);

}  // namespace tocsin::ops
