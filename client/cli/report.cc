#include "client/cli/report.h"

namespace tocsin {

Value& Value::set(std::string name, Value value) {
  if (!std::holds_alternative<ValueObject>(content)) content = ValueObject{};
  std::get<ValueObject>(content).emplace_back(std::move(name), std::move(value));
  return *this;
}

namespace {
const Value* member(const Value& value, std::string_view name) {
  const auto* object = std::get_if<ValueObject>(&value.content);
  if (object == nullptr) return nullptr;
  for (const auto& [key, held] : *object) {
    if (key == name) return &held;
  }
  return nullptr;
}

// What is held there when it is of this kind, else nothing.
template <class Kind>
const Kind* member_as(const Value& value, std::string_view name) {
  const Value* held = member(value, name);
  return held == nullptr ? nullptr : std::get_if<Kind>(&held->content);
}
}  // namespace

std::string Value::text_at(std::string_view name) const {
  const auto* text = member_as<std::string>(*this, name);
  return text == nullptr ? std::string() : *text;
}

std::int64_t Value::number_at(std::string_view name) const {
  const auto* number = member_as<std::int64_t>(*this, name);
  return number == nullptr ? 0 : *number;
}

bool Value::truth_at(std::string_view name) const {
  const auto* truth = member_as<bool>(*this, name);
  return truth != nullptr && *truth;
}

const ValueList& Value::list_at(std::string_view name) const {
  static const ValueList kNone;
  const auto* list = member_as<ValueList>(*this, name);
  return list == nullptr ? kNone : *list;
}

void Report::line(std::string_view text_line) {
  text.append(text_line);
  text.push_back('\n');
}

Report failed(Exit exit, std::string error, std::string hint) {
  Report report;
  report.exit = exit;
  report.error = std::move(error);
  report.hint = std::move(hint);
  return report;
}

}  // namespace tocsin
