// The one place of the client where JSON is written and read.
#include <nlohmann/json.hpp>

#include "client/cli/report.h"
#include "client/cli/request.h"
#include "client/codes.h"
#include "crypto/base/overloaded.h"

namespace tocsin {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kMaxDepth = 16;

Json json_of(const Value& value) {
  return std::visit(Overloaded{
                        [](const ValueList& list) {
                          Json out = Json::array();
                          for (const Value& item : list) out.push_back(json_of(item));
                          return out;
                        },
                        [](const ValueObject& object) {
                          Json out = Json::object();
                          for (const auto& [name, item] : object) out[name] = json_of(item);
                          return out;
                        },
                        [](const auto& plain) { return Json(plain); },
                    },
                    value.content);
}

Result<Value> value_of(const Json& json, int depth) {
  if (depth > kMaxDepth) return fail(kTooLarge, "JSON depth", depth);
  if (json.is_string()) return Value(json.get<std::string>());
  if (json.is_boolean()) return Value(json.get<bool>());
  if (json.is_number_integer()) return Value(json.get<std::int64_t>());
  if (json.is_array()) {
    ValueList list;
    for (const Json& item : json) list.push_back(TRY(value_of(item, depth + 1)));
    return Value(std::move(list));
  }
  if (json.is_object()) {
    ValueObject object;
    for (const auto& [name, item] : json.items())
      object.emplace_back(name, TRY(value_of(item, depth + 1)));
    return Value(std::move(object));
  }
  return fail(kMalformed, "JSON kind");
}

// Invalid UTF-8 inside a value becomes U+FFFD instead of an exception. Everything beyond ASCII is
// escaped: what a contact wrote may end on a terminal, and U+009B begins a command there.
std::string dump(const Json& json) {
  return json.dump(-1, ' ', true, Json::error_handler_t::replace);
}

Result<Json> parse(std::string_view text, std::size_t most) {
  if (text.size() > most) return fail(kTooLarge, "JSON", static_cast<std::int64_t>(text.size()));
  Json json = Json::parse(text, nullptr, false);
  if (json.is_discarded() || !json.is_object()) return fail(kMalformed, "JSON");
  return json;
}

std::string text_at(const Json& json, const char* name) {
  const auto found = json.find(name);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

Json json_of(const CommandRequest& request) {
  Json json = Json::object();
  json["command"] = request.command;
  json["options"] = request.options;
  json["text"] = request.text;
  return json;
}

Result<CommandRequest> request_of(const Json& json) {
  CommandRequest request;
  request.command = text_at(json, "command");
  request.text = text_at(json, "text");
  const auto options = json.find("options");
  if (request.command.empty() || options == json.end() || !options->is_object()) {
    return fail(kMalformed, "request");
  }
  for (const auto& [name, values] : options->items()) {
    if (!values.is_array()) return fail(kMalformed, "request option");
    for (const Json& value : values) {
      if (!value.is_string()) return fail(kMalformed, "request option");
      request.options[name].push_back(value.get<std::string>());
    }
  }
  return request;
}

}  // namespace

std::string to_json(const Value& value) { return dump(json_of(value)); }

std::string to_json(const Report& report) {
  Json json = Json::object();
  json["exit"] = static_cast<int>(report.exit);
  json["data"] = json_of(report.data);
  json["text"] = report.text;
  json["error"] = report.error;
  json["hint"] = report.hint;
  if (report.once_shown.has_value()) json["once_shown"] = json_of(*report.once_shown);
  return dump(json);
}

Result<Report> report_from_json(std::string_view text) {
  const Json json = TRY(parse(text, kMaxAnswerBytes));
  Report report;
  const auto exit = json.find("exit");
  const auto data = json.find("data");
  if (exit == json.end() || !exit->is_number_unsigned() || data == json.end())
    return fail(kMalformed, "report");
  report.exit = static_cast<Exit>(exit->get<std::uint8_t>());
  report.data = TRY(value_of(*data, 0));
  report.text = text_at(json, "text");
  report.error = text_at(json, "error");
  report.hint = text_at(json, "hint");
  if (const auto once = json.find("once_shown"); once != json.end() && once->is_object())
    report.once_shown = TRY(request_of(*once));
  return report;
}

std::string to_json(const CommandRequest& request) { return dump(json_of(request)); }

Result<CommandRequest> request_from_json(std::string_view text) {
  return request_of(TRY(parse(text, kMaxRequestBytes)));
}

}  // namespace tocsin
