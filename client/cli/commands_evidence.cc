// evidence send, receive, list, status, cancel.
#include <algorithm>

#include "client/cli/commands.h"
#include "client/cli/evidence_page.h"
#include "client/cli/terminal.h"
#include "client/engine/custody.h"
#include "client/engine/evidence.h"
#include "client/engine/sending.h"
#include "client/evidence/local_file.h"

namespace tocsin {
namespace {

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
  const std::uint64_t free = TRY(free_bytes_in(folder));
  if (free < length) return fail(kNoSpace, "evidence", static_cast<std::int64_t>(length - free));
  return {};
}

}  // namespace

// Where the person's words and the file meet: the rest of sending is the same for both commands.
namespace {

Result<Report> send_to_contact(Engine& engine, const CommandRequest& request, EvidenceOrder order) {
  const ContactRow contact = TRY(contact_named(engine, request.value_or("contact", "")));
  if (contact.standing == ContactStanding::kRequest)
    return failed(Exit::kFailed, "you have not accepted this person yet",
                  "tocsin contacts --accept NAME");
  if (TRY(is_stopped(engine, contact.id))) return stopped_report(engine, contact, request);
  order.contact = contact.id;
  const auto who = request.value("as");
  if (who.has_value()) TRY(check_custodian_name(*who));
  order.bytes_per_second = TRY(rate_of(request, order.length));
  if (const auto file = request.value("note"); file.has_value())
    order.note = TRY(read_text_file(*file));
  const EvidenceNumber id = TRY(offer_evidence(engine, std::move(order)));
  if (who.has_value()) TRY(name_custodian(engine, contact.id, *who));
  return evidence_page(engine, id);
}

// Some hundred keys; `read_secret_file` takes one line alone.
constexpr std::size_t kMostIdentityBytes = 16'384;

Result<age::Keys> keys_of(const CommandRequest& request) {
  age::Keys keys;
  if (const auto file = request.value("identity"); file.has_value()) {
    const SecretBytes text(TRY(read_file(*file, kMostIdentityBytes)));
    Result<std::vector<age::Identity>> identities =
        age::parse_identity_file(as_text(text.expose(kExpose)));
    if (!identities.has_value()) return fail(kBadIdentity, "--identity");
    keys.identities = std::move(*identities);
  }
  if (const auto file = request.value("age-passphrase-file"); file.has_value())
    keys.passphrase = TRY(read_secret_file(*file));
  if (keys.identities.empty() && !keys.passphrase.has_value())
    return fail(kClientBadUsage, "--identity, or --age-passphrase-file");
  return keys;
}

}  // namespace

// A folder was packed by the process that asks (evidence_pack.h): the identity that opens it comes
// along, and nothing but this row knows it afterwards.
Result<Report> evidence_send(Engine& engine, const CommandRequest& request) {
  const std::filesystem::path path(request.value_or("path", ""));
  const FileMark mark = TRY(evidence::mark_of(path));
  EvidenceOrder order{.path = path.string(),
                      .mark = mark,
                      .length = mark.length,
                      .name = path.filename().string(),
                      .note = {}};
  if (const auto identity = request.value("packed-for"); identity.has_value()) {
    age::Keys keys;
    keys.identities = TRY(age::parse_identity_file(*identity));
    evidence::OpenedAge opened = TRY(evidence::look_inside(path, mark, keys));
    order.length = opened.length;
    order.inside = std::move(opened.inside);
    order.packed = true;
    order.name = request.value_or("packed-name", "folder.tar");
  }
  return send_to_contact(engine, request, std::move(order));
}

Result<Report> evidence_import(Engine& engine, const CommandRequest& request) {
  const std::filesystem::path path(request.value_or("path", ""));
  const FileMark mark = TRY(evidence::mark_of(path));
  evidence::OpenedAge opened = TRY(evidence::look_inside(path, mark, TRY(keys_of(request))));
  const bool is_named_age = path.extension() == ".age";
  return send_to_contact(engine, request,
                         {.path = path.string(),
                          .mark = mark,
                          .length = opened.length,
                          .inside = std::move(opened.inside),
                          .name = (is_named_age ? path.stem() : path.filename()).string(),
                          .note = {}});
}

Result<Report> evidence_receive(Engine& engine, const CommandRequest& request) {
  const EvidenceRow row = TRY(evidence_named(engine, request));
  if (row.standing != EvidenceStanding::kOffered) return evidence_page(engine, row.id);
  const std::filesystem::path folder(request.value_or("folder", ""));
  TRY(check_space(folder, row.length));
  if (const auto who = request.value("as"); who.has_value())
    TRY(name_custodian(engine, row.contact, *who));
  TRY(want_evidence(engine, row.id, (folder / (row.name + std::string(kPartEnding))).string()));
  return evidence_page(engine, row.id);
}

Result<Report> evidence_list(Engine& engine, const CommandRequest&) {
  Report report;
  ValueList list;
  for (const EvidenceRow& row : TRY(all_evidence(engine.db()))) {
    const Report one = TRY(evidence_line(engine, row));
    list.push_back(one.data);
    report.text += one.text;
  }
  if (list.empty())
    report.line("Nothing was sent or offered yet: `tocsin evidence send CONTACT FILE`.");
  report.data.set("evidence", std::move(list));
  return report;
}

Result<Report> evidence_status(Engine& engine, const CommandRequest& request) {
  return evidence_page(engine, TRY(evidence_named(engine, request)).id);
}

Result<Report> evidence_cancel(Engine& engine, const CommandRequest& request) {
  const EvidenceRow row = TRY(evidence_named(engine, request));
  TRY(cancel_evidence(engine, row.id));
  return evidence_page(engine, row.id);
}

}  // namespace tocsin
