// invite, accept, contacts, verify, send.
#include <algorithm>

#include "client/cli/commands.h"
#include "client/cli/new_file.h"
#include "client/cli/picture.h"
#include "client/cli/picture_reader.h"
#include "client/cli/rounds.h"
#include "client/cli/terminal.h"
#include "client/engine/pairing.h"
#include "client/engine/removal.h"
#include "client/engine/sending.h"
#include "client/engine/session_opening.h"
#include "client/store/message_rows.h"
#include "crypto/ratchet/fingerprint.h"
#include "protocol/alert/render.h"

namespace tocsin {
namespace {

const char* progress_name(Progress progress) {
  switch (progress) {
    case Progress::kQueued:
    case Progress::kSealed:
      return "queued";
    case Progress::kAtRelay:
      return "at relay";
    case Progress::kDelivered:
      return "on the device";
    case Progress::kRead:
      return "read";
    case Progress::kAcknowledged:
      return "acknowledged";
  }
  return "queued";
}

const char* verified_name(Verified verified) {
  switch (verified) {
    case Verified::kNot:
      return "not verified";
    case Verified::kDigits:
      return "verified by digits";
    case Verified::kPicture:
      return "verified by picture";
    case Verified::kWords:
      return "verified by words";
  }
  return "not verified";
}

const char* standing_name(ContactStanding standing) {
  switch (standing) {
    case ContactStanding::kInvited:
      return "waiting for their first answer";
    case ContactStanding::kRequest:
      return "wrote to you first; answer with `contacts --accept`";
    case ContactStanding::kAccepted:
      return "connected";
    case ContactStanding::kLeaving:
      return "being removed: a farewell is on its way";
    case ContactStanding::kEnded:
      return "ended by them";
  }
  return "";
}

// "12345 67890 …": twelve groups, as people read them to each other.
std::string grouped(std::string_view digits) {
  std::string out;
  for (std::size_t i = 0; i < digits.size(); ++i) {
    if (i > 0 && i % 5 == 0) out += i % 20 == 0 ? '\n' : ' ';
    out += digits[i];
  }
  return out;
}

// Before the digits in a picture, so that nothing else is taken for them. Behind it the half of
// whoever made the picture, then the other's: one's own picture is no proof of anything.
constexpr std::string_view kSafetyScheme = "tocsin-safety:";

std::string only_digits(std::string_view text) {
  std::string digits;
  std::copy_if(text.begin(), text.end(), std::back_inserter(digits),
               [](char c) { return c >= '0' && c <= '9'; });
  return digits;
}

// Where an invitation may lie, best first: those for everybody, then the others not being left.
std::vector<RelayRow> invitation_relays(std::vector<RelayRow> relays) {
  std::vector<RelayRow> ordered;
  for (const bool common : {true, false}) {
    for (RelayRow& relay : relays) {
      if (relay.is_in_use() && relay.common == common) ordered.push_back(std::move(relay));
    }
  }
  return ordered;
}

// At the first relay that answers; those that did not are named in `silent`.
Result<std::string> invite_at_one_of(Engine& engine, const std::vector<RelayRow>& relays,
                                     InvitationOrder order, std::string& silent) {
  Result<std::string> link = fail(kNoRelay, "invitation");
  for (const RelayRow& relay : relays) {
    order.relay = relay.id;
    link = invite(engine, order);
    if (link.has_value() || link.error().code != kNoRelay) return link;
    silent += (silent.empty() ? "" : ", ") + place_of(relay.address);
  }
  return link;
}

// What the picture of one side holds; theirs holds the halves the other way round.
std::string safety_picture(const std::string& mine, const std::string& theirs) {
  return std::string(kSafetyScheme) + mine + "-" + theirs;
}

std::string words_of(const AcceptFailure& failure, Engine& engine, const CommandRequest& request) {
  const Language language = language_of(engine, request);
  if (failure.refusal.has_value() && (failure.refusal->reason == CardReason::kExpired ||
                                      failure.refusal->reason == CardReason::kNotYetValid)) {
    return say(language, Phrase::kSayInvitationExpired) + " (" + day_text(failure.refusal->from) +
           " … " + day_text(failure.refusal->until) +
           "; today: " + day_text(failure.refusal->today) + ")";
  }
  // The board it lies on has a last day too, and is looked at first: past, or too far ahead.
  if (failure.error.code == kExpiredBoard || failure.error.code == kLongLived) {
    const Day last{static_cast<std::uint32_t>(failure.error.detail)};
    return say(language, Phrase::kSayInvitationExpired) + " (" + day_text(last) +
           "; today: " + day_text(engine.today()) + ")";
  }
  return {};
}

}  // namespace

Result<Report> invite_command(Engine& engine, const CommandRequest& request) {
  const std::vector<RelayRow> relays = invitation_relays(TRY(all_relays(engine.db())));
  if (relays.empty())
    return failed(Exit::kFailed, "no relay yet", "add one with `tocsin relay add ADDRESS`");
  const std::int64_t days = TRY(number_option(request, "days", 14));
  if (days < 1 || days > kInvitationDays)
    return failed(Exit::kUsage, "an invitation lasts 1 to 30 days", "see --days");
  const std::string name = request.value_or("name", "");
  TRY(check_plain_text(name, {.max_bytes = 96, .line_breaks = LineBreaks::kForbidden}));
  for (const char* option : {"file", "qr-file"}) {
    if (const auto file = request.value(option); file.has_value())
      TRY(check_nothing_in_the_way(*file));
  }
  std::string silent;
  const Result<std::string> made =
      invite_at_one_of(engine, relays,
                       {.petname = name,
                        .days = static_cast<std::uint32_t>(days),
                        .relay = {},
                        .relay_password = request.has("with-relay-password")
                                              ? InvitationOrder::RelayPassword::kIncluded
                                              : InvitationOrder::RelayPassword::kKeptBack},
                       silent);
  if (!made.has_value() && made.error().code == kNoRelay)
    return failed(Exit::kNoRelay, "no answer from " + silent,
                  "no invitation was made: check the network, then `tocsin relay check`");
  const std::string link = TRY(made);
  if (const auto file = request.value("file"); file.has_value())
    TRY(write_new_file(*file, as_bytes(link + "\n")));
  if (const auto file = request.value("qr-file"); file.has_value())
    TRY(write_qr_picture(*file, link));
  Report report;
  report.data.set("link", link).set("days", days);
  if (!silent.empty()) report.line("No answer from " + silent + "; it lies at another relay.");
  report.line(link);
  report.line("");
  report.line("Give this to " + shown(name) +
              " by a channel nobody else reads. It works once, for " + std::to_string(days) +
              " days. Compare the safety number afterwards: `tocsin verify`.");
  return report;
}

std::optional<std::string> proxy_needed_for(const Link& link) {
  // Where Debian's and Tails' Tor listens.
  constexpr const char* kTorProxy = "127.0.0.1:9050";
  if (!link.relay.host.ends_with(".onion")) return std::nullopt;
  return kTorProxy;
}

Result<Link> given_link(const CommandRequest& request) {
  std::string text = request.value_or("link", "");
  if (!text.starts_with(kLinkScheme))
    text = TRY(is_picture(text)) ? TRY(read_qr_picture(text)) : TRY(read_text_file(text));
  Result<Link> link = parse_link(text);
  if (!link.has_value() && link.error().code != kUnsupportedVersion) return fail(kBadLink, "link");
  return link;
}

Result<Report> accept_command(Engine& engine, const CommandRequest& request) {
  const Link link = TRY(given_link(request));
  const auto contact = accept(engine, {.link = link,
                                       .petname = request.value_or("name", "inviter"),
                                       .relay_day = std::nullopt,
                                       .again = request.has("again")});
  if (!contact.has_value()) {
    const std::string words = words_of(contact.error(), engine, request);
    if (words.empty()) return fail(contact.error().error);
    return failed(Exit::kFailed, words,
                  say(language_of(engine, request), Phrase::kSayHintInvitationExpired));
  }
  const ContactRow row = TRY(load_contact(engine.db(), *contact));
  Report report;
  report.data.set("contact", row.petname);
  report.line(say(language_of(engine, request), Phrase::kSayAccepted, {row.petname}));
  report.line(say(language_of(engine, request), Phrase::kSayNotVerifiedYet, {row.petname}));
  return report;
}

Result<Report> contacts_command(Engine& engine, const CommandRequest& request) {
  Report report;
  if (const auto name = request.value("accept"); name.has_value()) {
    ContactRow contact = TRY(contact_named(engine, *name));
    if (contact.standing != ContactStanding::kRequest)
      return failed(Exit::kFailed, "nothing of " + shown(contact.petname) + " waits for an answer",
                    "see `tocsin contacts`");
    contact.standing = ContactStanding::kAccepted;
    TRY(engine.in_transaction([&] { return update_contact(engine.db(), contact); }));
  }
  if (const auto name = request.value("reset"); name.has_value()) {
    const ContactRow contact = TRY(contact_named(engine, *name));
    const Status reset = reset_session(engine, contact.id);
    if (!reset.has_value() && reset.error().code == kNotReady)
      return failed(Exit::kFailed,
                    "there is no card of " + shown(contact.petname) + " to begin anew with",
                    "ask them for an invitation, or invite them again");
    TRY(reset);
    report.line("A new session is on its way to " + shown(contact.petname) + ".");
  }
  if (const auto name = request.value("remove"); name.has_value()) {
    const ContactRow contact = TRY(contact_named(engine, *name));
    if (!request.has("yes"))
      return failed(Exit::kUsage, "removing a contact cannot be undone",
                    "add --yes, or type it at a terminal to be asked");
    const bool tell = request.has("tell");
    const std::vector<std::string> given_up =
        TRY(tell ? take_leave(engine, contact.id) : remove_contact(engine, contact.id));
    for (const std::string& organisation : given_up) {
      report.line(shown(organisation) + ", which " + shown(contact.petname) +
                  " was to found with you, is given up: begin it anew without them.");
    }
    if (tell) {
      report.line("A farewell is on its way to " + shown(contact.petname) +
                  "; when a relay has it they are forgotten here, and their program gives up the "
                  "mailboxes it has for you.");
      report.data.set("leaving", contact.petname);
      return report;
    }
    report.line(
        shown(contact.petname) +
        " is forgotten here, with every message and alert from and to them. What they kept, "
        "they keep.");
  }
  if (request.has("tell") && !request.has("remove"))
    return fail(kClientBadUsage, "--tell without --remove");
  if (const auto name = request.value("rename"); name.has_value()) {
    ContactRow contact = TRY(contact_named(engine, *name));
    contact.petname = request.value_or("name", "");
    TRY(check_plain_text(contact.petname,
                         {.max_bytes = 96, .line_breaks = LineBreaks::kForbidden}));
    if (contact.petname.empty()) return fail(kClientBadUsage, "--name");
    TRY(engine.in_transaction([&] { return update_contact(engine.db(), contact); }));
  }
  ValueList list;
  for (const ContactRow& contact : TRY(all_contacts(engine.db()))) {
    const bool stopped = TRY(is_stopped(engine, contact.id));
    Value item;
    item.set("name", contact.petname)
        .set("standing", standing_name(contact.standing))
        .set("connected", contact.standing == ContactStanding::kAccepted)
        .set("invited", contact.standing == ContactStanding::kInvited)
        .set("stopped", stopped)
        .set("verified", verified_name(contact.verified));
    if (contact.verified_day.has_value()) item.set("verified_on", day_text(*contact.verified_day));
    item.set("own_mailbox", contact.mailbox.has_value())
        .set("knows_routes", !contact.routes.empty())
        .set("routes", static_cast<std::int64_t>(contact.routes.size()));
    ValueList sent;
    for (const SentRow& row : TRY(sent_to(engine.db(), contact.id))) {
      Value one;
      one.set("at", time_text(row.at))
          .set("kind", row.kind == ContentKind::kAlert ? "alert" : "text");
      one.set("state", row.undelivered ? "undelivered" : progress_name(row.progress));
      sent.push_back(std::move(one));
    }
    item.set("sent", std::move(sent));
    list.push_back(std::move(item));
    report.line(shown(contact.petname) + ": " +
                (stopped ? "ALARM, sending has stopped: talk to them, then `contacts --reset`"
                         : standing_name(contact.standing)) +
                ", " + verified_name(contact.verified) +
                (contact.verified_day.has_value() ? " on " + day_text(*contact.verified_day) : ""));
  }
  if (list.empty()) report.line("No contacts yet: `tocsin invite NAME` or `tocsin accept LINK`.");
  report.data.set("contacts", std::move(list));
  return report;
}

Result<Report> verify_command(Engine& engine, const CommandRequest& request) {
  ContactRow contact = TRY(contact_named(engine, request.value_or("contact", "")));
  const Language language = language_of(engine, request);
  const std::string number = TRY(safety_number(engine.identity(), contact.identity));
  const std::string mine = TRY(safety_half(engine.identity()));
  const std::string theirs = TRY(safety_half(contact.identity));
  const std::optional<std::string> typed = request.value("digits");
  std::optional<std::string> seen;
  if (const auto picture = request.value("picture"); picture.has_value())
    seen = TRY(read_qr_picture(*picture));
  if (seen == safety_picture(mine, theirs))
    return failed(Exit::kUsage, "this is your own picture",
                  "take theirs: what their `tocsin verify --qr-file` wrote");
  if (const auto file = request.value("qr-file"); file.has_value())
    TRY(write_qr_picture(*file, safety_picture(mine, theirs)));
  Report report;
  const bool compared = typed.has_value() || seen.has_value();
  // Another code than a safety number is as wrong as another number.
  const bool same = request.has("same") || seen == safety_picture(theirs, mine) ||
                    (typed.has_value() && only_digits(*typed) == number);
  if (compared && !same) {
    Report differ =
        failed(Exit::kNotVerified, say(language, Phrase::kSayVerifyDiffer), "nothing was changed");
    differ.data.set("same", false);
    return differ;
  }
  if (same) {
    contact.verified = request.has("picture") ? Verified::kPicture : Verified::kDigits;
    contact.verified_day = engine.today();
    TRY(engine.in_transaction([&] { return update_contact(engine.db(), contact); }));
    report.line(say(language, Phrase::kSayVerified, {contact.petname}));
  } else {
    report.line(say(language, Phrase::kSayVerifyCompare, {contact.petname}));
    report.line(grouped(number));
  }
  report.data.set("contact", contact.petname).set("digits", number).set("verified", same);
  report.data.set("grouped", grouped(number));
  if (request.has("words")) {
    std::string words;
    for (const IdentityPublic& party : {engine.identity(), contact.identity}) {
      words.clear();
      for (const std::string& word : TRY(verification_words(party)))
        words += (words.empty() ? "" : " ") + word;
      report.line((party == engine.identity() ? "your words:  " : "their words: ") + words);
      report.data.set(party == engine.identity() ? "own_words" : "their_words", words);
    }
  }
  return report;
}

Result<Report> send_command(Engine& engine, const CommandRequest& request) {
  const ContactRow contact = TRY(contact_named(engine, request.value_or("contact", "")));
  if (contact.standing == ContactStanding::kRequest) {
    return failed(Exit::kFailed, "you have not accepted this person yet",
                  "tocsin contacts --accept NAME");
  }
  if (TRY(is_stopped(engine, contact.id))) return stopped_report(engine, contact, request);
  if (request.text.empty())
    return failed(Exit::kUsage, "there is nothing to send", "type it, pipe it in, or use --file");
  const Bytes body = TRY(encode_text(request.text));
  const MessageId id = TRY(send_message(engine, contact.id, {ContentKind::kText, body}));
  Report report;
  report.data.set("message", to_hex(id.view())).set("contact", contact.petname);
  report.line(say(language_of(engine, request), Phrase::kSaySent));
  return report;
}

}  // namespace tocsin
