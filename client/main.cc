#include <cstring>

#include "client/cli/program.h"
#include "protocol/pairing/link.h"

namespace {

// A link is a secret, and everybody on the machine may read a command line while the command runs.
void hide_links(int count, char** arguments) {
  for (int i = 1; i < count; ++i) {
    const std::string_view argument(arguments[i]);
    if (argument.starts_with(tocsin::kLinkScheme))
      std::memset(arguments[i] + tocsin::kLinkScheme.size(), 'x',
                  argument.size() - tocsin::kLinkScheme.size());
  }
}

}  // namespace

int main(int argc, char** argv) {
  const std::vector<std::string> arguments(argv + 1, argv + argc);
  hide_links(argc, argv);
  return tocsin::run_program(arguments);
}
