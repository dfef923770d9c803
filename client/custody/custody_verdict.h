// client/custody/custody_verdict.h: what the files of a custody log prove, and what is wrong with
// them.
//
// Spec:    protocol/spec/custody.md CUS-2, CUS-3, CUS-4.6 … CUS-4.8, CUS-4.12
// Shape:   hostile files in; facts that hold and findings out, never an error
// Threads: values only
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "client/custody/custody_log.h"
#include "client/custody/time_stamp.h"

namespace tocsin {

// Something that does not hold.
struct CustodyFinding {
  Code code{};
  std::string file;  // made safe to show
  std::string sentence;
};

// The last record that somebody beside its custodian pins.
enum class AnchorKind : std::uint8_t { kHandOver, kTimeStamp };
struct CustodyAnchor {
  AnchorKind kind{};
  std::uint64_t record = 0;
  std::uint64_t seconds =
      0;  // of the hand-over, as both claim; of the stamp, as its authority says
};

struct ChainFacts {
  CustodyChain chain;  // what of it holds
  std::optional<CustodyAnchor> anchor;
};
struct HandOverFacts {
  HandOver paper;
  HandOverHash hash;
};
struct TimeStampFacts {
  TimeStamp stamp;
  SigningPublic custodian;
  std::uint64_t record = 0;
  bool authority_checked = false;  // a stamp whose authority nobody checked anchors nothing
};

struct CustodyVerdict {
  std::optional<CaseId> case_id;  // none: there is no record at all
  std::vector<ChainFacts> chains;
  std::vector<HandOverFacts> hand_overs;
  std::vector<TimeStampFacts> time_stamps;
  std::vector<CustodyFinding> findings;
  std::vector<std::string> notes;  // what is not here, and need not be

  bool holds() const { return findings.empty() && !chains.empty(); }
  const ChainFacts* chain_of(const SigningPublic& custodian) const;
};

// The files of one folder custody/, or of several copies of it (two copies that part are a fork).
// `authorities`: certificates (PEM) that time stamps are checked with; may be empty.
CustodyVerdict verify_custody(std::span<const LogFile> files, BytesView authorities);
// The same of what a vault holds.
Result<CustodyVerdict> verify_custody(const CustodyCase& custody, BytesView authorities);
// The files of a bag, with their hashes. Whoever remakes the lists of a bag can put any file into
// it: one that no record that holds is about is a finding (CUS-4.12).
using Payload = std::vector<std::pair<std::string, Sha256>>;
void check_payload(const Payload& payload, CustodyVerdict& verdict);

}  // namespace tocsin
