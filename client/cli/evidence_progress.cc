#include "client/cli/evidence_progress.h"

#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

#include "client/cli/explain.h"
#include "client/cli/terminal.h"
#include "client/engine/evidence.h"
#include "protocol/evidence/limits.h"

namespace tocsin {
namespace {

using Steady = std::chrono::steady_clock;
constexpr std::chrono::seconds kShownEvery{1};
constexpr std::chrono::seconds kLoggedEvery{30};  // where nobody sees a line that changes

EvidenceStanding stage_of(const Report& status) {
  return static_cast<EvidenceStanding>(status.data.number_at("stage"));
}

bool has_arrived(const Report& status) {
  const bool sent = status.data.truth_at("sent");
  if (status.data.truth_at("dropping")) return false;  // a name that is no longer needed
  return is_over(stage_of(status)) || (sent && stage_of(status) == EvidenceStanding::kThere);
}

std::string amount(double bytes) {
  constexpr std::array kUnits{"B", "KiB", "MiB", "GiB"};
  std::size_t unit = 0;
  for (; bytes >= 1024 && unit + 1 < kUnits.size(); ++unit) bytes /= 1024;
  std::array<char, 32> text{};
  const int length = std::snprintf(text.data(), text.size(), unit == 0 ? "%.0f %s" : "%.1f %s",
                                   bytes, kUnits.at(unit));
  return {text.data(), static_cast<std::size_t>(std::max(length, 0))};
}

std::string time_left(double seconds) {
  const auto whole = static_cast<std::int64_t>(seconds);
  if (whole < 60) return std::to_string(whole) + " s";
  if (whole < 3'600) return std::to_string(whole / 60) + " min";
  return std::to_string(whole / 3'600) + " h " + std::to_string(whole / 60 % 60) + " min";
}

// "42 %, 3.1 MiB/s, 4 min left", over the time since it was followed.
class Pace {
 public:
  explicit Pace(const Report& begun) : from_(begun.data.number_at("moved")) {}

  std::string line(const Report& status) const {
    const double frames = static_cast<double>(status.data.number_at("frames"));
    const double moved = static_cast<double>(status.data.number_at("moved"));
    const double seconds = std::chrono::duration<double>(Steady::now() - begun_).count();
    const double rate = (moved - static_cast<double>(from_)) / std::max(seconds, 0.001);
    std::string text = std::to_string(static_cast<int>(frames > 0 ? moved * 100 / frames : 0)) +
                       " %, " + amount(rate * static_cast<double>(kFramePlainBytes)) + "/s";
    if (rate > 0) text += ", " + time_left((frames - moved) / rate) + " left";
    return text;
  }

 private:
  std::int64_t from_;
  Steady::time_point begun_ = Steady::now();
};

Report ended(Report status) {
  switch (stage_of(status)) {
    case EvidenceStanding::kDifferent:
      status.exit = Exit::kNotVerified;
      status.error = "what arrived is not what was sent";
      status.hint = "keep it apart, ask the other side by another way, and have it sent again";
      break;
    case EvidenceStanding::kRefused:
    case EvidenceStanding::kGivenUp:
    case EvidenceStanding::kGone:
    case EvidenceStanding::kChanged:
      status.exit = Exit::kFailed;
      status.error = "the file did not arrive: " + status.data.text_at("standing");
      status.hint = status.data.text_at("path").ends_with(kPartEnding)
                        ? "the part that came is kept; `tocsin evidence cancel NUMBER` erases it"
                        : "it can be sent again: tocsin evidence send";
      break;
    case EvidenceStanding::kOffered:
    case EvidenceStanding::kMoving:
    case EvidenceStanding::kThere:
    case EvidenceStanding::kWhole:
      break;
  }
  return status;
}

}  // namespace

bool moves_evidence(const CommandRequest& request) {
  return request.command == "evidence cancel" ||
         ((request.command == "evidence send" || request.command == "evidence import" ||
           request.command == "evidence receive") &&
          !request.has("no-wait"));
}

Report follow_evidence(const Report& begun, const CommandRequest& request,
                       const std::function<Result<Report>(const CommandRequest&)>& ask) {
  CommandRequest question = request;
  question.command = "evidence status";
  question.options["number"] = {std::to_string(begun.data.number_at("number"))};
  const bool live = ::isatty(STDERR_FILENO) == 1;
  const bool quiet = request.has("json");
  const Pace pace(begun);
  Report status = begun;
  Steady::time_point shown_at = Steady::now();
  while (!has_arrived(status)) {
    Result<Report> next = ask(question);
    if (!next.has_value()) return explain(next.error());
    if (next->exit != Exit::kDone) return *next;
    status = std::move(*next);
    if (quiet || Steady::now() - shown_at < (live ? kShownEvery : kLoggedEvery)) continue;
    shown_at = Steady::now();
    // Over the line before, to its end.
    say(live ? "\r\x1b[K" + pace.line(status) : pace.line(status) + "\n");
  }
  if (live && !quiet) say("\r\x1b[K");
  return request.command == "evidence cancel" ? status : ended(std::move(status));
}

}  // namespace tocsin
