// client/custody/custody_case.h: what is known of a case, as the documents of custody take it.
//
// Spec:    protocol/spec/custody.md CUS-1 … CUS-4
// Threads: values only
#pragma once

#include <string>
#include <vector>

#include "protocol/evidence/hand_over.h"

namespace tocsin {

struct CaseFile {
  std::string name;  // as a stranger may have called it: any bytes
  FileId id;
  std::uint64_t length = 0;
  Sha256 content;
  std::string path;  // in the export, "data/…"
};

// What an authority was asked and what it answered, as they went over the wire.
struct CaseTimeStamp {
  Bytes request;
  Bytes response;
};

struct CustodyCase {
  CaseId id;
  std::vector<std::vector<Dsse>> chains;  // one for each custodian, from record 0 on
  std::vector<Dsse> hand_overs;
  std::vector<CaseTimeStamp> time_stamps;
  std::vector<CaseFile> files;
};

}  // namespace tocsin
