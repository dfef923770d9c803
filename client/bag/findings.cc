#include "client/bag/findings.h"

#include "client/bag/limits.h"

namespace tocsin::bag {

std::string_view name_of(FindingKind kind) {
  switch (kind) {
    case FindingKind::kNoDeclaration:
      return "no_declaration";
    case FindingKind::kBadDeclaration:
      return "bad_declaration";
    case FindingKind::kUnsupportedVersion:
      return "unsupported_version";
    case FindingKind::kBadEncoding:
      return "bad_encoding";
    case FindingKind::kNoPayloadFolder:
      return "no_payload_folder";
    case FindingKind::kNoManifest:
      return "no_manifest";
    case FindingKind::kUnknownAlgorithm:
      return "unknown_algorithm";
    case FindingKind::kBadLine:
      return "bad_line";
    case FindingKind::kUnsafePath:
      return "unsafe_path";
    case FindingKind::kWrongPlace:
      return "wrong_place";
    case FindingKind::kListedTwice:
      return "listed_twice";
    case FindingKind::kOnlyAlike:
      return "only_alike";
    case FindingKind::kUnusualPath:
      return "unusual_path";
    case FindingKind::kFileMissing:
      return "file_missing";
    case FindingKind::kFileNotListed:
      return "file_not_listed";
    case FindingKind::kWrongDigest:
      return "wrong_digest";
    case FindingKind::kNotAPlainFile:
      return "not_a_plain_file";
    case FindingKind::kUnreadable:
      return "unreadable";
    case FindingKind::kTooMuch:
      return "too_much";
    case FindingKind::kBadBagInfo:
      return "bad_bag_info";
    case FindingKind::kWrongOxum:
      return "wrong_oxum";
    case FindingKind::kBadFetch:
      return "bad_fetch";
    case FindingKind::kNotFetched:
      return "not_fetched";
    case FindingKind::kSystemFile:
      return "system_file";
    case FindingKind::kWeakDigests:
      return "weak_digests";
  }
  return {};
}

void Findings::add(Finding finding) {
  const bool is_error = finding.severity == Severity::kError;
  (is_error ? errors_ : warnings_) += 1;
  if (kept_.size() < kMaxFindings) {
    kept_.push_back(std::move(finding));
    return;
  }
  // A flood of warnings must not hide the first error.
  if (!is_error || errors_ > 1) return;
  kept_.back() = std::move(finding);
}

}  // namespace tocsin::bag
