// evidence record, evidence handover, evidence export.
#include "client/cli/commands.h"
#include "client/cli/evidence_page.h"
#include "client/cli/terminal.h"
#include "client/engine/custody.h"
#include "client/store/setting.h"

namespace tocsin {
namespace {

// What a person did with a file that is theirs; the rest is recorded when it happens.
Result<CustodyEvent> event_of(const CommandRequest& request) {
  const std::string name = request.value_or("event", "");
  if (name == "opened") return CustodyEvent::kOpened;
  if (name == "exported") return CustodyEvent::kExported;
  if (name == "erased") return CustodyEvent::kErased;
  return fail(kClientBadUsage, "--event opened, exported or erased");
}

// Words out of a file; the line's end that an editor leaves is none of them.
Result<std::string> reason_of(const CommandRequest& request) {
  const auto file = request.value("why");
  if (!file.has_value()) return std::string();
  std::string why = TRY(read_text_file(*file));
  while (why.ends_with('\n')) why.pop_back();
  return why;
}

Status take_name(Engine& engine, const EvidenceRow& row, const CommandRequest& request) {
  const auto who = request.value("as");
  return who.has_value() ? name_custodian(engine, row.contact, *who) : Status{};
}

// Envelopes in hexadecimal: what the process that asked makes documents of.
Result<ValueList> values_of(std::span<const Dsse> envelopes) {
  ValueList list;
  for (const Dsse& envelope : envelopes) {
    const Bytes bytes = TRY(encode_dsse(envelope));
    list.emplace_back(to_hex(bytes));
  }
  return list;
}

// Both chains of the file's newest case, and what was handed over in it.
Status add_documents(Engine& engine, const EvidenceRow& row, Report& report) {
  const std::vector<CustodyCaseRow> cases = TRY(cases_of_file(engine.db(), row.file));
  if (cases.empty()) return fail(kNotReady, "custody of a file");
  const CustodyCaseRow& custody = cases.front();
  const std::vector<Dsse> ours = TRY(custody_chain(engine.db(), custody.id, Custodian::kUs));
  const std::vector<Dsse> theirs = TRY(custody_chain(engine.db(), custody.id, Custodian::kThem));
  std::vector<Dsse> papers;
  for (Dsse& paper : TRY(signed_hand_overs(engine.db(), row.contact))) {
    const HandOver said = TRY(decode_hand_over(paper.body));
    if (said.case_id == custody.case_id) papers.push_back(std::move(paper));
  }
  report.data.set("case", to_hex(custody.case_id.view()))
      .set("file", to_hex(row.file.view()))
      .set("chain", TRY(values_of(ours)))
      .set("their_chain", TRY(values_of(theirs)))
      .set("hand_overs", TRY(values_of(papers)))
      .set("proxy", TRY(find_text_setting(engine.db(), setting::kProxy)));
  return {};
}

}  // namespace

// Where it is, and its documents; the process that asked writes what is to be written, and has it
// recorded when it is there.
Result<Report> evidence_export(Engine& engine, const CommandRequest& request) {
  const EvidenceRow row = TRY(evidence_named(engine, request));
  const bool received = row.direction == EvidenceDirection::kReceived;
  // What was sent out of an age file or a folder is nowhere as it was sent.
  const bool is_here = row.content.has_value() && !row.path.empty() && !row.packed &&
                       row.name == std::filesystem::path(row.path).filename().string();
  if (received ? row.standing != EvidenceStanding::kWhole : !is_here)
    return fail(kNotReady, "evidence to export");
  Report report = TRY(evidence_page(engine, row.id));
  if (request.has("bag") || request.has("tsq")) TRY(add_documents(engine, row, report));
  return report;
}

Result<Report> evidence_record(Engine& engine, const CommandRequest& request) {
  const EvidenceRow row = TRY(evidence_named(engine, request));
  const CustodyEvent event = TRY(event_of(request));
  std::string why = TRY(reason_of(request));
  TRY(take_name(engine, row, request));
  TRY(record_custody(engine, row.id, {.event = event, .why = std::move(why)}));
  return evidence_page(engine, row.id);
}

Result<Report> evidence_hand_over(Engine& engine, const CommandRequest& request) {
  const EvidenceRow row = TRY(evidence_named(engine, request));
  const std::string why = TRY(reason_of(request));
  const std::optional<HandOverRow> known = TRY(find_hand_over(engine.db(), row.id));
  const bool asked = known.has_value() && known->standing == HandOverStanding::kAskedOfUs;
  const auto take = request.value("take");
  if (asked && !take.has_value())
    return failed(Exit::kUsage, "they hand it over to you: nothing was signed",
                  "read it with `tocsin evidence status`, then add --take " + number_of(*known));
  TRY(take_name(engine, row, request));
  if (take.has_value()) {
    TRY(take_over(engine, row.id, *take, why));
  } else {
    TRY(hand_over(engine, row.id, why));
  }
  return evidence_page(engine, row.id);
}

}  // namespace tocsin
