#include "client/cli/conversation.h"

#include <poll.h>
#include <unistd.h>

#include <array>

#include "client/cli/terminal.h"
#include "client/codes.h"
#include "protocol/alert/unicode.h"

namespace tocsin {
namespace {

constexpr int kPauseMs = 500;

// PHR-2.3: the English of a draft stands below it.
std::string spoken(Language language, Phrase phrase, std::span<const std::string> values) {
  std::string text = say(language, phrase, values);
  if (needs_english_beside(language, phrase))
    text += "\n[" + say(Language::kEnglish, phrase, values) + "]";
  return text;
}

std::string indented(std::string_view text) {
  std::string out;
  for (const char c : text) {
    out += c;
    if (c == '\n') out += "     ";
  }
  return out;
}

bool is_typed(int milliseconds) {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  return ::poll(&input, 1, milliseconds) > 0;
}

std::optional<unsigned> digit_of(char32_t point) {
  // Where the digits 0 to 9 of a script stand in a row (Unicode 15, general category Nd).
  constexpr std::array<char32_t, 4> kZeros{U'0', U'\u0660', U'\u06f0', U'\u0966'};
  for (const char32_t zero : kZeros) {
    if (point >= zero && point <= zero + 9) return static_cast<unsigned>(point - zero);
  }
  return std::nullopt;
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

Choice::Choice(Language language, Phrase phrase) : text(spoken(language, phrase, {})) {}

std::optional<std::size_t> typed_number(std::string_view typed, std::size_t most) {
  const auto points = decode_utf8(trimmed(typed));
  if (!points.has_value() || points->empty()) return std::nullopt;
  std::size_t number = 0;
  for (const char32_t point : *points) {
    const std::optional<unsigned> digit = digit_of(point);
    if (!digit.has_value()) return std::nullopt;
    number = number * 10 + *digit;
    if (number > most) return std::nullopt;
  }
  if (number == 0) return std::nullopt;
  return number;
}

Status Conversation::show(std::string_view text) { return print_text(STDOUT_FILENO, text); }

Status Conversation::tell(Phrase phrase, std::initializer_list<std::string> values) {
  return show(spoken(language_, phrase, {values.begin(), values.size()}) + "\n");
}

Result<std::string> Conversation::typed_line() {
  const IdleClock idle;
  while (!is_typed(meanwhile_ ? 0 : kPauseMs)) {
    if (meanwhile_) TRY(meanwhile_());
    if (idle.is_idle_for(kIdleMinutes)) return fail(kNobodyTyped, "question");
  }
  std::optional<std::string> line = TRY(read_typed_line());
  if (!line.has_value()) return fail(kNotReady, "end of input");
  return std::string(trimmed(*line));
}

Result<std::size_t> Conversation::choose(std::span<const Choice> choices) {
  for (std::size_t i = 0; i < choices.size(); ++i)
    TRY(show("  " + std::to_string(i + 1) + "  " + indented(choices[i].text) + "\n"));
  TRY(tell(Phrase::kSayChooseNumber));
  for (;;) {
    const std::string typed = TRY(typed_line());
    if (const auto number = typed_number(typed, choices.size()); number.has_value())
      return *number - 1;
    TRY(tell(Phrase::kSayNotANumber, {std::to_string(choices.size())}));
  }
}

Result<bool> Conversation::ask_yes(Phrase question, std::initializer_list<std::string> values) {
  TRY(tell(question, values));
  const std::array choices{Choice(language_, Phrase::kSayYes), Choice(language_, Phrase::kSayNo)};
  return TRY(choose(choices)) == 0;
}

Result<std::string> Conversation::ask_line(Phrase question,
                                           std::initializer_list<std::string> values) {
  TRY(tell(question, values));
  return typed_line();
}

Result<std::string> Conversation::ask_text(Phrase question) {
  TRY(tell(question));
  std::string text;
  for (;;) {
    const std::string line = TRY(typed_line());
    if (line.empty()) return text;
    if (!text.empty()) text += '\n';
    text += line;
    if (text.size() > kMaxTextBytes) return fail(kTooLarge, "text");
  }
}

Result<SecretBytes> Conversation::ask_secret(Phrase question) {
  return tocsin::ask_secret(spoken(language_, question, {}));
}

Status Conversation::wait_for_enter() {
  TRY(tell(Phrase::kSayEnterToGoOn));
  static_cast<void>(TRY(typed_line()));
  return {};
}

}  // namespace tocsin
