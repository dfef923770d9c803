// protocol/evidence/name.h: what a stranger calls a file, made fit for a folder of ours.
//
// Spec:    protocol/spec/evidence.md EVI-5
// Shape:   any bytes in; 1 … kMostNameBytes of UTF-8 out, one component of a path
// Errors:  none: the worst name becomes an unremarkable one
// Threads: values only
#pragma once

#include <string>
#include <string_view>

#include "protocol/evidence/limits.h"

namespace tocsin {

// What it gives is left as it is when given again.
std::string safe_file_name(std::string_view given);

}  // namespace tocsin
