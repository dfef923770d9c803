// client/cli/picture_reader.h: a QR code out of a picture somebody gave us.
//
// Source:  ISO/IEC 18004 through libzbar, looked for at run time; PNG through libpng's simplified
//          interface
// Errors:  no_code_in_picture, no_picture_reader (libzbar is not installed), too_large,
//          no_such_file, file_fault
// Threads: one
#pragma once

#include <string>

#include "crypto/base/files.h"

namespace tocsin {

// A file that begins as a PNG does.
Result<bool> is_picture(const Path& path);
// The text of the only QR code in a PNG of at most 8 MiB and 16 million pixels.
Result<std::string> read_qr_picture(const Path& path);

}  // namespace tocsin
