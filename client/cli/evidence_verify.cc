#include "client/cli/evidence_verify.h"

#include <unistd.h>

#include "client/bag/verify.h"
#include "client/cli/commands.h"
#include "client/cli/custody_page.h"
#include "client/cli/terminal.h"

namespace tocsin {
namespace {

Value number(std::uint64_t value) { return {static_cast<std::int64_t>(value)}; }

ValueList list_of(const std::vector<std::string>& texts) {
  ValueList list;
  for (const std::string& text : texts) list.emplace_back(shown(text));
  return list;
}

std::string joined(const std::vector<std::string>& texts) {
  std::string line;
  for (const std::string& text : texts) line += (line.empty() ? "" : ", ") + text;
  return line;
}

// "2 errors", "1 warning".
std::string count_of(std::uint64_t count, const char* what) {
  return std::to_string(count) + " " + what + (count == 1 ? "" : "s");
}

Value value_of(const bag::Finding& finding) {
  const bool is_error = finding.severity == bag::Severity::kError;
  Value item;
  item.set("severity", is_error ? "error" : "warning")
      .set("kind", std::string(name_of(finding.kind)))
      .set("file", shown(finding.file))
      .set("line", number(finding.line))
      .set("sentence", finding.sentence);
  return item;
}

std::string line_of(const bag::Finding& finding) {
  std::string line = finding.severity == bag::Severity::kError ? "error:   " : "warning: ";
  if (!finding.file.empty()) line += shown(finding.file) + ": ";
  line += finding.sentence;
  if (finding.line != 0) line += " (line " + std::to_string(finding.line) + ")";
  return line;
}

void tell_findings(const bag::Findings& findings, Report& report) {
  ValueList list;
  for (const bag::Finding& each : findings.kept()) {
    list.push_back(value_of(each));
    report.line(line_of(each));
  }
  const std::uint64_t all = findings.errors() + findings.warnings();
  if (all > findings.kept().size())
    report.line("… and " + std::to_string(all - findings.kept().size()) + " more");
  report.data.set("errors", number(findings.errors()))
      .set("warnings", number(findings.warnings()))
      .set("findings", std::move(list));
}

void tell_facts(const bag::BagFacts& facts, Report& report) {
  ValueList info;
  for (const bag::BagEntry& each : facts.info) {
    Value item;
    item.set("label", shown(each.label)).set("value", shown(each.value));
    info.push_back(std::move(item));
    report.line(shown(each.label) + ": " + shown(each.value));
  }
  report.data.set("version", facts.version)
      .set("encoding", facts.encoding)
      .set("algorithms", list_of(facts.algorithms))
      .set("tag_algorithms", list_of(facts.tag_algorithms))
      .set("payload_files", number(facts.payload_files))
      .set("payload_bytes", number(facts.payload_bytes))
      .set("payload_oxum", shown(facts.payload_oxum.value_or("")))
      .set("info", std::move(info));
}

// What the bag itself vouches for, and no more: whoever made it made its lists too.
std::string summary_of(const bag::BagReport& checked) {
  const std::string warnings = checked.findings.warnings() == 0
                                   ? ""
                                   : ", with " + count_of(checked.findings.warnings(), "warning");
  return "Valid" + warnings + ": BagIt " + checked.facts.version + ", " +
         count_of(checked.facts.payload_files, "file") + ", " +
         count_of(checked.facts.payload_bytes, "byte") + ", checked by " +
         joined(checked.facts.algorithms) +
         ". That is what its maker wrote down; who that was it cannot tell.";
}

// The certificates that a system trusts have half a megabyte.
constexpr std::size_t kMostAuthorityBytes = std::size_t{4} << 20U;

constexpr const char* kEmptyLine = "\r\x1b[K";

// A line that changes, for a person who waits at a terminal.
bag::BagWatch watch_for(const CommandRequest& request) {
  if (request.has("json") || ::isatty(STDERR_FILENO) != 1) return {};
  constexpr std::uint64_t kShownEvery = std::uint64_t{64} << 20;
  return [next = kShownEvery](const bag::BagProgress& progress) mutable {
    if (progress.bytes < next) return true;
    next = progress.bytes + kShownEvery;
    say(kEmptyLine + count_of(progress.files, "file") + ", " +
        std::to_string(progress.bytes >> 20U) + " MiB");
    return true;
  };
}

}  // namespace

Result<Report> evidence_verify(const CommandRequest& request) {
  const bag::BagWatch watch = watch_for(request);
  auto verified = bag::verify_bag(request.value_or("folder", ""), watch);
  if (watch) say(kEmptyLine);
  const bag::BagReport checked = TRY(std::move(verified));
  Report report;
  report.data.set("valid", checked.is_valid());
  tell_facts(checked.facts, report);
  tell_findings(checked.findings, report);
  if (checked.is_valid()) {
    report.line(summary_of(checked));
    Bytes authorities;
    if (const auto file = request.value("authorities"); file.has_value())
      authorities = TRY(read_file(*file, kMostAuthorityBytes));
    TRY(add_custody_of_bag(request.value_or("folder", ""), checked.sha256, authorities, report));
    return report;
  }
  report.line("NOT VALID: " + count_of(checked.findings.errors(), "error") + ", " +
              count_of(checked.findings.warnings(), "warning"));
  report.exit = Exit::kNotVerified;
  report.error = "this is not a valid bag";
  report.hint = "do not rely on it: ask whoever gave it to you for another copy";
  return report;
}

}  // namespace tocsin
