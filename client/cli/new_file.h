// client/cli/new_file.h: a file of mode 0600, or a folder of such files, that a command writes
// where nothing was.
//
// Errors:  file_in_the_way (nothing is written over), no_such_file (the folder it is to lie in),
//          file_fault, disk_full
// Threads: any
#pragma once

#include <span>
#include <string>

#include "crypto/base/files.h"

namespace tocsin {

// To be asked before work that the file's failing would leave behind.
Status check_nothing_in_the_way(const Path& path);
// What could not be written whole is removed again.
Status write_new_file(const Path& path, BytesView content);
// All of the files or no folder; mode 0700.
struct NewFile {
  std::string name;
  BytesView content;
};
Status write_new_folder(const Path& path, std::span<const NewFile> files);

}  // namespace tocsin
