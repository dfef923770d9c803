// The files of a custody log, which come from anybody, and the time stamps among them.
#include "client/custody/custody_verdict.h"
#include "client/custody/custody_words.h"
#include "crypto/base/rng.h"
#include "tests/fuzz/harness.h"

namespace tocsin {
namespace {

// One case of a fixed seed: what is fuzzed is put in the place of one of its files.
const std::vector<LogFile>& whole_log() {
  static const std::vector<LogFile> files = [] {
    SeededRng rng(1);
    const SigningSecret anna = SigningSecret::random(rng);
    const SigningSecret bea = SigningSecret::random(rng);
    CustodyCase custody;
    custody.id = rng.draw<CaseId>();
    CustodyChain chain(custody.id, signing_public_of(anna));
    CustodyEntry entry;
    entry.item = {rng.draw<FileId>(), rng.draw<Sha256>(), {}, 0};
    entry.who = "Anna";
    custody.chains.push_back({chain.append(anna, entry).value()});
    HandOver paper;
    paper.case_id = custody.id;
    paper.giver = {chain.custodian(), chain.head()};
    paper.taker = {signing_public_of(bea), {}};
    paper.file = entry.item.file;
    paper.content = entry.item.content;
    Dsse envelope;
    envelope.kind = DocumentKind::kHandOver;
    envelope.body = encode_hand_over(paper).value();
    for (const SigningSecret* key : {&anna, &bea})
      envelope.signatures.push_back(sign_document(*key, envelope.kind, envelope.body));
    entry.event = CustodyEvent::kHandedOver;
    entry.hand_over = hash_of_hand_over(envelope.body);
    custody.chains[0].push_back(chain.append(anna, entry).value());
    custody.hand_overs.push_back(envelope);
    return write_custody_log(custody).value();
  }();
  return files;
}

void check_lines(BytesView input, DocumentKind kind) {
  const Result<std::vector<Dsse>> read = read_log_lines(input, kind);
  if (!read.has_value()) return;
  std::string again;
  for (const Dsse& envelope : *read) again += dsse_to_json_line(envelope).value() + "\n";
  fuzz_check(again == as_text(input), "one encoding of a log");
}

void check_verdict(BytesView input) {
  for (std::size_t i = 0; i < whole_log().size(); ++i) {
    std::vector<LogFile> files = whole_log();
    if (files[i].name == "VERIFY.txt" || files[i].bytes == to_bytes(input)) continue;
    files[i].bytes = to_bytes(input);
    const CustodyVerdict verdict = verify_custody(files, {});
    // The two signatures of a hand-over may change places; what was signed may not change.
    const bool same = verdict.holds() && verdict.chains[0].chain.records().size() == 2 &&
                      verdict.hand_overs.size() == 1;
    fuzz_check(same || !verdict.holds(), "what was changed is noticed");
    fuzz_check(!verdict_lines(verdict).empty(), "and something is said");
  }
}

}  // namespace

std::vector<Bytes> fuzz_samples() {
  std::vector<Bytes> samples;
  for (const LogFile& file : whole_log())
    if (file.name != "VERIFY.txt") samples.push_back(file.bytes);
  SeededRng rng(2);
  samples.push_back(make_time_stamp_request(as_bytes("a record"), rng).value());
  return samples;
}

}  // namespace tocsin

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tocsin;  // NOLINT: a harness is one function
  const BytesView input{data, size};
  check_lines(input, DocumentKind::kCustody);
  check_lines(input, DocumentKind::kHandOver);
  check_verdict(input);
  static_cast<void>(log_part(as_text(input)));
  static_cast<void>(decode_timestamp_query(input));
  static_cast<void>(decode_timestamp_reply(input));
  return 0;
}
