#include "relay/ops/log.h"

#include <unistd.h>

#include <array>
#include <string>

namespace tocsin {

namespace {

struct Named {
  std::string_view level;  // journald's prefix: <3> error, <4> warning, <6> information
  std::string_view name;
};

constexpr std::array<Named, static_cast<std::size_t>(RelayEvent::kCount)> kEvents{{
    {"<6>", "starting"},
    {"<6>", "ready"},
    {"<6>", "stopping"},
    {"<6>", "stopped"},
    {"<4>", "gate_closed"},
    {"<6>", "gate_opened"},
    {"<4>", "accept_failed"},
    {"<3>", "edge_failed"},
    {"<3>", "store_failed"},
    {"<3>", "bulk_edge_failed"},
    {"<3>", "bulk_store_failed"},
    {"<3>", "bulk_down"},
    {"<3>", "slot_faults"},
}};
constexpr std::array<std::string_view, static_cast<std::size_t>(RelayField::kCount)> kFields{
    "connection_budget", "port", "code", "detail", "lines", "memory_mib", "frames"};

}  // namespace

std::string_view event_name(RelayEvent event) {
  return kEvents[static_cast<std::size_t>(event)].name;
}

std::string_view field_name(RelayField field) { return kFields[static_cast<std::size_t>(field)]; }

void log_event(RelayEvent event, std::initializer_list<RelayFieldValue> fields) {
  std::string line(kEvents[static_cast<std::size_t>(event)].level);
  line += event_name(event);
  for (const RelayFieldValue& field : fields) {
    line += ' ';
    line += field_name(field.field);
    line += '=';
    line += std::to_string(field.value);
  }
  line += '\n';
  // A log that cannot be written must not stop the relay.
  [[maybe_unused]] const ssize_t written = ::write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace tocsin
