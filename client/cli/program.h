// client/cli/program.h: the whole of `tocsin`, from arguments to exit code.
//
// Threads: one
#pragma once

#include <string>
#include <vector>

namespace tocsin {

int run_program(const std::vector<std::string>& arguments);

}  // namespace tocsin
