// client/bag/tag_files.h: what the files that describe a bag say: bagit.txt, manifests,
// bag-info.txt, fetch.txt.
//
// Source:  RFC 8493 sections 2.1.1, 2.1.3, 2.2.2, 2.2.3; draft-kunze-bagit-00 … -14 for 0.93 … 0.97
// Shape:   in   UTF-8 of a bounded length;  out  what could be read, the rest as findings
// Threads: values only
// Cost:    linear
#pragma once

#include "client/bag/algorithms.h"
#include "client/bag/findings.h"

namespace tocsin::bag {

enum class Version : std::uint8_t { k093 = 93, k094, k095, k096, k097, k10 };

struct Declaration {
  Version version{};
  std::string version_text;
  std::string encoding;
};
// The bytes of bagit.txt as they are; nothing when the rest cannot be understood.
std::optional<Declaration> parse_declaration(std::string_view bytes, Findings& findings);

enum class ManifestOf : std::uint8_t { kPayload, kTags };
struct ManifestLine {
  std::string path;  // safe, and on the right side of data/; still escaped
  Bytes digest;
  std::uint64_t line = 0;
};
struct Manifest {
  std::string file;  // "manifest-sha256.txt"
  ManifestOf of{};
  const Algorithm* algorithm = nullptr;
  std::vector<ManifestLine> lines;
};
// Which manifest a file of this name is; without lines, and without an algorithm when its name is
// unknown. Nothing for other files.
std::optional<Manifest> manifest_named(std::string_view file);
void parse_manifest(std::string_view text, Manifest& manifest, Findings& findings);

// Elements in their order. Before 1.0 blanks around the colon mean nothing.
std::vector<BagEntry> parse_bag_info(std::string_view text, std::string_view file, Version version,
                                     Findings& findings);

// An element as bag-info.txt has it, in lines of at most 79 bytes where its words allow it; read
// again it is the same. Nothing when it cannot be one: line breaks, control characters, blanks at
// an end or two in a row, a colon in the label.
std::optional<std::string> print_element(const BagEntry& entry);

struct FetchLine {
  std::string path;  // safe, below data/; still escaped
  std::uint64_t line = 0;
};
std::vector<FetchLine> parse_fetch(std::string_view text, Findings& findings);

// "bytes.files", in decimal.
struct Oxum {
  std::uint64_t bytes = 0;
  std::uint64_t files = 0;
};
std::optional<Oxum> parse_oxum(std::string_view text);

}  // namespace tocsin::bag
