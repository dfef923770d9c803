// client/evidence/pack_folder.h: a folder as one file: a tar archive inside an age file that only
// this vault opens, so that no second copy of it lies on the disk in clear.
//
// Source:  pax interchange format (POSIX.1-2001), written by libarchive; crypto/age
// Shape:   names in byte order; files, folders and links as links; everything else is left out and
//          named
// Secrets: the identity that opens it, which is made here
// Errors:  file_in_the_way, no_such_file, file_changed, no_space, out_of_range (empty, or more than
//          50 GiB), file_fault, disk_full
// Threads: any
// Cost:    one pass; memory for the names and one piece of a file
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "crypto/age/keys.h"
#include "crypto/base/files.h"

namespace tocsin::evidence {

struct PackedFolder {
  age::Identity identity;
  std::vector<std::string> left_out;  // sockets, pipes, devices
};
// How many bytes of how many are in it.
using PackProgress = std::function<void(std::uint64_t done, std::uint64_t all)>;

// `out` must not exist; when it cannot be written whole there is none.
Result<PackedFolder> pack_folder(const Path& folder, const Path& out, Rng& rng,
                                 const PackProgress& progress);

}  // namespace tocsin::evidence
