// relay/edge/line.h: what the kernel knows about one accepted line, and how to end it.
//
// Threads: any
#pragma once

#include <cstdint>

namespace tocsin::edge {

// Whether libzmq took more than so many payload bytes from the kernel since the line was accepted;
// never of a descriptor that is no TCP line.
bool has_taken_more(int fd, std::uint64_t bytes);

// Ends the line in both directions; libzmq sees the end and closes the descriptor, which is its.
void end_line(int fd);

}  // namespace tocsin::edge
