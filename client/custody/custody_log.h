// client/custody/custody_log.h: the signed log of a case as the files of a folder custody/, and one
// file of it read back.
//
// Spec:    protocol/spec/custody.md CUS-4.1 … CUS-4.4
// Shape:   a DSSE envelope as JSON a line; time stamps as they came
// Errors:  two_chains_of_one, foreign_case, too_large, malformed (detail = the line, from 1), and
//          what a chain, a hand-over or a time stamp refuses
// Threads: values only
#pragma once

#include <optional>
#include <string_view>

#include "client/custody/custody_case.h"

namespace tocsin {

// A chain has a handful of records a file; what is longer was made to keep a reader busy.
inline constexpr std::size_t kMostRecords = 10'000;
inline constexpr std::size_t kMostLogFiles = 2'000;
// Base64 of the longest body, eight signatures of 128 letters, names and marks.
inline constexpr std::size_t kMostLogLine = 4'096;
static_assert((kMaxCustodyBody + 2) / 3 * 4 + kMaxSignatures * 128 + 256 <= kMostLogLine);
inline constexpr std::size_t kMostLogFileBytes = kMostRecords * (kMostLogLine + 1);

struct LogFile {
  std::string name;  // ours alone: letters, digits, dots and hyphens
  Bytes bytes;
};

// What a name says that a file is.
enum class LogPart : std::uint8_t { kChain, kHandOver, kTimeStampQuery, kTimeStampReply, kCheck };
std::optional<LogPart> log_part(std::string_view name);
std::string chain_file(const SigningPublic& custodian);
std::string hand_over_file(const HandOverHash& hash);
std::string time_stamp_query_file(const Sha256& imprint);
std::string time_stamp_reply_file(const Sha256& imprint);

// Every chain, hand-over and time stamp of the case, and how to check them without Tocsin; refused
// as a whole where one does not hold.
Result<std::vector<LogFile>> write_custody_log(const CustodyCase& custody);

// The envelopes of one file, whatever they are signed with. Each has one encoding.
Result<std::vector<Dsse>> read_log_lines(BytesView file, DocumentKind kind);

}  // namespace tocsin
