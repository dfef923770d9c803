// inbox, and what was shown of it.
#include <algorithm>
#include <map>

#include "client/cli/commands.h"
#include "client/cli/terminal.h"
#include "client/engine/alerts.h"
#include "client/engine/sending.h"
#include "client/store/alert_rows.h"
#include "client/store/message_rows.h"
#include "protocol/alert/render.h"

namespace tocsin {
namespace {

// What one `inbox` shows: a screen has an end, and so has the socket to the owner. What is left out
// is not marked as read.
constexpr std::size_t kExcerptBytes = std::size_t{4} << 20;
constexpr std::size_t kExcerptTexts = 4'096;
// Their numbers travel back in one request (kShownCommand).
constexpr std::size_t kNumberBytes = 24;  // of 64 bits, quoted, with a comma
static_assert(kExcerptTexts * kNumberBytes < kMaxRequestBytes);
enum class ShownEnd : std::uint8_t { kOldest, kNewest };  // which of them are shown
struct Excerpt {
  std::vector<IncomingRow> rows;
  std::size_t left_out = 0;
};
Excerpt excerpt_of(std::vector<IncomingRow> rows, ShownEnd end) {
  const auto size = [](const IncomingRow& row) { return row.body.expose(kExpose).size(); };
  Excerpt excerpt;
  std::size_t bytes = 0;
  if (end == ShownEnd::kNewest) std::ranges::reverse(rows);
  for (IncomingRow& row : rows) {
    if (excerpt.left_out > 0 || bytes + size(row) > kExcerptBytes ||
        excerpt.rows.size() == kExcerptTexts) {
      ++excerpt.left_out;
      continue;
    }
    bytes += size(row);
    excerpt.rows.push_back(std::move(row));
  }
  if (end == ShownEnd::kNewest) std::ranges::reverse(excerpt.rows);
  return excerpt;
}

}  // namespace

Result<Report> inbox_command(Engine& engine, const CommandRequest& request) {
  std::optional<ContactId> only;
  if (const auto name = request.value("contact"); name.has_value())
    only = TRY(contact_named(engine, *name)).id;
  const Language language = language_of(engine, request);
  Report report;
  ValueList list;
  std::vector<std::string> unread;
  const Excerpt excerpt = excerpt_of(
      TRY(incoming_texts(engine.db(), only, request.has("all") ? Which::kAll : Which::kUnread)),
      request.has("all") ? ShownEnd::kNewest : ShownEnd::kOldest);
  for (const IncomingRow& row : excerpt.rows) {
    const ContactRow contact = TRY(load_contact(engine.db(), row.contact));
    const Result<std::string_view> text = decode_text(row.body.expose(kExpose));
    if (!text.has_value()) continue;
    Value item;
    item.set("from", contact.petname)
        .set("received", time_text(row.received))
        .set("text", std::string(*text));
    item.set("verified", contact.verified != Verified::kNot).set("new", !row.read);
    list.push_back(std::move(item));
    report.line(shown(contact.petname) +
                (contact.verified == Verified::kNot ? " (not verified)" : "") + ", " +
                time_text(row.received) + ":");
    report.line(isolate(
        safe_text(*text, {.max_letters = kMaxTextBytes, .line_breaks = LineBreaks::kAllowed})));
    if (!row.read) unread.push_back(std::to_string(row.id));
  }
  if (!unread.empty())
    report.once_shown = CommandRequest{std::string(kShownCommand), {{"message", unread}}, {}};
  if (list.empty()) report.line(say(language, Phrase::kSayInboxEmpty));
  if (excerpt.left_out > 0) {
    report.line(std::to_string(excerpt.left_out) +
                (request.has("all") ? " older ones are left out; name a contact to see theirs."
                                    : " more wait: type the command again."));
  }
  report.data.set("left_out", static_cast<std::int64_t>(excerpt.left_out));
  report.data.set("messages", std::move(list));
  return report;
}

Result<Report> shown_command(Engine& engine, const CommandRequest& request) {
  TRY(engine.in_transaction([&]() -> Status {
    std::map<ContactId, std::vector<MessageId>> read;
    for (const std::string& number : request.values("message")) {
      const std::optional<std::int64_t> id = whole_number(number);
      if (!id.has_value()) return fail(kClientBadUsage, "number of a message");
      if (const std::optional<TextRead> text = TRY(mark_read(engine.db(), *id)); text.has_value())
        read[text->contact].push_back(text->message);
    }
    if (TRY(receipt_policy(engine)) == ReceiptPolicy::kNever) return {};
    for (const auto& [id, messages] : read) {
      ContactRow contact = TRY(load_contact(engine.db(), id));
      for (const MessageId& message : messages)
        contact.inbox.receipts.add({message, ReceiptState::kRead});
      TRY(update_contact(engine.db(), contact));
    }
    return {};
  }));
  if (request.has("alert")) {
    const std::optional<AlertRow> alert =
        TRY(find_alert(engine.db(), TRY(number_option(request, "alert", 0))));
    if (alert.has_value()) TRY(note_alert_read(engine, *alert));
  }
  return Report{};
}

}  // namespace tocsin
