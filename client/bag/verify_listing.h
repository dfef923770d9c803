// client/bag/verify_listing.h: what the lists of a bag say beside what lies in its folder.
//
// Shape:   in   the lists, and every file's digests;  out  findings
// Threads: values only
#pragma once

#include <map>

#include "client/bag/tag_files.h"

namespace tocsin::bag {

struct FoundFile {
  std::uint64_t size = 0;
  // For a payload file those of the payload manifests, for another those of the tag manifests, in
  // the order of the manifests; empty when it could not be read.
  std::vector<Bytes> digests;
  std::uint32_t listed_in = 0;  // one bit for each of those manifests
};
// A tree, not a table: its cost does not depend on how somebody chose the names.
using FoundFiles = std::map<std::string, FoundFile, std::less<>>;

class Listing {
 public:
  Listing(FoundFiles& found, Version version, Findings& findings);

  // Before the manifests are compared: what is missing then is known to be on the list.
  void take_fetch(std::vector<FetchLine> lines);
  // `place`: which of the file's digests this manifest is about.
  void compare(const Manifest& manifest, std::size_t place);
  // Payload that is in no manifest, or not in all (1.0); `count` payload manifests were compared.
  void check_all_listed(std::size_t count);
  // A tag manifest names every payload manifest (1.0).
  void check_names(const Manifest& tags, const std::vector<Manifest>& manifests);

 private:
  using Lines = std::map<std::string_view, const ManifestLine*>;
  FoundFiles::iterator find_exactly(std::string_view path);
  FoundFiles::iterator find_alike(const ManifestLine& line, const Lines& lines);
  void compare_line(const ManifestLine& line, const Manifest& manifest, std::size_t place,
                    const Lines& lines);
  void miss(const ManifestLine& line);
  void check_twice(const ManifestLine& first, const ManifestLine& again, const Manifest& manifest);
  void check_decomposed(const Manifest& manifest);
  void check_fetch();

  FoundFiles* found_;
  Version version_;
  Findings* findings_;
  std::multimap<std::string, FoundFiles::iterator> alike_;  // by folded name
  struct Fetch {
    std::uint64_t line = 0;
    bool is_told = false;
  };
  std::map<std::string, Fetch, std::less<>> fetch_;  // by the file's own name
};

}  // namespace tocsin::bag
