// client/bag/verify.h: is this folder a whole and unchanged bag?
//
// Source:  RFC 8493 (BagIt 1.0); draft-kunze-bagit for 0.93 … 0.97
// Shape:   in   a folder that a stranger made;  out  findings and facts
// Errors:  no_such_file (no folder), bag_stopped, file_fault, library_fault; what is wrong with the
//          bag is a finding
// Threads: one
// Cost:    every file is read once for all its digests; memory grows with the number of files and
//          their names only, up to the bounds of limits.h
#pragma once

#include "client/bag/findings.h"
#include "crypto/base/files.h"
#include "crypto/box/hash.h"

namespace tocsin::bag {

struct BagReport {
  Findings findings;
  BagFacts facts;
  // Of the payload, by name, where a manifest asks for it; empty otherwise.
  std::vector<std::pair<std::string, Sha256>> sha256;
  bool is_valid() const { return findings.errors() == 0; }
};

// Follows no link, fetches nothing, writes nothing.
Result<BagReport> verify_bag(const Path& folder, const BagWatch& watch = {});

}  // namespace tocsin::bag
