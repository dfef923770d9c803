// alert request, org request, collect, and what alert show, alert sign, alert refuse and org sign
// do with a file: holders whose vault was never online.
#include "client/cli/commands.h"
#include "client/cli/draft_page.h"
#include "client/cli/new_file.h"
#include "client/cli/unlock.h"
#include "client/engine/alerts.h"
#include "client/engine/carrying.h"
#include "protocol/alert/render.h"

namespace tocsin {
namespace {

// A chain of every version a charter may have, and an alert.
constexpr std::size_t kMaxCarriedFile = std::size_t{8} << 20;

constexpr const char* kWhatTheFileTells =
    "It is not encrypted and tells whom it is about: carry it on an encrypted stick, erase it "
    "after.";

Result<Carried> read_carried(const CommandRequest& request, std::string_view option) {
  Result<Carried> carried =
      decode_carried(TRY(read_file(request.value_or(option, ""), kMaxCarriedFile)));
  if (!carried.has_value() && carried.error().code == kMalformed)
    return fail(kOtherFile, carried.error().where);
  return carried;
}

template <class Wanted>
Result<Wanted> read_question(const CommandRequest& request, std::string_view option) {
  for (const char* other : {"alert", "organisation", "html"})
    if (request.has(other)) return fail(kClientBadUsage, "a file and something else");
  Carried carried = TRY(read_carried(request, option));
  Wanted* wanted = std::get_if<Wanted>(&carried);
  if (wanted == nullptr) return fail(kOtherFile, "a file of another kind");
  return std::move(*wanted);
}

Result<Path> new_file_named(const CommandRequest& request) {
  Path out = request.value_or("out", "");
  if (out.empty()) return fail(kClientBadUsage, "--out");
  TRY(check_nothing_in_the_way(out));
  return out;
}

Status write_carried(const Path& path, const Carried& carried) {
  return write_new_file(path, TRY(encode_carried(carried)));
}

std::string joined_words(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text;
}

const SigningSecret* pointer_to(const std::optional<SigningSecret>& key) {
  return key.has_value() ? &*key : nullptr;
}

CarriedSigner signer_of(const CommandRequest& request, const std::optional<SigningSecret>& key) {
  return {pointer_to(key), split_words(request.value_or("words", ""))};
}

// Whoever had the file could have answered in the holder's place.
Report key_to_compare(const CollectedKey& collected, const CommandRequest& request) {
  if (request.has("words")) {
    return failed(Exit::kNotVerified, "these are not the words of the key in this file",
                  "ask the holder again, by voice; if they differ, somebody else answered in their "
                  "place: begin anew, with another file");
  }
  Report report;
  const std::string words = joined_words(alert_key_words(collected.key));
  report.data.set("founding", to_hex(collected.founding.view())).set("words", words);
  report.data.set("step", "compare");
  report.line(
      "The file brings a key. Have its holder read to you the words on the screen there; only if "
      "they are these, type: tocsin collect FILE --words \"…\"");
  report.line("  " + words);
  return report;
}

void tell_written(Report& report, const Path& path, const std::string& what) {
  report.data.set("out", path.string());
  report.line(what + " is in " + path.string() + ".");
}

Report collected_alert(const CollectedAlert& collected, const AlertAssembly& assembly) {
  Report report;
  report.data.set("alert", draft_name(collected.draft)).set("holder", collected.holder);
  report.data.set("signed", collected.is_signed).set("complete", assembly.complete());
  report.line(shown(collected.holder) + (collected.is_signed ? " signed " : " refused ") +
              draft_name(collected.draft) + ".");
  report.line(assembly.complete()
                  ? "It can be sent: tocsin alert send " + draft_name(collected.draft)
                  : "`tocsin alert list` shows who signed, and why somebody refused.");
  return report;
}

Result<Report> collected_seat(Engine& engine, const FoundingId& id) {
  const std::optional<FoundingRow> founding = TRY(find_founding(engine.db(), id));
  if (!founding.has_value()) return fail(kNoSuchOrganisation, "founding");
  const bool concluded = TRY(is_concluded(engine, *founding));
  Report report;
  report.data.set("name", founding->organisation)
      .set("founding", to_hex(id.view()))
      .set("proposed", founding->proposal.has_value())
      .set("concluded", concluded);
  const std::string name = "“" + shown(founding->organisation) + "”";
  if (concluded) {
    report.line("The charter of " + name + " has the signatures it needs.");
  } else if (founding->proposal.has_value()) {
    report.line("The charter of " + name +
                " is written and waits for signatures. To ask: tocsin "
                "org request " +
                to_hex(id.view()) + " --out FILE");
  } else {
    report.line("The key is in. " + name + " waits for the keys of others.");
  }
  return report;
}

}  // namespace

Result<Report> alert_request(Engine& engine, const CommandRequest& request) {
  const Path out = TRY(new_file_named(request));
  const std::int64_t id = TRY(draft_number(request.value_or("alert", "")));
  TRY(write_carried(out, TRY(carry_draft(engine, id))));
  Report report;
  report.data.set("alert", draft_name(id));
  tell_written(report, out, "The question");
  report.line(
      "There: tocsin alert sign --file FILE --out ANSWER. Here again: tocsin collect ANSWER");
  report.line(kWhatTheFileTells);
  return report;
}

Result<Report> org_request(Engine& engine, const CommandRequest& request) {
  const Path out = TRY(new_file_named(request));
  const FoundingRow founding = TRY(founding_named(engine, request.value_or("organisation", "")));
  TRY(write_carried(out, TRY(carry_founding(engine, founding.id, request.value_or("holder", "")))));
  Report report;
  report.data.set("founding", to_hex(founding.id.view())).set("name", founding.organisation);
  report.data.set("asks", founding.proposal.has_value() ? "signature" : "key");
  tell_written(report, out, "The question");
  report.line("There: tocsin org sign --file FILE --out ANSWER. Here again: tocsin collect ANSWER");
  return report;
}

Result<Report> collect_command(Engine& engine, const CommandRequest& request) {
  const Carried carried = TRY(read_carried(request, "file"));
  const Collected collected =
      TRY(collect(engine, carried, split_words(request.value_or("words", ""))));
  if (const auto* key = std::get_if<CollectedKey>(&collected)) return key_to_compare(*key, request);
  if (const auto* seat = std::get_if<CollectedSeat>(&collected))
    return collected_seat(engine, seat->founding);
  const auto& alert = std::get<CollectedAlert>(collected);
  const std::optional<DraftRow> draft = TRY(find_draft(engine.db(), alert.draft));
  if (!draft.has_value()) return fail(kNoSuchAlert, "collected");
  return collected_alert(alert, TRY(assemble(engine, *draft)));
}

Result<Report> show_carried_alert(Engine& engine, const CommandRequest& request) {
  const CarriedAlert carried = TRY(read_question<CarriedAlert>(request, "file"));
  const std::optional<SigningSecret> key = TRY(offline_key(request));
  const CarriedPage page = TRY(open_carried(engine, carried, pointer_to(key)));
  Report report = signing_page(page.checked, page.chain.newest().charter, page.asked_by,
                               language_of(engine, request));
  report.data.set("body", to_hex(alert_body_hash(page.checked.request().body).view()));
  report.data.set("confirmed", page.confirmed);
  if (!page.confirmed) {
    report.line(
        "THIS ORGANISATION IS NOT CONFIRMED HERE. Its words, to be compared with another holder: " +
        joined_words(organisation_words(page.chain.id())));
  }
  return report;
}

Result<Report> sign_carried_alert(Engine& engine, const CommandRequest& request) {
  const Path out = TRY(new_file_named(request));
  const CarriedAlert carried = TRY(read_question<CarriedAlert>(request, "file"));
  const std::optional<SigningSecret> key = TRY(offline_key(request));
  // What was shown before the question and what is read now are the same bytes.
  const std::string shown_body = request.value_or("body", "");
  if (!shown_body.empty() && shown_body != to_hex(alert_body_hash(carried.request.body).view()))
    return fail(kBadSignature, "another alert than the one shown");
  TRY(write_carried(out, TRY(sign_carried(engine, carried, request.value_or("confirm", ""),
                                          signer_of(request, key)))));
  Report report;
  report.data.set("signed", true);
  tell_written(report, out, "Signed. The answer");
  return report;
}

Result<Report> refuse_carried_alert(Engine& engine, const CommandRequest& request) {
  const Path out = TRY(new_file_named(request));
  const CarriedAlert carried = TRY(read_question<CarriedAlert>(request, "request"));
  const std::optional<SigningSecret> key = TRY(offline_key(request));
  TRY(write_carried(out,
                    TRY(refuse_carried(engine, carried, request.text, signer_of(request, key)))));
  Report report;
  report.data.set("refused", true);
  tell_written(report, out, "Refused. The answer, with the reason,");
  return report;
}

Result<Report> sign_carried_charter(Engine& engine, const CommandRequest& request) {
  const CarriedCharter carried = TRY(read_question<CarriedCharter>(request, "file"));
  if (request.has("key-file-of")) return fail(kClientBadUsage, "a carried charter and a key file");
  const CarriedFounding kept = TRY(keep_carried(engine, carried));
  const FoundingRow& founding = kept.founding;
  Report report = TRY(founding_page(engine, founding));
  // Nobody signs what he did not see: the first time it is only shown, whatever was typed.
  if (!request.has("yes") || !kept.seen) {
    report.line("If you agree: the same command with --yes and --out ANSWER");
    return report;
  }
  const Path out = TRY(new_file_named(request));
  const Part part = TRY(take_part(engine, founding.id));
  if (!part.to_carry.has_value()) return fail(kNotReady, "charter");
  TRY(write_carried(out, CarriedSeat{*part.to_carry}));
  const bool is_key = part.step == FoundingStep::kKeyGiven;
  report.data.set("step", is_key ? "key given" : "charter signed");
  tell_written(report, out, is_key ? "Your key" : "Your signature");
  if (const auto* key = std::get_if<FoundingKey>(&*part.to_carry)) {
    const std::string words = joined_words(alert_key_words(key->alert_key));
    report.data.set("words", words);
    report.line("Its words, to be read to who asked, by voice: " + words);
  }
  return report;
}

}  // namespace tocsin
