#include "client/cli/evidence_bag.h"

#include <unistd.h>

#include "client/bag/write.h"
#include "client/cli/every_second.h"
#include "client/cli/explain.h"
#include "client/cli/new_file.h"
#include "client/cli/terminal.h"
#include "client/cli/unlock.h"
#include "client/codes.h"
#include "client/custody/case_jsonld.h"
#include "client/custody/hashes_csv.h"
#include "client/custody/receipt_page.h"
#include "client/custody/time_stamp_fetch.h"
#include "protocol/alert/html.h"

namespace tocsin {
namespace {

template <class FixedValue>
Result<FixedValue> fixed_at(const Value& data, std::string_view name) {
  const Bytes bytes = TRY(from_hex(data.text_at(name)));
  return FixedValue::from(bytes);
}

Result<std::vector<Dsse>> envelopes_at(const Value& data, std::string_view name,
                                       DocumentKind kind) {
  std::vector<Dsse> envelopes;
  for (const Value& item : data.list_at(name)) {
    const auto* hex = std::get_if<std::string>(&item.content);
    if (hex == nullptr) return fail(kMalformed, "document of custody");
    const Bytes bytes = TRY(from_hex(*hex));
    envelopes.push_back(TRY(decode_dsse(bytes, kind)));
  }
  return envelopes;
}

// What the owner of the vault answered, as the documents are made from.
Result<CustodyCase> case_in(const Value& data) {
  CustodyCase custody;
  custody.id = TRY(fixed_at<CaseId>(data, "case"));
  for (const char* chain : {"chain", "their_chain"}) {
    std::vector<Dsse> records = TRY(envelopes_at(data, chain, DocumentKind::kCustody));
    if (!records.empty()) custody.chains.push_back(std::move(records));
  }
  custody.hand_overs = TRY(envelopes_at(data, "hand_overs", DocumentKind::kHandOver));
  const auto id = TRY(fixed_at<FileId>(data, "file"));
  CaseFile file{.name = Path(data.text_at("path")).filename().string(),
                .id = id,
                .length = static_cast<std::uint64_t>(data.number_at("length")),
                .content = {},
                .path = {}};
  file.content = TRY(fixed_at<Sha256>(data, "sha256"));
  file.path = "data/" + file.name;
  custody.files.push_back(std::move(file));
  return custody;
}

// A stamp is over the newest record of our chain, and so over every one before it.
Result<Bytes> stamped_body(const CustodyCase& custody) {
  if (custody.chains.empty() || custody.chains.front().empty())
    return fail(kNotReady, "custody of a file");
  return custody.chains.front().back().body;
}

// Through the vault's proxy where it has one: an authority need not learn from where it is asked.
Result<CaseTimeStamp> time_stamp_for(const CommandRequest& request, const CustodyCase& custody,
                                     const std::string& proxy) {
  const std::string from = request.value_or("tsa", "");
  CaseTimeStamp stamp;
  if (from.starts_with("http://") || from.starts_with("https://")) {
    SystemRng rng;
    stamp.request = TRY(make_time_stamp_request(TRY(stamped_body(custody)), rng));
    stamp.response = TRY(fetch_time_stamp(from, stamp.request, proxy));
  } else {
    stamp.response = TRY(read_file(from, kMostTimestampBytes));
    stamp.request = TRY(read_file(Path(from).replace_extension(".tsq"), kMostTimestampBytes));
  }
  static_cast<void>(TRY(read_time_stamp(stamp.response, stamp.request)));
  return stamp;
}

bag::TagSource tag(std::string name, std::string_view text) {
  return {std::move(name), to_bytes(as_bytes(text))};
}

Result<bag::BagPlan> plan_for(const CustodyCase& custody, const Path& source) {
  bag::BagPlan plan;
  const CaseFile& file = custody.files.front();
  plan.payload.push_back({file.name, source, file.content});
  for (LogFile& log : TRY(write_custody_log(custody)))
    plan.tags.push_back({"custody/" + log.name, std::move(log.bytes)});
  plan.tags.push_back(tag("custody.jsonld", TRY(case_jsonld(custody))));
  plan.tags.push_back(tag("hashes.csv", hashes_csv(custody.files)));
  const CustodyVerdict verdict = TRY(verify_custody(custody, {}));
  const Page receipt = receipt_page(custody, verdict);
  plan.tags.push_back(tag("receipt.html", to_html(receipt)));
  plan.tags.push_back(tag("receipt.txt", to_plain_text(receipt)));
  plan.info.push_back({"External-Identifier", to_hex(custody.id.view())});
  plan.info.push_back({"Internal-Sender-Identifier", to_hex(file.id.view())});
  plan.bagged = wall_clock().day();
  plan.agent = "tocsin " TOCSIN_VERSION;
  return plan;
}

// For a person; nothing for a program.
bag::BagWatch watch_for(const CommandRequest& request) {
  return
      [quiet = request.has("json"), second = EverySecond()](const bag::BagProgress& done) mutable {
        if (!quiet && second.has_come())
          say("copied: " + std::to_string(done.bytes >> 20U) + " MiB\n");
        return true;
      };
}

// They are in the bag, and too long for a person or a log.
void leave_documents_out(Report& answer) {
  auto* members = std::get_if<ValueObject>(&answer.data.content);
  if (members == nullptr) return;
  std::erase_if(*members, [](const auto& member) {
    return member.first == "chain" || member.first == "their_chain" ||
           member.first == "hand_overs" || member.first == "proxy";
  });
}

Result<Report> write_bag_for(const CommandRequest& request, Report answer) {
  CustodyCase custody = TRY(case_in(answer.data));
  const std::string proxy = answer.data.text_at("proxy");
  leave_documents_out(answer);
  if (request.has("tsa"))
    custody.time_stamps.push_back(TRY(time_stamp_for(request, custody, proxy)));
  bag::BagPlan plan = TRY(plan_for(custody, answer.data.text_at("path")));
  plan.watch = watch_for(request);
  const Path folder(request.value_or("bag", ""));
  const bag::BagFacts facts = TRY(bag::write_bag(folder, plan));
  answer.data.set("bag", folder.string())
      .set("payload_bytes", static_cast<std::int64_t>(facts.payload_bytes))
      .set("time_stamped", !custody.time_stamps.empty());
  answer.line("Written: " + folder.string() +
              (custody.time_stamps.empty() ? ", not time-stamped (--tsa)" : ", time-stamped"));
  answer.line(
      "   Anybody checks it with `tocsin evidence verify DIR`, or inside it with `sha256sum -c "
      "manifest-sha256.txt` and `sh custody/VERIFY.txt`; receipt.html is for the lawyer.");
  return answer;
}

}  // namespace

Report write_evidence_bag(const CommandRequest& request, Report answer) {
  Result<Report> written = write_bag_for(request, std::move(answer));
  if (written.has_value()) return std::move(*written);
  if (written.error().code == kFileChanged)
    return failed(Exit::kNotVerified, "the file here is not the one that was exchanged",
                  "nothing was written; `tocsin evidence status` shows the hash it had");
  return explain(written.error());
}

Report write_time_stamp_question(const CommandRequest& request, Report answer) {
  const Path out(request.value_or("tsq", ""));
  const Status written = [&]() -> Status {
    const CustodyCase custody = TRY(case_in(answer.data));
    leave_documents_out(answer);
    SystemRng rng;
    const Bytes question = TRY(make_time_stamp_request(TRY(stamped_body(custody)), rng));
    return write_new_file(out, question);
  }();
  if (!written.has_value()) return explain(written.error());
  answer.data.set("tsq", out.string());
  answer.line("Written: " + out.string() +
              ". Send it to a time-stamping authority, keep its answer beside "
              "it as .tsr, then: tocsin evidence export NUMBER --bag DIR --tsa FILE.tsr");
  return answer;
}

}  // namespace tocsin
