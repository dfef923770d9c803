// evidence send, receive, list, status, cancel.
#include <sys/statvfs.h>

#include <algorithm>

#include "client/cli/commands.h"
#include "client/cli/terminal.h"
#include "client/engine/evidence.h"
#include "client/engine/sending.h"
#include "client/evidence/local_file.h"
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

Result<EvidenceRow> evidence_named(Engine& engine, const CommandRequest& request) {
  const std::optional<std::int64_t> number = whole_number(request.value_or("number", ""));
  if (!number.has_value()) return fail(kNoSuchEvidence, "number");
  return load_evidence(engine.db(), {*number});
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
      .set("path", row.path);
  if (row.content.has_value()) item.set("sha256", to_hex(row.content->view()));
  if (!row.note.empty()) item.set("note", shown(row.note));
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

Result<Report> page_of(Engine& engine, EvidenceNumber id) {
  Report report;
  report.data = TRY(value_of(engine, TRY(load_evidence(engine.db(), id))));
  report.line(line_of(report.data));
  if (const std::string hash = report.data.text_at("sha256"); !hash.empty())
    report.line("   SHA-256 " + hash);
  if (!report.data.truth_at("sent") && !report.data.text_at("path").empty())
    report.line("   " + shown(report.data.text_at("path")));
  if (const std::string note = report.data.text_at("note"); !note.empty())
    report.line("   \"" + note + "\"");
  return report;
}

// "200K", "2M", "1500": bytes a second.
Result<std::uint64_t> rate_of(std::string_view text) {
  std::uint64_t unit = 1;
  if (text.ends_with('K') || text.ends_with('k')) unit = std::uint64_t{1} << 10U;
  if (text.ends_with('M') || text.ends_with('m')) unit = std::uint64_t{1} << 20U;
  if (unit > 1) text.remove_suffix(1);
  const std::optional<std::int64_t> number = whole_number(text);
  if (!number.has_value() || *number < 1 || *number > (std::int64_t{1} << 30))
    return fail(kClientBadUsage, "--limit-rate");
  return static_cast<std::uint64_t>(*number) * unit;
}

// What the person allows; both at once cannot be meant.
Result<std::uint64_t> rate_of(const CommandRequest& request, std::uint64_t length) {
  if (request.has("limit-rate") && request.has("trickle"))
    return fail(kClientBadUsage, "--limit-rate with --trickle");
  if (const auto rate = request.value("limit-rate"); rate.has_value()) return rate_of(*rate);
  const std::int64_t hours = TRY(number_option(request, "trickle", 0));
  if (hours == 0) return 0;
  if (hours < 0 || hours > 24 * 7) return fail(kClientBadUsage, "--trickle 1 to 168");
  return std::max<std::uint64_t>(length / (static_cast<std::uint64_t>(hours) * 3'600), 1);
}

Status check_space(const std::filesystem::path& folder, std::uint64_t length) {
  struct statvfs space{};
  if (::statvfs(folder.c_str(), &space) != 0) return fail_with_errno("folder of a new file");
  const std::uint64_t free = std::uint64_t{space.f_bavail} * space.f_frsize;
  if (free < length) return fail(kNoSpace, "evidence", static_cast<std::int64_t>(length - free));
  return {};
}

}  // namespace

Result<Report> evidence_send(Engine& engine, const CommandRequest& request) {
  const ContactRow contact = TRY(contact_named(engine, request.value_or("contact", "")));
  if (contact.standing == ContactStanding::kRequest)
    return failed(Exit::kFailed, "you have not accepted this person yet",
                  "tocsin contacts --accept NAME");
  if (TRY(is_stopped(engine, contact.id))) return stopped_report(engine, contact, request);
  const std::filesystem::path path(request.value_or("path", ""));
  const FileMark mark = TRY(evidence::mark_of(path));
  const std::uint64_t rate = TRY(rate_of(request, mark.length));
  std::string note;
  if (const auto file = request.value("note"); file.has_value()) note = TRY(read_text_file(*file));
  const Result<EvidenceNumber> id = offer_evidence(engine, {.contact = contact.id,
                                                            .path = path.string(),
                                                            .mark = mark,
                                                            .name = path.filename().string(),
                                                            .note = note,
                                                            .bytes_per_second = rate});
  return page_of(engine, TRY(id));
}

Result<Report> evidence_receive(Engine& engine, const CommandRequest& request) {
  const EvidenceRow row = TRY(evidence_named(engine, request));
  if (row.standing != EvidenceStanding::kOffered) return page_of(engine, row.id);
  const std::filesystem::path folder(request.value_or("folder", ""));
  TRY(check_space(folder, row.length));
  TRY(want_evidence(engine, row.id, (folder / (row.name + std::string(kPartEnding))).string()));
  return page_of(engine, row.id);
}

Result<Report> evidence_list(Engine& engine, const CommandRequest&) {
  Report report;
  ValueList list;
  for (const EvidenceRow& row : TRY(all_evidence(engine.db()))) {
    list.push_back(TRY(value_of(engine, row)));
    report.line(line_of(list.back()));
  }
  if (list.empty())
    report.line("Nothing was sent or offered yet: `tocsin evidence send CONTACT FILE`.");
  report.data.set("evidence", std::move(list));
  return report;
}

Result<Report> evidence_status(Engine& engine, const CommandRequest& request) {
  return page_of(engine, TRY(evidence_named(engine, request)).id);
}

// Where it is; client/cli/evidence_export.cc does the rest in the process that asked.
Result<Report> evidence_export(Engine& engine, const CommandRequest& request) {
  const EvidenceRow row = TRY(evidence_named(engine, request));
  if (!row.content.has_value() || row.path.empty() ||
      (row.direction == EvidenceDirection::kReceived && row.standing != EvidenceStanding::kWhole))
    return fail(kNotReady, "evidence to export");
  return page_of(engine, row.id);
}

Result<Report> evidence_cancel(Engine& engine, const CommandRequest& request) {
  const EvidenceRow row = TRY(evidence_named(engine, request));
  TRY(cancel_evidence(engine, row.id));
  return page_of(engine, row.id);
}

}  // namespace tocsin
