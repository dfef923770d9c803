// relay/ops/command_line.h: the arguments of `tocsin-relay`.
//
// Shape:   in   argc, argv;  out  the exit code (relay/ops/complaint.h)
// Threads: one
#pragma once

namespace tocsin::ops {

int relay_main(int argc, char** argv);

}  // namespace tocsin::ops
