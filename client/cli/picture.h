// client/cli/picture.h: a link as a QR picture.
//
// Source:  ISO/IEC 18004 through libqrencode; PNG through libpng's simplified interface
// Errors:  too_large (no picture holds it), file_fault
// Threads: values only
#pragma once

#include <string_view>

#include "crypto/base/files.h"

namespace tocsin {

// A black and white PNG of mode 0600; there must be none yet.
Status write_qr_picture(const Path& path, std::string_view text);

}  // namespace tocsin
