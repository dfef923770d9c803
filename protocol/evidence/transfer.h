// protocol/evidence/transfer.h: what two people tell each other about a file on its way.
//
// Spec:    protocol/spec/evidence.md EVI-4
// Shape:   the body of a content; the file itself travels as frames, never in a session
// Layout:  version 1 | kind 1 | what the kind needs (EVI-4.2)
// Secrets: the file secret in an offer, the owner's key in a place
// Errors:  malformed, unsupported_version, out_of_range; of a custody document those of dsse.h
// Threads: values only
#pragma once

#include <optional>
#include <string>
#include <variant>

#include "crypto/box/hash.h"
#include "protocol/alert/dsse.h"
#include "protocol/evidence/limits.h"
#include "protocol/wire/address.h"

namespace tocsin {

// "I am sending you this." Before the first frame.
struct EvidenceOffer {
  FileId file;
  FileSecret secret;
  std::uint64_t length = 0;
  std::string name;  // as the sender has it: hostile until safe_file_name
  std::string note;  // any bytes: hostile until safe_text
};
// "These frames lie there." With the owner's key the receiver deletes them when it has them.
struct EvidencePlace {
  FileId file;
  std::uint64_t first = 0;
  std::uint32_t frames = 0;
  RelayAddress relay;
  ReadId blob;
  std::optional<OwnerSecret> owner;
};
// "That was all of it." After the last frame.
struct EvidenceEnd {
  FileId file;
  Sha256 content;  // of the file, without padding
  Sha256 root;     // over all its frames
};
// "I have every frame before this one", durably: their blobs may go.
struct EvidenceTaken {
  FileId file;
  std::uint64_t next = 0;
};
enum class EvidenceOutcome : std::uint8_t {
  kWhole = 1,      // every frame opened, root and content are what the end says
  kDifferent = 2,  // every frame opened, and they are not
  kRefused = 3,    // the receiver does not want it
  kGivenUp = 4,    // the sender does not go on
  kLost = 5,       // what lay at a relay is gone, or does not open
};
struct EvidenceResult {
  FileId file;
  EvidenceOutcome outcome = EvidenceOutcome::kWhole;
  Sha256 content;  // as the receiver computed it; zero when it did not
};

// "My chain goes on with this." A record of custody about the file (custody.md CUS-5).
struct EvidenceRecord {
  FileId file;
  Dsse envelope;
};
// "I hand it over to you", with one signature; "taken", with both.
struct EvidenceHandOver {
  FileId file;
  Dsse envelope;
};

using EvidenceMessage = std::variant<EvidenceOffer, EvidencePlace, EvidenceEnd, EvidenceTaken,
                                     EvidenceResult, EvidenceRecord, EvidenceHandOver>;
// Strict both ways: a message that breaks a rule is neither written nor read.
Result<SecretBytes> encode_evidence_message(const EvidenceMessage& message);
Result<EvidenceMessage> decode_evidence_message(BytesView bytes);

}  // namespace tocsin
