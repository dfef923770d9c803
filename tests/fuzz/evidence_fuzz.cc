// What a contact says about a file, and what it is called.
#include <algorithm>

#include "protocol/evidence/hand_over.h"
#include "protocol/evidence/name.h"
#include "protocol/evidence/transfer.h"
#include "tests/fuzz/harness.h"

namespace tocsin {

std::vector<Bytes> fuzz_samples() {
  SeededRng rng(1);
  const auto file = rng.draw<FileId>();
  const RelayAddress relay{rng.draw<CurvePublic>(), rng.draw<StorePin>(), "relay.example", 7700};
  std::vector<EvidenceMessage> messages;
  messages.emplace_back(
      EvidenceOffer{file, FileSecret::random(rng), 99, "../a\u202Eb.zip", "note"});
  messages.emplace_back(
      EvidencePlace{file, 0, 10, relay, rng.draw<ReadId>(), OwnerSecret::random(rng)});
  messages.emplace_back(EvidenceEnd{file, rng.draw<Sha256>(), rng.draw<Sha256>()});
  messages.emplace_back(EvidenceTaken{file, 10});
  messages.emplace_back(EvidenceResult{file, EvidenceOutcome::kWhole, rng.draw<Sha256>()});
  std::vector<Bytes> samples;
  for (const EvidenceMessage& message : messages)
    samples.push_back(to_bytes(encode_evidence_message(message).value().expose(kExpose)));
  const CustodyItem item{file, rng.draw<Sha256>(), rng.draw<Sha256>(), 3};
  const CustodyRecord record{.case_id = rng.draw<CaseId>(),
                             .custodian = rng.draw<SigningPublic>(),
                             .number = 1,
                             .previous = rng.draw<CustodyHash>(),
                             .seconds = 1,
                             .event = CustodyEvent::kTakenOver,
                             .item = item,
                             .hand_over = rng.draw<HandOverHash>(),
                             .who = "Anna",
                             .why = "asked"};
  samples.push_back(encode_custody_record(record).value());
  const CustodyHead head{2, record.previous};
  const HandOver hand_over{.case_id = record.case_id,
                           .giver = {record.custodian, head},
                           .taker = {rng.draw<SigningPublic>(), {}},
                           .seconds = 1,
                           .file = file,
                           .content = item.content,
                           .why = "second opinion"};
  samples.push_back(encode_hand_over(hand_over).value());
  return samples;
}

}  // namespace tocsin

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tocsin;  // NOLINT: a harness is one function
  const BytesView input{data, size};
  const std::string name = safe_file_name(as_text(input));
  fuzz_check(!name.empty() && name.size() <= kMostNameBytes, "a name of a bounded length");
  fuzz_check(name.find('/') == std::string::npos && name.front() != '.', "one visible component");
  fuzz_check(safe_file_name(name) == name, "safe once is safe");
  if (const auto record = decode_custody_record(input); record.has_value())
    fuzz_check(encode_custody_record(*record).value() == to_bytes(input), "one encoding a record");
  if (const auto paper = decode_hand_over(input); paper.has_value())
    fuzz_check(encode_hand_over(*paper).value() == to_bytes(input), "one encoding a hand-over");
  const auto message = decode_evidence_message(input);
  if (!message.has_value()) return 0;
  const auto again = encode_evidence_message(*message);
  fuzz_check(again.has_value() && std::ranges::equal(again->expose(kExpose), input),
             "one encoding per message");
  return 0;
}
