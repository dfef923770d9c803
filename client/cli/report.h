// client/cli/report.h: what a command answers: a tree of named values, and the same for people.
//
// Shape:   Value is text, number, truth, list or object; Report adds the lines a person reads and
//          the exit code
// Threads: values only
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "client/cli/request.h"
#include "crypto/base/result.h"

namespace tocsin {

struct Value;
using ValueList = std::vector<Value>;
using ValueObject =
    std::vector<std::pair<std::string, Value>>;  // keeps the order it was written in

struct Value {
  std::variant<std::string, std::int64_t, bool, ValueList, ValueObject> content;

  Value() : content(ValueObject{}) {}
  Value(std::string text) : content(std::move(text)) {}      // NOLINT(google-explicit-constructor)
  Value(const char* text) : content(std::string(text)) {}    // NOLINT(google-explicit-constructor)
  Value(bool truth) : content(truth) {}                      // NOLINT(google-explicit-constructor)
  Value(int number) : content(std::int64_t{number}) {}       // NOLINT(google-explicit-constructor)
  Value(unsigned number) : content(std::int64_t{number}) {}  // NOLINT(google-explicit-constructor)
  Value(std::int64_t number) : content(number) {}            // NOLINT(google-explicit-constructor)
  Value(ValueList list) : content(std::move(list)) {}        // NOLINT(google-explicit-constructor)
  Value(ValueObject object) : content(std::move(object)) {}  // NOLINT(google-explicit-constructor)

  // Adds to an object; the value becomes one if it was anything else.
  Value& set(std::string name, Value value);

  // What an object holds under a name; an empty text, zero, false or no items when it is not there
  // or of another kind.
  std::string text_at(std::string_view name) const;
  std::int64_t number_at(std::string_view name) const;
  bool truth_at(std::string_view name) const;
  const ValueList& list_at(std::string_view name) const;
};

// Documented in every man page. Stable.
enum class Exit : std::uint8_t {
  kDone = 0,
  kFailed = 1,       // refused or not possible; the hint says what to do
  kUsage = 2,        // the command line cannot be meant
  kLocked = 3,       // wrong passphrase, or the vault is in use and did not come free in time
  kNoRelay = 4,      // the relay did not answer; what was to be sent is kept and sent later
  kNotVerified = 5,  // what was asked to be authentic is not
  kNoVault = 6,      // there is no vault yet
};

struct Report {
  Exit exit = Exit::kDone;
  Value data;         // --json prints this
  std::string text;   // without --json this, as it is
  std::string error;  // with exit != kDone: what happened
  std::string hint;   //   and what to do
  // To be carried out when a person can have seen this: only then it counts as read.
  std::optional<CommandRequest> once_shown;
  bool is_shown = false;  // by this process already; does not travel

  void line(std::string_view text_line);
};

Report failed(Exit exit, std::string error, std::string hint);

// One line of JSON, and back; used by --json and by the socket between `tocsin run` and other
// commands.
std::string to_json(const Value& value);
std::string to_json(const Report& report);
Result<Report> report_from_json(std::string_view text);

}  // namespace tocsin
