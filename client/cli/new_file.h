// client/cli/new_file.h: a file of mode 0600 that a command writes where none was.
//
// Errors:  file_in_the_way (nothing is written over), file_fault, disk_full
// Threads: any
#pragma once

#include "crypto/base/files.h"

namespace tocsin {

// To be asked before work that the file's failing would leave behind.
Status check_nothing_in_the_way(const Path& path);
// What could not be written whole is removed again.
Status write_new_file(const Path& path, BytesView content);

}  // namespace tocsin
