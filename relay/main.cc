#include "relay/ops/command_line.h"

int main(int argc, char** argv) { return tocsin::ops::relay_main(argc, argv); }
