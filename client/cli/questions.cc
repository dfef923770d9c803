#include "client/cli/questions.h"

#include <unistd.h>

#include <algorithm>
#include <array>

#include "client/cli/explain.h"
#include "client/cli/terminal.h"
#include "client/codes.h"
#include "client/store/details_file.h"

namespace tocsin {
namespace {

void show_first(const Report& report) { say(report.text); }

// Shows what the label belongs to, then asks for the label.
Report sign_after_reading(CommandRequest request, const Carrier& carry) {
  CommandRequest show = request;
  show.command = "alert show";
  if (!request.has("file")) show.options.erase("key-file-of");
  const Report page = carry(show);
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
  const Report digits = carry(request);
  if (digits.exit != Exit::kDone) return digits;
  show_first(digits);
  const Result<std::string> answer = ask_line("Are all digits the same on both sides? (yes/no)");
  if (!answer.has_value()) return explain(answer.error());
  if (*answer == "yes") {
    request.options["same"] = {""};
  } else {
    request.options["digits"] = {*answer == "no" ? "0" : *answer};
  }
  return carry(request);
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
constexpr std::array<std::string_view, 9> kDetails{
    "kind", "level", "confidence", "family", "device", "call", "from", "until", "case"};
struct Question {
  const char* name;
  const char* prompt;
};
constexpr std::array kQuestions{
    Question{"level", "How far it went (targeted, attempted, infected; empty for none):"},
    Question{"confidence", "How sure you are (low, medium, high; empty for none):"},
    Question{"family", "The spyware, if it may be said (may be empty):"},
    Question{"device", "Which device or account, as the person knows it (may be empty):"},
    Question{"call", "Whom to call (may be empty):"},
    Question{"case", "Your label of the case, for co-signers only:"},
};

}  // namespace

Status take_details(CommandRequest& request) {
  if (request.command != "alert draft") return {};
  if (const auto file = request.value("details"); file.has_value()) {
    const std::string text = TRY(read_text_file(*file));
    for (auto& [name, value] : TRY(parse_details(text, kDetails))) {
      request.options.try_emplace(name, std::vector<std::string>{value});
    }
    return {};
  }
  if (!can_ask() || request.has("json")) return {};
  for (const Question& question : kQuestions) {
    if (request.has(question.name)) continue;
    const std::string answer = TRY(ask_line(question.prompt));
    if (!answer.empty()) request.options[question.name] = {answer};
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
  if (request.has("out") || (request.command == "org sign" && request.has("file"))) return false;
  if (request.command == "contacts")
    return request.has("accept") || request.has("reset") || request.has("tell");
  static constexpr std::array<std::string_view, 14> kQueueing{
      "accept",     "invite",      "send",           "org create", "org sign",
      "org offer",  "org replace", "alert draft",    "alert sign", "alert refuse",
      "alert send", "alert ack",   "alert withdraw", "collect"};
  return std::find(kQueueing.begin(), kQueueing.end(), request.command) != kQueueing.end();
}

}  // namespace tocsin
