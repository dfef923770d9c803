// client/bag/algorithms.h: the digests a manifest may be made with, several of them at once.
//
// Source:  RFC 8493 section 2.4: the name in a manifest's file name
// Errors:  library_fault
// Threads: one object, one thread
// Cost:    one pass over the data, whatever the number of digests
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "crypto/box/openssl.h"

namespace tocsin::bag {

struct Algorithm {
  std::string_view name;  // as in manifest-NAME.txt, in lower case and without other signs
  const char* openssl;
  std::size_t bytes;
  bool is_strong;  // nobody can make two files of one digest
};

// In any case, and with "-", "_" or "/" left in: "SHA-256" is "sha256".
const Algorithm* algorithm_named(std::string_view name);

class DigestSet {
 public:
  static Result<DigestSet> create(std::span<const Algorithm* const> algorithms);
  Status update(BytesView data);
  // One for each algorithm, in their order; then it begins anew.
  Result<std::vector<Bytes>> finish();

 private:
  explicit DigestSet(std::vector<NamedDigest> streams) : streams_(std::move(streams)) {}
  std::vector<NamedDigest> streams_;
};

}  // namespace tocsin::bag
