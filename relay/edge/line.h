// relay/edge/line.h: what the kernel knows about one accepted line, and how to end it.
//
// Threads: any
#pragma once

#include <cstdint>

namespace tocsin::edge {

// Payload bytes that libzmq took from the kernel since the line was accepted; 0 when the descriptor
// is no TCP line.
std::uint64_t taken_bytes(int fd);

// Ends the line in both directions; libzmq sees the end and closes the descriptor, which is its.
void end_line(int fd);

}  // namespace tocsin::edge
