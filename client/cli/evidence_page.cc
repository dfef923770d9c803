#include "client/cli/evidence_page.h"

#include <algorithm>

#include "client/cli/commands.h"
#include "client/cli/explain.h"
#include "client/cli/terminal.h"
#include "client/custody/custody_words.h"
#include "client/custody/utc_text.h"
#include "client/engine/custody.h"
#include "client/engine/evidence.h"
#include "protocol/evidence/padding.h"

namespace tocsin {
namespace {

const char* standing_name(const EvidenceRow& row) {
  const bool sent = row.direction == EvidenceDirection::kSent;
  switch (row.standing) {
    case EvidenceStanding::kOffered:
      return "offered";
    case EvidenceStanding::kMoving:
      return sent ? "being sent" : "being received";
    case EvidenceStanding::kThere:
      return "at the relay, not yet fetched";
    case EvidenceStanding::kWhole:
      return "whole";
    case EvidenceStanding::kDifferent:
      return "DIFFERENT";
    case EvidenceStanding::kRefused:
      return "refused";
    case EvidenceStanding::kGivenUp:
      return "given up";
    case EvidenceStanding::kGone:
      return "lost at the relay";
    case EvidenceStanding::kChanged:
      return "the file changed";
  }
  return "";
}

Result<Value> value_of(Engine& engine, const EvidenceRow& row) {
  const std::uint64_t count = TRY(frames_of(row.length));
  const ContactRow contact = TRY(load_contact(engine.db(), row.contact));
  Value item;
  item.set("number", row.id.value)
      .set("contact", contact.petname)
      .set("sent", row.direction == EvidenceDirection::kSent)
      .set("name", row.name)
      .set("length", static_cast<std::int64_t>(row.length))
      .set("frames", static_cast<std::int64_t>(count))
      .set("moved", static_cast<std::int64_t>(row.tree.count()))
      .set("taken", static_cast<std::int64_t>(row.taken))
      .set("standing", standing_name(row))
      .set("stage", static_cast<int>(row.standing))
      .set("over", is_over(row.standing))
      .set("dropping", !row.dropped.empty())
      .set("path", row.path);
  if (row.content.has_value()) item.set("sha256", to_hex(row.content->view()));
  if (!row.note.empty()) item.set("note", shown(row.note));
  if (row.fault != Code{}) {
    const Report why = explain({row.fault, "evidence"});
    item.set("held_up_by", why.error).set("hint", why.hint);
  }
  return item;
}

std::string line_of(const Value& item) {
  const std::int64_t frames = item.number_at("frames");
  const std::int64_t moved = item.number_at("moved");
  return std::to_string(item.number_at("number")) + "  " +
         (item.truth_at("sent") ? "to " : "from ") + shown(item.text_at("contact")) + ": " +
         shown(item.text_at("name")) + ", " + std::to_string(item.number_at("length")) +
         " bytes, " + item.text_at("standing") +
         (item.truth_at("over") || frames == 0
              ? ""
              : ", " + std::to_string(moved * 100 / frames) + " %");
}

Value value_of(const CustodyRecord& record, bool ours) {
  Value item;
  item.set("ours", ours)
      .set("number", static_cast<std::int64_t>(record.number))
      .set("at", utc_text(record.seconds))
      .set("event", std::string(event_words(record.event)))
      .set("who", record.who)
      .set("sha256", to_hex(record.item.content.view()));
  if (!record.why.empty()) item.set("why", record.why);
  return item;
}

std::string custody_line(const Value& item) {
  std::string line = "   " + item.text_at("at") + "  " + (item.truth_at("ours") ? "you" : "they") +
                     ", " + shown(item.text_at("who")) + ": " + item.text_at("event");
  if (const std::string why = item.text_at("why"); !why.empty()) line += " (" + shown(why) + ")";
  return line;
}

constexpr std::size_t kMostRecordsShown = 100;

// Both chains as far as they are about this file, by their custodians' clocks.
Status add_custody(Engine& engine, const EvidenceRow& row, Report& report) {
  ValueList list;
  for (const CustodyCaseRow& custody : TRY(cases_of_file(engine.db(), row.file))) {
    for (const Custodian whose : {Custodian::kUs, Custodian::kThem}) {
      for (const CustodyRecord& record :
           TRY(custody_of_file(engine.db(), custody.id, whose, row.file)))
        list.push_back(value_of(record, whose == Custodian::kUs));
    }
    const std::uint64_t waiting = TRY(count_waiting(engine.db(), custody));
    if (waiting > 0 && custody.fault == Code{}) {
      report.data.set("custody_missing", static_cast<std::int64_t>(custody.peer_length));
      report.line("   Their record " + std::to_string(custody.peer_length) +
                  " has not come yet; what follows it waits.");
    }
    if (custody.fault == Code{}) continue;
    report.data.set("custody_fault", explain({custody.fault, "custody"}).error)
        .set("custody_fault_at", custody.fault_at);
    report.line("   ! Their chain of custody does not hold from record " +
                std::to_string(custody.fault_at) + " on: " + report.data.text_at("custody_fault"));
  }
  std::ranges::stable_sort(list, {}, [](const Value& item) { return item.text_at("at"); });
  if (list.size() > kMostRecordsShown) {
    report.line("   … and " + std::to_string(list.size() - kMostRecordsShown) +
                " earlier records; a bag has all of them");
    list.erase(list.begin(), list.end() - static_cast<std::ptrdiff_t>(kMostRecordsShown));
  }
  for (const Value& item : list) report.line(custody_line(item));
  if (!list.empty()) report.data.set("custody", std::move(list));
  return {};
}

Status add_hand_over(Engine& engine, const EvidenceRow& row, Report& report) {
  const std::optional<HandOverRow> found = TRY(find_hand_over(engine.db(), row.id));
  if (!found.has_value()) return {};
  const HandOver said = TRY(decode_hand_over(found->envelope.body));
  if (!said.why.empty()) report.data.set("handover_why", said.why);
  switch (found->standing) {
    case HandOverStanding::kAsked:
      report.data.set("handover", "asked");
      report.line("   Hand-over, from you to them: waits for them to sign.");
      break;
    case HandOverStanding::kAskedOfUs:
      report.data.set("handover", "asked of you").set("handover_number", number_of(*found));
      report.line(
          "   Hand-over, from them to you: they ask you to sign that you take it over: `tocsin "
          "evidence handover " +
          std::to_string(row.id.value) + " --take " + number_of(*found) + "`.");
      break;
    case HandOverStanding::kSigned:
      report.data.set("handover", "signed by both");
      report.line(row.direction == EvidenceDirection::kSent
                      ? "   Hand-over, from you to them: signed by both."
                      : "   Hand-over, from them to you: signed by both.");
      break;
  }
  if (!said.why.empty()) report.line("   \"" + shown(said.why) + "\"");
  return {};
}

}  // namespace

Result<EvidenceRow> evidence_named(Engine& engine, const CommandRequest& request) {
  const std::optional<std::int64_t> number = whole_number(request.value_or("number", ""));
  if (!number.has_value()) return fail(kNoSuchEvidence, "number");
  return load_evidence(engine.db(), {*number});
}

Result<Report> evidence_line(Engine& engine, const EvidenceRow& row) {
  Report report;
  report.data = TRY(value_of(engine, row));
  report.line(line_of(report.data));
  return report;
}

Result<Report> evidence_page(Engine& engine, EvidenceNumber id) {
  const EvidenceRow row = TRY(load_evidence(engine.db(), id));
  Report report = TRY(evidence_line(engine, row));
  if (const std::string hash = report.data.text_at("sha256"); !hash.empty())
    report.line("   SHA-256 " + hash);
  if (!report.data.truth_at("sent") && !report.data.text_at("path").empty())
    report.line("   " + shown(report.data.text_at("path")));
  if (const std::string note = report.data.text_at("note"); !note.empty())
    report.line("   \"" + note + "\"");
  if (const std::string why = report.data.text_at("held_up_by"); !why.empty())
    report.line("   Held up: " + why + "; " + report.data.text_at("hint") +
                ". It is tried again by itself.");
  TRY(add_hand_over(engine, row, report));
  TRY(add_custody(engine, row, report));
  return report;
}

}  // namespace tocsin
