// client/custody/hashes_csv.h: the hashes of an export's files as a table for any program.
//
// Spec:    protocol/spec/custody.md CUS-4.9
// Source:  RFC 4180
// Shape:   a header line; then a quoted path and a hash in hexadecimal a line, ended by CRLF
// Threads: values only
#pragma once

#include "client/custody/custody_case.h"

namespace tocsin {

// A path is written as it is, so that a script finds the file: a spreadsheet that takes what begins
// with = + - @ for a formula finds none, since every path begins with "data/".
std::string hashes_csv(std::span<const CaseFile> files);

}  // namespace tocsin
