// org create, sign, show, confirm, offer.
#include <algorithm>
#include <sstream>

#include "client/cli/commands.h"
#include "client/cli/new_file.h"
#include "client/cli/unlock.h"
#include "client/engine/organisation.h"
#include "client/engine/succession.h"
#include "crypto/box/sign.h"
#include "protocol/alert/render.h"

namespace tocsin {
namespace {

constexpr const char* kSinglePerson =
    "One single person can sign for it: its alerts are never shown as authentic.";

Result<std::string> who_asks(Engine& engine, const FoundingRow& row) {
  if (row.is_ours()) return std::string("you");
  if (row.by_file) return std::string("whoever carried the file here");
  return shown(TRY(load_contact(engine.db(), *row.asked_by)).petname);
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

// An offline holder's key: 32 bytes in a file of mode 0600.
Result<SeatOrder> offline_seat(Engine& engine, const std::string& given) {
  const std::size_t equals = given.find('=');
  if (equals == std::string::npos || equals == 0)
    return fail(kClientBadUsage, "--offline-key NAME=FILE");
  const SigningSecret secret = SigningSecret::random(engine.rng());
  const Path path = given.substr(equals + 1);
  TRY(write_new_file(path, secret.expose(kExpose)));
  return SeatOrder{given.substr(0, equals), std::nullopt, signing_public_of(secret)};
}

void describe(Report& report, ValueList& list, const OrganisationRow& row, std::size_t number) {
  const Charter& charter = row.chain.newest().charter;
  Value item;
  item.set("number", static_cast<std::int64_t>(number)).set("name", name_of(row));
  item.set("charter", to_hex(row.chain.id().view())).set("version", charter.version);
  item.set("threshold", static_cast<int>(charter.threshold))
      .set("holders", static_cast<std::int64_t>(charter.holders.size()));
  item.set("confirmed", row.confirmed != ConfirmedBy::kNothing)
      .set("words", joined(organisation_words(row.chain.id())));
  list.push_back(std::move(item));
  report.line(std::to_string(number) + ". " + shown(name_of(row)) + ": " +
              std::to_string(charter.threshold) + " of " + std::to_string(charter.holders.size()) +
              " sign" +
              (row.confirmed == ConfirmedBy::kNothing
                   ? ", NOT CONFIRMED"
                   : ", confirmed on " + day_text(row.confirmed_on)));
}

// What a founding waits for, in a line.
std::string how_far(const FoundingRow& row, const std::string& asks) {
  if (row.is_ours()) return "waiting for its holders";
  if (row.signed_by_us) return "signed by you, waiting for the others";
  const std::string what = row.base.has_value() && row.proposal.has_value()
                               ? " asks you to sign its next charter"
                               : " asks you to hold a key";
  return asks + what + (row.by_file ? ": `tocsin org sign --file`" : ": `tocsin org sign`");
}

// Of a next charter: who signs no more, the point of the whole.
Status tell_who_goes(Engine& engine, const FoundingRow& founding, Report& report) {
  if (!founding.base.has_value() || !founding.proposal.has_value()) return {};
  const std::optional<OrganisationRow> base = TRY(find_organisation(engine.db(), *founding.base));
  if (!base.has_value()) return {};
  const Charter next = TRY(decode_charter(founding.proposal->body));
  ValueList gone;
  for (const Holder& holder : base->chain.newest().charter.holders) {
    if (std::ranges::find(next.holders, holder.alert_key, &Holder::alert_key) != next.holders.end())
      continue;
    report.line("No longer: " + shown(holder.name));
    gone.emplace_back(holder.name);
  }
  report.data.set("removed", std::move(gone));
  return {};
}

}  // namespace

std::vector<std::string> split_words(const std::string& text) {
  std::istringstream stream(text);
  std::vector<std::string> words;
  for (std::string word; stream >> word;) {
    std::transform(word.begin(), word.end(), word.begin(),
                   [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    words.push_back(word);
  }
  return words;
}

Result<Report> org_create(Engine& engine, const CommandRequest& request) {
  FoundingOrder order;
  order.organisation = request.value_or("name", "");
  const std::int64_t threshold = TRY(number_option(request, "threshold", kDefaultThreshold));
  order.our_name = request.value_or("our-name", "founder");
  for (const std::string& holder : request.values("holder")) {
    const ContactRow contact = TRY(contact_named(engine, holder));
    order.others.push_back({contact.petname, contact.id, std::nullopt});
  }
  for (const std::string& name : request.values("by-file"))
    order.others.push_back({name, std::nullopt, std::nullopt});
  if (threshold < 1 ||
      threshold > static_cast<std::int64_t>(order.others.size() + 1 +
                                            request.values("offline-key").size())) {
    return failed(Exit::kUsage, "more signatures than holders", "see --threshold and --holder");
  }
  order.threshold = static_cast<std::uint8_t>(threshold);
  for (const std::string& given : request.values("offline-key"))
    order.others.push_back(TRY(offline_seat(engine, given)));
  const FoundingId id = TRY(found_organisation(engine, order));
  Report report;
  report.data.set("founding", to_hex(id.view()))
      .set("name", order.organisation)
      .set("threshold", threshold);
  if (!request.values("holder").empty())
    report.line("The holders are asked for their keys. Each types: tocsin org sign \"" +
                shown(order.organisation) + "\"");
  for (const std::string& name : request.values("by-file"))
    report.line("To ask " + shown(name) + ": tocsin org request \"" + shown(order.organisation) +
                "\" --holder \"" + shown(name) + "\" --out FILE");
  if (threshold < 2) report.line(kSinglePerson);
  return report;
}

Result<FoundingRow> founding_named(Engine& engine, std::string_view wanted) {
  std::vector<FoundingRow> named;
  std::vector<FoundingRow> open;
  for (const FoundingRow& row : TRY(all_foundings(engine.db()))) {
    if (row.organisation != wanted && to_hex(row.id.view()) != wanted) continue;
    named.push_back(row);
    if (!TRY(is_concluded(engine, row))) open.push_back(row);
  }
  if (named.empty()) return fail(kNoSuchOrganisation, "founding");
  if (named.size() == 1) return std::move(named.front());
  // A contact may ask under the name of somebody else's founding: then the number must tell which.
  if (open.size() != 1) return fail(kTwoOfOneName, "founding");
  return std::move(open.front());
}

Result<Report> founding_page(Engine& engine, const FoundingRow& founding) {
  const std::string asks = TRY(who_asks(engine, founding));
  Report report;
  report.data.set("asked_by", asks)
      .set("name", founding.organisation)
      .set("threshold", static_cast<int>(founding.threshold))
      .set("step", "asked");
  if (founding.base.has_value() && founding.proposal.has_value()) {
    const std::optional<OrganisationRow> base = TRY(find_organisation(engine.db(), *founding.base));
    if (!base.has_value()) return fail(kNoSuchOrganisation, "succession");
    if (!founding.signed_by_us) TRY(check_succession(base->chain, *founding.proposal));
    report.line(asks + " asks you to sign the next charter of “" + shown(founding.organisation) +
                "”. Those who sign for it from then on:");
  } else {
    report.line(asks + " asks you to hold one of the keys of “" + shown(founding.organisation) +
                "”; " + std::to_string(founding.threshold) + " signatures make an alert.");
  }
  if (founding.proposal.has_value()) {
    const Charter charter = TRY(decode_charter(founding.proposal->body));
    for (const Holder& holder : charter.holders) report.line("  " + shown(holder.name));
  }
  TRY(tell_who_goes(engine, founding, report));
  return report;
}

Result<Report> org_sign(Engine& engine, const CommandRequest& request) {
  if (request.has("file")) return sign_carried_charter(engine, request);
  if (request.has("out")) return fail(kClientBadUsage, "--out without --file");
  const FoundingRow founding = TRY(founding_named(engine, request.value_or("organisation", "")));
  if (!request.has("yes") && !request.has("key-file-of")) {
    Report report = TRY(founding_page(engine, founding));
    report.line(
        founding.by_file
            ? std::string("If you agree: tocsin org sign --file QUESTION --yes --out ANSWER")
            : "If you agree: tocsin org sign --yes \"" + shown(founding.organisation) + "\"");
    return report;
  }
  Report report;
  report.data.set("asked_by", TRY(who_asks(engine, founding)))
      .set("name", founding.organisation)
      .set("threshold", static_cast<int>(founding.threshold));
  if (const std::optional<SigningSecret> key = TRY(offline_key(request)); key.has_value()) {
    TRY(sign_founding_with(engine, founding.id, *key));
    report.data.set("step", "signed offline");
    report.line("Signed with the offline key.");
    return report;
  }
  if (founding.by_file) return fail(kNotReady, "asked by a file: answer into one with --file");
  switch (TRY(take_part(engine, founding.id)).step) {
    case FoundingStep::kKeyGiven:
      report.data.set("step", "key given");
      report.line(
          "Your key is on its way. When the charter comes back, look at it with `tocsin org sign` "
          "without --yes, then sign it.");
      break;
    case FoundingStep::kCharterSigned:
      report.data.set("step", "charter signed");
      report.line("You signed the charter.");
      break;
    case FoundingStep::kWaiting:
      report.data.set("step", "waiting");
      report.line(
          "Nothing to sign now: the others have not answered yet, or you have signed already.");
      break;
  }
  return report;
}

Result<Report> org_show(Engine& engine, const CommandRequest& request) {
  const Language language = language_of(engine, request);
  const std::vector<OrganisationRow> rows = TRY(all_organisations(engine.db()));
  Report report;
  if (const auto wanted = request.value("organisation"); wanted.has_value()) {
    const OrganisationRow row = TRY(organisation_named(engine, *wanted));
    std::vector<KnownOrganisation> others = known_organisations(rows);
    std::erase_if(others, [&](const KnownOrganisation& other) {
      return other.chain->id() == row.chain.id();
    });
    const KnownOrganisation known{&row.chain, row.confirmed, row.confirmed_on, row.petname};
    report.text = to_plain_text(render_organisation(known, others, language)) + "\n";
    report.data.set("name", name_of(row)).set("charter", to_hex(row.chain.id().view()));
    report.data.set("words", joined(organisation_words(row.chain.id())));
    report.data.set("confirmed", row.confirmed != ConfirmedBy::kNothing);
    report.data.set("threshold", static_cast<int>(row.chain.newest().charter.threshold));
    return report;
  }
  ValueList list;
  for (std::size_t i = 0; i < rows.size(); ++i) describe(report, list, rows[i], i + 1);
  ValueList foundings;
  for (const FoundingRow& row : TRY(all_foundings(engine.db()))) {
    if (TRY(is_concluded(engine, row))) continue;
    Value item;
    item.set("name", row.organisation)
        .set("ours", row.is_ours())
        .set("proposed", row.proposal.has_value());
    item.set("signed", row.signed_by_us).set("founding", to_hex(row.id.view()));
    const std::string asks = TRY(who_asks(engine, row));
    item.set("asked_by", asks);
    foundings.push_back(std::move(item));
    report.line("In the making: " + shown(row.organisation) + ", number " + to_hex(row.id.view()) +
                " (" + how_far(row, asks) + ")");
  }
  if (list.empty() && foundings.empty()) report.line("No organisation yet.");
  report.data.set("organisations", std::move(list)).set("foundings", std::move(foundings));
  return report;
}

Result<Report> org_confirm(Engine& engine, const CommandRequest& request) {
  const Language language = language_of(engine, request);
  const OrganisationRow row = TRY(organisation_named(engine, request.value_or("organisation", "")));
  const Status confirmed =
      confirm_organisation(engine, {.charter = row.chain.id(),
                                    .how = ConfirmedBy::kSpokenWords,
                                    .words = split_words(request.value_or("words", ""))});
  if (!confirmed.has_value() && confirmed.error().code == kNotConfirmed) {
    Report differ = failed(Exit::kNotVerified, say(language, Phrase::kSayOrgWordsDiffer),
                           "nothing was changed");
    differ.data.set("confirmed", false);
    return differ;
  }
  TRY(confirmed);
  Report report;
  report.data.set("confirmed", true).set("name", name_of(row));
  report.data.set("threshold", static_cast<int>(row.chain.newest().charter.threshold));
  if (row.chain.newest().charter.threshold < 2) {
    report.line(kSinglePerson);
  } else {
    report.line(say(language, Phrase::kSayOrgConfirmed, {name_of(row)}));
  }
  return report;
}

Result<Report> org_replace(Engine& engine, const CommandRequest& request) {
  const OrganisationRow row = TRY(organisation_named(engine, request.value_or("organisation", "")));
  const Charter& newest = row.chain.newest().charter;
  if (request.has("withdraw")) {
    const std::size_t withdrawn = TRY(withdraw_successions(engine, row.chain.id()));
    Report report;
    report.data.set("withdrawn", static_cast<std::int64_t>(withdrawn));
    report.line(std::to_string(withdrawn) +
                " given up here. Signatures that are out already can still be completed by the "
                "others: tell them, or two next charters may be signed and everybody is warned.");
    return report;
  }
  SuccessionOrder order{.organisation = row.chain.id(),
                        .removed = request.value_or("holder", ""),
                        .added = std::nullopt,
                        .ask = {}};
  if (std::ranges::find(newest.holders, order.removed, &Holder::name) == newest.holders.end()) {
    std::string names;
    for (const Holder& holder : newest.holders)
      names += (names.empty() ? "" : ", ") + shown(holder.name);
    return failed(Exit::kUsage, "no holder has this name", "--holder is one of: " + names);
  }
  if ((request.has("with") ? 1 : 0) + (request.has("offline-key") ? 1 : 0) +
          (request.has("by-file") ? 1 : 0) >
      1)
    return fail(kClientBadUsage, "--with, --offline-key and --by-file");
  if (const auto name = request.value("by-file"); name.has_value())
    order.added = SeatOrder{*name, std::nullopt, std::nullopt};
  if (const auto with = request.value("with"); with.has_value()) {
    const ContactRow contact = TRY(contact_named(engine, *with));
    order.added = SeatOrder{contact.petname, contact.id, std::nullopt};
  }
  for (const std::string& asked : request.values("ask"))
    order.ask.push_back(TRY(contact_named(engine, asked)).id);
  if (const auto key = request.value("offline-key"); key.has_value())
    order.added = TRY(offline_seat(engine, *key));
  const FoundingId id = TRY(begin_succession(engine, order));
  Report report;
  report.data.set("founding", to_hex(id.view())).set("name", name_of(row));
  report.line("Proposed, signed by you: " + shown(name_of(row)) + " without " +
              shown(order.removed) +
              (order.added.has_value() ? ", with " + shown(order.added->name) : std::string()) +
              ". " + std::to_string(newest.threshold) +
              " of its holders must sign. Each types: tocsin org sign " + to_hex(id.view()));
  if (request.has("by-file"))
    report.line("To ask " + shown(order.added->name) + " for a key: tocsin org request " +
                to_hex(id.view()) + " --holder \"" + shown(order.added->name) + "\" --out FILE");
  if (order.added.has_value() && order.added->contact.has_value())
    report.line(shown(order.added->name) + " is asked for a key first.");
  return report;
}

Result<Report> org_offer(Engine& engine, const CommandRequest& request) {
  const OrganisationRow row = TRY(organisation_named(engine, request.value_or("organisation", "")));
  const ContactRow contact = TRY(contact_named(engine, request.value_or("contact", "")));
  TRY(engine.in_transaction([&]() -> Status {
    ContactRow fresh = TRY(load_contact(engine.db(), contact.id));
    return offer_charter(engine, row.chain.id(), fresh);
  }));
  Report report;
  report.data.set("name", name_of(row)).set("contact", contact.petname);
  report.line("The charter of " + shown(name_of(row)) + " is on its way to " +
              shown(contact.petname) + ".");
  return report;
}

}  // namespace tocsin
