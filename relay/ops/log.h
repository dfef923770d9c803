// relay/ops/log.h: everything the relay ever says about itself while it runs.
//
// Shape:   one line on standard error per event: `<level>event name=number …`, with a fixed list
//          of events and of field names. Values are numbers: no id, no address, no text of a peer
//          can be written here (PRODUCT: nothing in the logs helps whoever seizes them). `port`
//          tells which of the two planes an edge speaks of.
// Threads: any; one write per line
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>

namespace tocsin {

enum class RelayEvent : std::uint8_t {
  kStarting,
  kReady,
  kStopping,
  kStopped,
  kGateClosed,
  kGateOpened,
  kAcceptFailed,
  kEdgeFailed,
  kStoreFailed,
  kBulkEdgeFailed,
  kBulkStoreFailed,
  kBulkDown,    // the relay goes on without its second port
  kSlotFaults,  // frames that the disk did not give or take
  kCount
};

enum class RelayField : std::uint8_t {
  kConnectionBudget,
  kPort,
  kCode,
  kDetail,
  kLines,
  kMemoryMiB,
  kFrames,
  kCount
};

std::string_view event_name(RelayEvent event);
std::string_view field_name(RelayField field);

struct RelayFieldValue {
  RelayField field;
  std::int64_t value;
};

void log_event(RelayEvent event, std::initializer_list<RelayFieldValue> fields = {});

}  // namespace tocsin
