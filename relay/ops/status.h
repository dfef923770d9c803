// relay/ops/status.h: the relay in numbers: never an id, an address of a peer or a time.
//
// Shape:   counters → one JSON object, or the same as lines for a person
// Threads: values only
#pragma once

#include <string>

#include "relay/bulk/engine.h"
#include "relay/edge/edge.h"
#include "relay/ops/complaint.h"
#include "relay/store/engine.h"

namespace tocsin::ops {

enum class BulkStanding : std::uint8_t { kNone, kUp, kDown };

struct RelayStatus {
  EngineFigures store;
  const edge::EdgeCounters& edge;
  std::size_t connection_budget = 0;
  std::string address;
  BulkStanding bulk_standing = BulkStanding::kNone;
  std::optional<BulkFigures> bulk = std::nullopt;  // the last, of a plane that ran
};

std::string status_json(const RelayStatus& status);
// What status_json wrote, in the text format of Prometheus, for a collector of text files.
Said<std::string> prometheus_text(std::string_view json);
// What status_json wrote, for people.
Said<std::string> status_lines(std::string_view json);

}  // namespace tocsin::ops
