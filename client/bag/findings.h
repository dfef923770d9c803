// client/bag/findings.h: what is said about a bag: findings, facts, progress.
//
// Shape:   a bag is valid when no finding is an error; file names are the bytes of the bag, unsafe
//          to print
// Threads: values only
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace tocsin::bag {

enum class Severity : std::uint8_t { kError, kWarning };

enum class FindingKind : std::uint8_t {
  kNoDeclaration,
  kBadDeclaration,
  kUnsupportedVersion,
  kBadEncoding,
  kNoPayloadFolder,
  kNoManifest,
  kUnknownAlgorithm,
  kBadLine,
  kUnsafePath,
  kWrongPlace,  // a tag file in a payload manifest, or the other way round
  kListedTwice,
  kOnlyAlike,    // names that differ in case, accents' spelling or escapes only
  kUnusualPath,  // "./" in front, or the mark of md5sum
  kFileMissing,
  kFileNotListed,
  kWrongDigest,
  kNotAPlainFile,  // link, device, pipe, socket
  kUnreadable,
  kTooMuch,  // a bound of limits.h
  kBadBagInfo,
  kWrongOxum,
  kBadFetch,
  kNotFetched,
  kSystemFile,
  kWeakDigests,
};

// "file_missing": stable, for programs.
std::string_view name_of(FindingKind kind);

struct Finding {
  Severity severity = Severity::kError;
  FindingKind kind{};
  std::string file;        // relative to the bag; empty when it is about the whole
  std::string sentence;    // for a person; never a byte of the bag
  std::uint64_t line = 0;  // of the file, from 1; 0 when it is about all of it
};

struct BagEntry {
  std::string label;
  std::string value;
};

struct BagFacts {
  std::string version;
  std::string encoding;
  std::vector<std::string> algorithms;      // of the payload manifests, as in their file names
  std::vector<std::string> tag_algorithms;  // of the tag manifests
  std::uint64_t payload_files = 0;
  std::uint64_t payload_bytes = 0;
  std::optional<std::string> payload_oxum;  // as the bag says it
  std::vector<BagEntry> info;               // in its order
};

struct BagProgress {
  std::uint64_t files = 0;
  std::uint64_t bytes = 0;
};
// Asked after every piece; false stops.
using BagWatch = std::function<bool(const BagProgress&)>;

// Keeps the first kMaxFindings and counts all.
class Findings {
 public:
  void error(FindingKind kind, std::string_view file, std::string sentence,
             std::uint64_t line = 0) {
    add({Severity::kError, kind, std::string(file), std::move(sentence), line});
  }
  void warn(FindingKind kind, std::string_view file, std::string sentence, std::uint64_t line = 0) {
    add({Severity::kWarning, kind, std::string(file), std::move(sentence), line});
  }
  std::uint64_t errors() const { return errors_; }
  std::uint64_t warnings() const { return warnings_; }
  const std::vector<Finding>& kept() const { return kept_; }

 private:
  void add(Finding finding);
  std::vector<Finding> kept_;
  std::uint64_t errors_ = 0;
  std::uint64_t warnings_ = 0;
};

}  // namespace tocsin::bag
