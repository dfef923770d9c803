#include "client/cli/program.h"

int main(int argc, char** argv) {
  return tocsin::run_program(std::vector<std::string>(argv + 1, argv + argc));
}
