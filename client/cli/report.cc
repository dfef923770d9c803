#include "client/cli/report.h"

namespace tocsin {

Value& Value::set(std::string name, Value value) {
  if (!std::holds_alternative<ValueObject>(content)) content = ValueObject{};
  std::get<ValueObject>(content).emplace_back(std::move(name), std::move(value));
  return *this;
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
