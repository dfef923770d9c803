#include "client/bag/verify_listing.h"

#include <algorithm>

#include "client/bag/entry_path.h"
#include "client/bag/limits.h"
#include "client/bag/name_key.h"

namespace tocsin::bag {

Listing::Listing(FoundFiles& found, Version version, Findings& findings)
    : found_(&found), version_(version), findings_(&findings) {
  for (auto each = found.begin(); each != found.end(); ++each) {
    std::string key = folded_name(each->first);
    if (alike_.contains(key))
      findings.warn(FindingKind::kOnlyAlike, each->first,
                    "differs from another name in capitals or the spelling of accents only; some "
                    "systems keep one of the two");
    alike_.emplace(std::move(key), each);
  }
}

// 1.0 escapes, and says that nothing else may look like an escape; before it, what stands there is
// mostly the name itself.
FoundFiles::iterator Listing::find_exactly(std::string_view path) {
  const std::string plain = unescape_path(path);
  const bool first_plain = version_ == Version::k10;
  const auto first = found_->find(first_plain ? std::string_view(plain) : path);
  return first != found_->end() ? first : found_->find(first_plain ? path : plain);
}

FoundFiles::iterator Listing::find_alike(const ManifestLine& line, const Lines& lines) {
  const std::string path = unescape_path(line.path);
  const std::string canonical = canonical_name(path);
  auto [each, end] = alike_.equal_range(folded_name(path));
  for (std::size_t looked = 0; looked < kMaxTwins && each != end; ++looked, ++each) {
    if (canonical_name(each->second->first) == canonical) return each->second;
    // Other capitals are another file here. It is the same one only when a line of its own says so.
    const auto twin = lines.find(each->second->first);
    if (twin != lines.end() && twin->second->digest == line.digest) return each->second;
  }
  return found_->end();
}

void Listing::take_fetch(std::vector<FetchLine> lines) {
  for (const FetchLine& line : lines) fetch_.emplace(unescape_path(line.path), Fetch{line.line});
}

void Listing::check_twice(const ManifestLine& first, const ManifestLine& again,
                          const Manifest& manifest) {
  if (first.digest != again.digest) {
    findings_->error(FindingKind::kListedTwice, again.path, "listed twice, with two digests",
                     again.line);
  } else if (version_ == Version::k10) {
    findings_->error(FindingKind::kListedTwice, again.path, "listed twice in " + manifest.file,
                     again.line);
  } else {
    findings_->warn(FindingKind::kListedTwice, again.path, "listed twice in " + manifest.file,
                    again.line);
  }
}

void Listing::miss(const ManifestLine& line) {
  const auto fetch = fetch_.find(unescape_path(line.path));
  if (fetch == fetch_.end()) {
    findings_->error(FindingKind::kFileMissing, line.path, "listed, but not here", line.line);
  } else {
    fetch->second.is_told = true;
    findings_->error(FindingKind::kNotFetched, line.path,
                     "to be fetched from elsewhere, and not here", line.line);
  }
}

void Listing::compare_line(const ManifestLine& line, const Manifest& manifest, std::size_t place,
                           const Lines& lines) {
  auto file = find_exactly(line.path);
  if (file == found_->end()) {
    file = find_alike(line, lines);
    if (file != found_->end())
      findings_->warn(FindingKind::kOnlyAlike, line.path,
                      "the file's own name differs in capitals or the spelling of accents",
                      line.line);
  }
  if (file == found_->end()) return miss(line);
  FoundFile& found = file->second;
  found.listed_in |= 1U << place;
  if (place < found.digests.size() && found.digests[place] != line.digest)
    findings_->error(FindingKind::kWrongDigest, file->first,
                     "not what it was: another digest than in " + manifest.file, line.line);
}

// One finding for each manifest: on some systems whole folders are written so.
void Listing::check_decomposed(const Manifest& manifest) {
  const auto is_apart = [](const ManifestLine& line) {
    // U+0300 … U+036F, the combining accents, begin with these bytes.
    return line.path.find('\xCC') != std::string::npos ||
           line.path.find('\xCD') != std::string::npos;
  };
  const auto first = std::ranges::find_if(manifest.lines, is_apart);
  if (first != manifest.lines.end())
    findings_->warn(FindingKind::kOnlyAlike, first->path,
                    "accents are written apart from their letters; some systems change that, and "
                    "then do not find the file",
                    first->line);
}

void Listing::compare(const Manifest& manifest, std::size_t place) {
  Lines lines;
  for (const ManifestLine& line : manifest.lines) {
    const auto [first, is_new] = lines.emplace(line.path, &line);
    if (!is_new) check_twice(*first->second, line, manifest);
  }
  for (const ManifestLine& line : manifest.lines) compare_line(line, manifest, place, lines);
  check_decomposed(manifest);
}

void Listing::check_all_listed(std::size_t count) {
  const std::uint32_t all = static_cast<std::uint32_t>((std::uint64_t{1} << count) - 1);
  for (const auto& [path, file] : *found_) {
    if (!is_payload_path(path)) continue;
    if (is_system_file(path))
      findings_->warn(FindingKind::kSystemFile, path, "left by a desktop, not by a person");
    const bool is_listed = version_ == Version::k10 ? file.listed_in == all : file.listed_in != 0;
    if (is_listed) continue;
    findings_->error(FindingKind::kFileNotListed, path,
                     file.listed_in == 0 ? "in the payload, but in no manifest"
                                         : "in the payload, but not in every manifest");
  }
  check_fetch();
}

// A file to be fetched is on the lists as well: those that are not were not missed yet.
void Listing::check_fetch() {
  for (const auto& [path, fetch] : fetch_) {
    if (!fetch.is_told && !found_->contains(path))
      findings_->error(FindingKind::kNotFetched, path,
                       "to be fetched from elsewhere, not here, and in no manifest", fetch.line);
  }
}

void Listing::check_names(const Manifest& tags, const std::vector<Manifest>& manifests) {
  for (const Manifest& each : manifests) {
    const bool is_named = std::ranges::any_of(
        tags.lines, [&each](const ManifestLine& line) { return line.path == each.file; });
    if (is_named) continue;
    if (version_ == Version::k10) {
      findings_->error(FindingKind::kFileNotListed, each.file, "not in " + tags.file);
    } else {
      findings_->warn(FindingKind::kFileNotListed, each.file, "not in " + tags.file);
    }
  }
}

}  // namespace tocsin::bag
