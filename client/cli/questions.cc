#include "client/cli/questions.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "client/cli/alert_choices.h"
#include "client/cli/commands.h"
#include "client/cli/explain.h"
#include "client/cli/terminal.h"
#include "client/codes.h"
#include "client/store/details_file.h"
#include "crypto/ratchet/fingerprint.h"

namespace tocsin {
namespace {

constexpr int kAskedAtMost = 3;

void show_first(const Report& report) { say(report.text); }

// Shows what the label belongs to, then asks for the label.
Report sign_after_reading(CommandRequest request, const Carrier& carry) {
  CommandRequest show = request;
  show.command = "alert show";
  if (!request.has("file")) show.options.erase("key-file-of");
  Report page = carry(show);
  if (page.exit != Exit::kDone) return page;
  show_first(page);
  const Result<std::string> label =
      ask_line("To sign, type the case label exactly as it stands above:");
  if (!label.has_value()) return explain(label.error());
  request.options["confirm"] = {*label};
  if (const std::string body = page.data.text_at("body"); !body.empty())
    request.options["body"] = {body};
  return carry(request);
}

Report verify_by_asking(CommandRequest request, const Carrier& carry) {
  Report page = carry(request);
  if (page.exit != Exit::kDone) return page;
  show_first(page);
  // "They differ" is an alarm of an attack, so only a plain answer is one.
  for (int asked = 0; asked < kAskedAtMost; ++asked) {
    const Result<std::string> answer =
        ask_line("Are all digits the same on both sides? Type yes, no, or the digits they read:");
    if (!answer.has_value()) return explain(answer.error());
    const auto digits = static_cast<std::size_t>(
        std::ranges::count_if(*answer, [](char c) { return c >= '0' && c <= '9'; }));
    if (*answer == "yes") {
      request.options["same"] = {""};
    } else if (*answer == "no") {
      request.options["digits"] = {"0"};
    } else if (digits == kSafetyDigits) {
      request.options["digits"] = {*answer};
    } else {
      continue;
    }
    return carry(request);
  }
  return failed(Exit::kFailed, "nothing was decided, and nothing was changed",
                "type the whole word `yes` or `no`, or all 60 digits");
}

Report confirm_by_asking(CommandRequest request, const Carrier& carry) {
  const Result<std::string> words = ask_line("Type the words that you hear:");
  if (!words.has_value()) return explain(words.error());
  request.options["words"] = {*words};
  return carry(request);
}

Report remove_by_asking(CommandRequest request, const Carrier& carry) {
  const Result<std::string> answer =
      ask_line("Everything from and to " + request.value_or("remove", "") +
               " is erased here, alerts too, and cannot be brought back. Type the name again:");
  if (!answer.has_value()) return explain(answer.error());
  if (*answer != request.value_or("remove", ""))
    return explain({kNotConfirmed, "name of a contact"});
  request.options["yes"] = {""};
  return carry(request);
}

// What --details may hold. The dates and the level can be options as well.
constexpr std::array<DetailName, 10> kDetails{{{"kind"},
                                               {"level"},
                                               {"confidence"},
                                               {"basis", true},
                                               {"family"},
                                               {"device"},
                                               {"call"},
                                               {"from"},
                                               {"until"},
                                               {"case"}}};
struct Question {
  const char* name;
  const char* prompt;
};
constexpr std::array kQuestions{
    Question{"level", "How far it went (targeted, attempted, infected; empty for none):"},
    Question{"confidence", "How sure you are (low, medium, high; empty for none):"},
    Question{"basis",
             "How it is known (traces, message, network, provider, list, other; one or more):"},
    Question{"family", "The spyware, if it may be said (may be empty):"},
    Question{"device", "Which device or account, as the person knows it (may be empty):"},
    Question{"call", "Whom to call (may be empty):"},
    Question{"case", "Your label of the case, for co-signers only:"},
};

std::string words_of(const DetailsRefusal& refusal) {
  std::string place = "details file, line " + std::to_string(refusal.line) + ": ";
  const std::string name = "'" + shown(refusal.name) + "'";
  switch (refusal.fault) {
    case DetailsFault::kNotToml:
      return place + "this is not TOML";
    case DetailsFault::kUnknownName:
      return place + "there is no detail called " + name;
    case DetailsFault::kNotText:
      return place + name + " takes a text in quotes";
    case DetailsFault::kTooLong:
      return "details file: too long";
  }
  return place;
}

std::string known_details() {
  std::string names;
  for (const DetailName& detail : kDetails)
    names += (names.empty() ? "" : ", ") + std::string(detail.name);
  return "known are: " + names + "; for example: level = \"infected\"";
}

// A choice that is none, by the name and the value that were given; nothing when all can be meant.
std::optional<Report> refused_choice(const CommandRequest& request) {
  const auto check = [&](const char* option, const auto& table) -> std::optional<Report> {
    const auto given = request.options.find(option);
    if (given == request.options.end()) return std::nullopt;
    for (const std::string& value : given->second) {
      if (choice_named(table, value).has_value()) continue;
      return failed(Exit::kUsage, "'" + shown(value) + "' is no " + option,
                    "one of: " + choices_of(table));
    }
    return std::nullopt;
  };
  for (auto& refused : {check("kind", kKinds), check("level", kLevels),
                        check("confidence", kConfidences), check("basis", kBases)}) {
    if (refused.has_value()) return refused;
  }
  return std::nullopt;
}

// "traces, message" -> two values.
std::vector<std::string> listed(std::string_view typed) {
  std::vector<std::string> values;
  while (!typed.empty()) {
    const std::size_t end = std::min(typed.find_first_of(", "), typed.size());
    if (end > 0) values.emplace_back(typed.substr(0, end));
    typed.remove_prefix(std::min(end + 1, typed.size()));
  }
  return values;
}

std::optional<Report> ask_for(const Question& question, CommandRequest& request) {
  std::optional<Report> refused;
  for (int asked = 0; asked < kAskedAtMost; ++asked) {
    const Result<std::string> answer = ask_line(question.prompt);
    if (!answer.has_value()) return explain(answer.error());
    if (answer->empty()) return std::nullopt;
    request.options[question.name] =
        std::string_view(question.name) == "basis" ? listed(*answer) : std::vector{*answer};
    refused = refused_choice(request);
    if (!refused.has_value()) return std::nullopt;
    say(refused->error + "; " + refused->hint + "\n");
  }
  return refused;
}

}  // namespace

Report take_details(CommandRequest& request) {
  if (request.command != "alert draft") return {};
  const auto file = request.value("details");
  if (file.has_value()) {
    const Result<std::string> text = read_text_file(*file);
    if (!text.has_value()) return explain(text.error());
    auto details = parse_details(*text, kDetails);
    if (!details.has_value())
      return failed(Exit::kUsage, words_of(details.error()), known_details());
    for (auto& [name, values] : *details) request.options.try_emplace(name, std::move(values));
  }
  if (auto refused = refused_choice(request); refused.has_value()) return *refused;
  if (file.has_value() || !can_ask() || request.has("json")) return {};
  const bool notification = request.value_or("kind", "notification") == "notification";
  for (const Question& question : kQuestions) {
    const std::string_view name = question.name;
    const bool about_a_device = name != "call" && name != "case";
    if (request.has(question.name) || (about_a_device && !notification)) continue;
    if (auto refused = ask_for(question, request); refused.has_value()) return *refused;
  }
  return {};
}

Report ask_and_carry(const CommandRequest& request, const Carrier& carry) {
  const bool ask = can_ask() && !request.has("json");
  if (ask && request.command == "alert sign" && !request.has("confirm"))
    return sign_after_reading(request, carry);
  if (ask && request.command == "verify" && !request.has("digits") && !request.has("picture"))
    return verify_by_asking(request, carry);
  if (ask && request.command == "contacts" && request.has("remove") && !request.has("yes"))
    return remove_by_asking(request, carry);
  if (ask && request.command == "org confirm" && !request.has("words"))
    return confirm_by_asking(request, carry);
  return carry(request);
}

bool queues_messages(const CommandRequest& request) {
  // What is asked by a file is answered by one, and carried by hand.
  if ((request.has("out") && request.command != "evidence export") ||
      (request.command == "org sign" && request.has("file")))
    return false;
  if (request.command == "contacts")
    return request.has("accept") || request.has("reset") || request.has("tell");
  // clang-format off: it would give each a line
  static constexpr std::array<std::string_view, 20> kQueueing{
      "accept", "invite", "send", "org create", "org sign", "org offer", "org replace", "alert draft", "alert sign",
      "alert refuse", "alert send", "alert ack", "alert withdraw", "collect", "evidence send", "evidence import",
      "evidence receive", "evidence cancel", "evidence record", "evidence handover"};
  // clang-format on
  return std::find(kQueueing.begin(), kQueueing.end(), request.command) != kQueueing.end();
}

}  // namespace tocsin
