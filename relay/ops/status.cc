#include "relay/ops/status.h"

#include <nlohmann/json.hpp>

namespace tocsin::ops {

std::string status_json(const RelayStatus& status) {
  using nlohmann::ordered_json;
  const EngineFigures& store = status.store;
  const edge::EdgeCounters& edge = status.edge;
  ordered_json answers;
  for (std::size_t i = 0; i < kAnswerCount; ++i)
    answers[std::string(answer_name(static_cast<Answer>(i)))] = store.answers[i];
  ordered_json json{{"address", status.address},
                    {"connections",
                     {{"now", edge.lines.load()},
                      {"budget", status.connection_budget},
                      {"subscriptions", store.subscriptions},
                      {"watches", store.watches},
                      {"cut", edge.cut.load()},
                      {"gate_closed", edge.gate_closed.load()}}},
                    {"frames",
                     {{"in", edge.frames_in.load()},
                      {"out", edge.frames_out.load()},
                      {"waiting", edge.frames_waiting.load()},
                      {"wrong_size", edge.wrong_size.load()},
                      {"dropped", edge.dropped.load()}}},
                    {"stored",
                     {{"mailboxes", store.stored.mailboxes},
                      {"cells", store.stored.cells},
                      {"boards", store.stored.boards}}},
                    {"since_start",
                     {{"deposits", store.deposits},
                      {"pushes", store.pushes},
                      {"acknowledged", store.acknowledged},
                      {"malformed", store.malformed},
                      {"kicked", store.kicked},
                      {"lost_batches", store.lost_batches}}},
                    {"answers", answers}};
  if (status.bulk_standing != BulkStanding::kNone)
    json["bulk"] = {{"up", status.bulk_standing == BulkStanding::kUp ? 1 : 0}};
  if (status.bulk.has_value()) {
    const BulkFigures& bulk = *status.bulk;
    json["bulk"].update({{"connections", bulk.connections},
                         {"blobs", bulk.stored.blobs},
                         {"frames", bulk.stored.frames},
                         {"frames_promised", bulk.stored.promised},
                         {"frames_free", bulk.stored.free()},
                         {"frames_to_overwrite", bulk.stored.freed}});
    json["bulk_since_start"] = {{"puts", bulk.puts},
                                {"gets", bulk.gets},
                                {"malformed", bulk.malformed},
                                {"kicked", bulk.kicked},
                                {"lost_batches", bulk.lost_batches},
                                {"slot_faults", bulk.slot_faults}};
  }
  return json.dump(2) + "\n";
}

Said<std::string> prometheus_text(std::string_view text) {
  const nlohmann::ordered_json json = nlohmann::ordered_json::parse(text, nullptr, false);
  if (!json.is_object())
    return complain(Exit::kFailed, "the running relay gave no status", "look at its log");
  std::string lines;
  for (const auto& [group, value] : json.items()) {
    if (!value.is_object()) continue;
    // What is there now may fall; everything else only grows until the next start.
    const bool gauge = group == "connections" || group == "stored" || group == "bulk";
    for (const auto& [name, number] : value.items()) {
      if (!number.is_number()) continue;
      const std::string metric = "tocsin_relay_" + group + "_" + name + (gauge ? "" : "_total");
      lines += "# TYPE " + metric + (gauge ? " gauge\n" : " counter\n");
      lines += metric + " " + number.dump() + "\n";
    }
  }
  return lines;
}

Said<std::string> status_lines(std::string_view text) {
  const nlohmann::ordered_json json = nlohmann::ordered_json::parse(text, nullptr, false);
  if (!json.is_object())
    return complain(Exit::kFailed, "the running relay gave no status", "look at its log");
  std::string lines;
  for (const auto& [group, value] : json.items()) {
    if (!value.is_object()) {
      lines += group + ": " + (value.is_string() ? value.get<std::string>() : value.dump()) + "\n";
      continue;
    }
    lines += group + ":\n";
    for (const auto& [name, number] : value.items())
      lines += "  " + name + ": " + number.dump() + "\n";
  }
  return lines;
}

}  // namespace tocsin::ops
