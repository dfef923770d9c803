// client/cli/manual.h: the man page and the shell completion, made from the command table.
//
// Shape:   roff (man(7)); a bash completion script
// Threads: values only
#pragma once

#include <string>

namespace tocsin {

std::string man_page();
std::string bash_completion();

}  // namespace tocsin
