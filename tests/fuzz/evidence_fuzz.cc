// What a contact says about a file, and what it is called.
#include <algorithm>

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
  const auto message = decode_evidence_message(input);
  if (!message.has_value()) return 0;
  const auto again = encode_evidence_message(*message);
  fuzz_check(again.has_value() && std::ranges::equal(again->expose(kExpose), input),
             "one encoding per message");
  return 0;
}
