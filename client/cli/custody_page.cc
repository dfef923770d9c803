#include "client/cli/custody_page.h"

#include "client/cli/commands.h"
#include "client/codes.h"
#include "client/custody/custody_words.h"
#include "client/custody/utc_text.h"

namespace tocsin {
namespace {

// Of all files of a log together; 10,000 records have 20 MB.
constexpr std::size_t kMostLogBytes = std::size_t{256} << 20U;

// Names that a log has, and plain files, only: the bag's own check tells of the rest.
Result<std::vector<LogFile>> log_of(const Path& folder) {
  std::vector<LogFile> files;
  std::error_code fault;
  std::size_t bytes = 0;
  for (auto entry = std::filesystem::directory_iterator(folder, fault);
       !fault && entry != std::filesystem::directory_iterator(); entry.increment(fault)) {
    const std::string name = entry->path().filename().string();
    if (!log_part(name).has_value() || !is_regular_file(entry->symlink_status(fault))) continue;
    if (files.size() >= kMostLogFiles) return fail(kTooLarge, "files of a custody log");
    Bytes content = TRY(read_file(entry->path(), kMostLogFileBytes));
    files.push_back({name, std::move(content)});
    bytes += files.back().bytes.size();
    if (bytes > kMostLogBytes) return fail(kTooLarge, "custody log");
  }
  return files;
}

Value value_of(const ChainFacts& facts) {
  const auto records = static_cast<std::int64_t>(facts.chain.records().size());
  Value item;
  item.set("custodian", to_hex(facts.chain.custodian().view())).set("records", records);
  if (!facts.chain.records().empty()) item.set("who", shown(facts.chain.records().back().who));
  if (!facts.anchor.has_value()) return item;
  const auto anchored = static_cast<std::int64_t>(facts.anchor->record);
  return item
      .set("anchored_by", facts.anchor->kind == AnchorKind::kHandOver ? "hand-over" : "time stamp")
      .set("anchored_record", anchored)
      .set("anchored_at", utc_text(facts.anchor->seconds))
      .set("after_it", records - 1 - anchored);
}

void tell(const CustodyVerdict& verdict, Report& report) {
  for (const std::string& line : verdict_lines(verdict)) report.line(line);
  ValueList chains;
  for (const ChainFacts& facts : verdict.chains) chains.push_back(value_of(facts));
  ValueList findings;
  for (const CustodyFinding& finding : verdict.findings) {
    Value item;
    item.set("file", shown(finding.file)).set("sentence", finding.sentence);
    findings.push_back(std::move(item));
  }
  Value data;
  data.set("holds", verdict.holds())
      .set("hand_overs", static_cast<std::int64_t>(verdict.hand_overs.size()))
      .set("time_stamps", static_cast<std::int64_t>(verdict.time_stamps.size()))
      .set("chains", std::move(chains))
      .set("findings", std::move(findings));
  report.data.set("custody", std::move(data));
}

}  // namespace

Status add_custody_of_bag(const Path& bag, const Payload& payload, BytesView authorities,
                          Report& report) {
  const std::vector<LogFile> files = TRY(log_of(bag / "custody"));
  if (files.empty()) return {};
  CustodyVerdict verdict = verify_custody(files, authorities);
  check_payload(payload, verdict);
  tell(verdict, report);
  if (verdict.holds() || report.exit != Exit::kDone) return {};
  report.exit = Exit::kNotVerified;
  report.error = "the custody in this bag does not hold";
  report.hint = "do not rely on it: ask the other custodian for what he holds";
  return {};
}

}  // namespace tocsin
