// client/bag/entry_path.h: a path as a bag's lists write it, and whether it stays in the bag.
//
// Source:  RFC 8493 sections 2.1.3 (escapes) and 5.1 (special characters)
// Shape:   relative, parts between '/', none of them empty, "." or ".."
// Threads: values only
#pragma once

#include <string>
#include <string_view>

namespace tocsin::bag {

// True for a path that names something below the bag on every system: no way up or out, no
// backslash, no zero, no drive letter, no part longer than a file system takes.
bool is_safe_path(std::string_view path);
bool is_payload_path(std::string_view path);

// CR, LF and % as %0D, %0A and %25, and back; every other % stays as it is.
std::string escape_path(std::string_view path);
std::string unescape_path(std::string_view path);

// Files that desktops leave behind in folders.
bool is_system_file(std::string_view path);

}  // namespace tocsin::bag
