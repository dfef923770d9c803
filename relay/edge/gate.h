// relay/edge/gate.h: how many connections the relay takes, and when its gate opens and closes.
//
// Shape:   in   memory and descriptors of this machine, lines that stand
//          out  a budget; open or closed, with hysteresis (closed at the budget, open below 90 %)
// Threads: values only
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "relay/edge/limits.h"

namespace tocsin::edge {

struct Machine {
  std::uint64_t memory_bytes = 0;
  std::uint64_t descriptors = 0;  // RLIMIT_NOFILE
  std::size_t bulk_lines = 0;     // kBulkConnections beside a bulk plane, else none
};

constexpr std::size_t connection_budget(const Machine& machine) {
  const auto beyond = [](std::uint64_t all, std::uint64_t reserved) {
    return all > reserved ? all - reserved : 0;
  };
  const std::uint64_t bulk_bytes = machine.bulk_lines > 0 ? kBulkMemoryBytes : 0;
  const std::uint64_t by_memory = beyond(machine.memory_bytes, bulk_bytes) / kMemoryPerConnection;
  const std::uint64_t by_descriptors =
      beyond(machine.descriptors, kReservedDescriptors + machine.bulk_lines);
  const std::uint64_t budget =
      std::min({by_memory, by_descriptors, std::uint64_t{kMaxConnections}});
  return static_cast<std::size_t>(std::max<std::uint64_t>(budget, kMinConnections));
}

// Whether new connections are let in, given how it was before.
constexpr bool gate_open(bool was_open, std::size_t lines, std::size_t budget) {
  if (lines >= budget) return false;
  return was_open || lines < budget - budget / 10;
}

}  // namespace tocsin::edge
