// client/bag/write.h: makes a bag: copies of files, and lists by which anybody can check them.
//
// Source:  RFC 8493 (BagIt 1.0), with SHA-256 and SHA-512. `sha256sum -c manifest-sha256.txt`
//          inside checks it too; it does not find names with a line break or %, which are escaped
// Shape:   out  a new folder of mode 0700, files of mode 0400; all of it or nothing
// Errors:  file_in_the_way, no_such_file, file_changed (a source is not what it was), bag_name (a
//          name or element that a bag cannot have), bag_stopped, disk_full, file_fault
// Threads: one
// Cost:    every source is read once; its lists are in memory: 400 bytes and twice the name a file
#pragma once

#include <variant>

#include "client/bag/findings.h"
#include "crypto/base/files.h"
#include "crypto/base/time.h"
#include "crypto/box/hash.h"

namespace tocsin::bag {

struct PayloadSource {
  std::string name;                               // below data/, parts between '/'; UTF-8
  Path source;                                    // a plain file, never through a link
  std::optional<Sha256> expected = std::nullopt;  // another content is file_changed
};

struct TagSource {
  std::string name;  // beside data/; none that BagIt gives a meaning
  std::variant<Bytes, Path> content;
};

struct BagPlan {
  std::vector<PayloadSource> payload;
  std::vector<TagSource> tags;
  std::vector<BagEntry> info;  // Bagging-Date, Bag-Software-Agent and Payload-Oxum are added
  Day bagged{};
  std::string agent;
  BagWatch watch;
};

// Written as "NAME.part" beside it and renamed when all of it is on the disk.
Result<BagFacts> write_bag(const Path& folder, const BagPlan& plan);

}  // namespace tocsin::bag
