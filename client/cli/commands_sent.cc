// sent, keep, receipts: what was said, how far it got, how long it is kept.
#include "client/cli/commands.h"
#include "client/engine/sending.h"
#include "client/store/setting.h"

namespace tocsin {
namespace {

constexpr std::int64_t kCallAfterMs = 48 * 3'600'000;  // DLV-5.3
constexpr std::size_t kFirstWords = 60;                // letters of a text that tell which it is
constexpr std::int64_t kMaxKeepDays = 36'500;

bool has_no_receipt(const SentRow& sent) {
  return sent.undelivered || sent.progress < Progress::kDelivered;
}

void add_sent(Report& report, ValueList& list, const ContactRow& contact, const SentRow& sent,
              Instant now, Language language) {
  const std::string state = say(language, phrase_of(delivery_of(sent)));
  const bool call = has_no_receipt(sent) && now.milliseconds - sent.at.milliseconds >= kCallAfterMs;
  const bool is_alert = sent.kind == ContentKind::kAlert;
  std::string words = "alert";
  if (!is_alert) {
    const Result<std::string_view> text = decode_text(sent.body.expose(kExpose));
    words = safe_text(text.value_or(""),
                      {.max_letters = kFirstWords, .line_breaks = LineBreaks::kForbidden});
  }
  Value item;
  item.set("to", contact.petname)
      .set("at", time_text(sent.at))
      .set("kind", is_alert ? "alert" : "text")
      .set("state", state)
      .set("delivery", static_cast<int>(delivery_of(sent)))
      .set("age", age_text(sent.at, now))
      .set("call", call)
      .set("words", words);
  list.push_back(std::move(item));
  report.line(shown(contact.petname) + ", " + age_text(sent.at, now) + ": " + state + ", " +
              isolate(words));
  if (call) report.line("    " + say(language, Phrase::kCallNow));
}

}  // namespace

std::string age_text(Instant since, Instant now) {
  const std::int64_t minutes =
      std::max<std::int64_t>(0, now.milliseconds - since.milliseconds) / 60'000;
  if (minutes < 60) return std::to_string(minutes) + " min";
  if (minutes < 48 * 60) return std::to_string(minutes / 60) + " h";
  return std::to_string(minutes / (24 * 60)) + " d";
}

DeliveryState delivery_of(const SentRow& sent) {
  if (sent.undelivered) return DeliveryState::kUndelivered;
  switch (sent.progress) {
    case Progress::kQueued:
    case Progress::kSealed:
      return DeliveryState::kQueued;
    case Progress::kAtRelay:
      return DeliveryState::kAtRelay;
    case Progress::kDelivered:
      return DeliveryState::kOnDevice;
    case Progress::kRead:
      return DeliveryState::kRead;
    case Progress::kAcknowledged:
      return DeliveryState::kAcknowledged;
  }
  return DeliveryState::kQueued;
}

Result<Report> sent_command(Engine& engine, const CommandRequest& request) {
  const Language language = language_of(engine, request);
  std::optional<ContactId> only;
  if (const auto name = request.value("contact"); name.has_value())
    only = TRY(contact_named(engine, *name)).id;
  Report report;
  ValueList list;
  for (const ContactRow& contact : TRY(all_contacts(engine.db()))) {
    if (only.has_value() && contact.id != *only) continue;
    for (const SentRow& sent : TRY(sent_to(engine.db(), contact.id)))
      add_sent(report, list, contact, sent, engine.now(), language);
  }
  if (list.empty()) report.line("Nothing was written yet.");
  report.data.set("sent", std::move(list));
  return report;
}

Result<Report> keep_command(Engine& engine, const CommandRequest& request) {
  ContactRow contact = TRY(contact_named(engine, request.value_or("contact", "")));
  if (const auto wanted = request.value("days"); wanted.has_value()) {
    const std::optional<std::int64_t> days = *wanted == "always" ? 0 : whole_number(*wanted);
    if (!days.has_value() || *days < 0 || *days > kMaxKeepDays || (*days == 0 && *wanted == "0"))
      return failed(Exit::kUsage, "days are 1 to 36500, or the word always",
                    "see tocsin keep --help");
    contact.keep_days = static_cast<std::uint32_t>(*days);
    TRY(engine.in_transaction([&]() -> Status {
      ContactRow fresh = TRY(load_contact(engine.db(), contact.id));
      fresh.keep_days = contact.keep_days;
      TRY(update_contact(engine.db(), fresh));
      if (fresh.keep_days == 0) return {};
      return erase_said_before(
          engine.db(), fresh.id,
          milliseconds_after(engine.now(), -std::int64_t{fresh.keep_days} * kDaySpan));
    }));
  }
  Report report;
  report.data.set("contact", contact.petname).set("days", static_cast<int>(contact.keep_days));
  report.line(contact.keep_days == 0
                  ? "Texts from and to " + shown(contact.petname) + " are kept."
                  : "Texts from and to " + shown(contact.petname) + " are erased here " +
                        std::to_string(contact.keep_days) +
                        " days after they came or were written; what was not read yet stays. "
                        "Alerts are kept. What they keep is theirs to say.");
  return report;
}

Result<Report> receipts_command(Engine& engine, const CommandRequest& request) {
  if (const auto choice = request.value("choice"); choice.has_value()) {
    if (*choice != "on" && *choice != "off")
      return failed(Exit::kUsage, "receipts are on or off", "tocsin receipts off");
    TRY(engine.in_transaction(
        [&] { return save_setting(engine.db(), setting::kReceipts, as_bytes(*choice)); }));
  }
  const bool on = TRY(receipt_policy(engine)) == ReceiptPolicy::kSend;
  Report report;
  report.data.set("receipts", on ? "on" : "off");
  report.line(on ? "Contacts are told when their messages came and were read."
                 : "Contacts are not told that their messages came or were read; an alert that you "
                   "acknowledge is. They repeat what has no receipt, and are told to call you.");
  return report;
}

}  // namespace tocsin
