#include "client/custody/custody_log.h"

#include <algorithm>
#include <array>
#include <set>

#include "client/codes.h"
#include "client/custody/custody_check.h"
#include "client/custody/time_stamp.h"

namespace tocsin {
namespace {

constexpr std::string_view kChainFront = "custodian-";
constexpr std::string_view kHandOverFront = "hand-over-";
constexpr std::string_view kTimeStampFront = "time-stamp-";
constexpr std::size_t kNumberBytes = 8;  // as many as a keyid has

std::string named(std::string_view front, BytesView value, std::string_view end) {
  return std::string(front) + to_hex(value.first(kNumberBytes)) + std::string(end);
}

bool is_named(std::string_view name, std::string_view front, std::string_view end) {
  if (name.size() != front.size() + 2 * kNumberBytes + end.size() || !name.starts_with(front) ||
      !name.ends_with(end))
    return false;
  return from_hex(name.substr(front.size(), 2 * kNumberBytes)).has_value();
}

Result<Bytes> lines_of(std::span<const Dsse> envelopes) {
  std::string lines;
  for (const Dsse& envelope : envelopes)
    lines.append(TRY(dsse_to_json_line(envelope))).append("\n");
  return to_bytes(as_bytes(lines));
}

// Collects the files; the same number twice would write one over another.
class Log {
 public:
  Status add(std::string name, Bytes bytes) {
    if (!names_.insert(name).second) return fail(kTwoChainsOfOne, "files of one name");
    files_.push_back({std::move(name), std::move(bytes)});
    return {};
  }
  std::vector<LogFile> finish() && {
    std::ranges::sort(files_, {}, &LogFile::name);
    return std::move(files_);
  }

 private:
  std::set<std::string> names_;
  std::vector<LogFile> files_;
};

Status add_chain(Log& log, const CustodyCase& custody, std::span<const Dsse> envelopes) {
  const CustodyChain chain = TRY(CustodyChain::read(envelopes));
  if (chain.case_id() != custody.id) return fail(kForeignCase, "custody chain");
  if (envelopes.size() > kMostRecords) return fail(kTooLarge, "custody chain");
  return log.add(chain_file(chain.custodian()), TRY(lines_of(envelopes)));
}

Status add_hand_over(Log& log, const CustodyCase& custody, const Dsse& envelope) {
  if (TRY(open_hand_over(envelope)).case_id != custody.id) return fail(kForeignCase, "hand-over");
  Bytes line = TRY(lines_of(std::span(&envelope, 1)));
  return log.add(hand_over_file(hash_of_hand_over(envelope.body)), std::move(line));
}

Status add_time_stamp(Log& log, const CaseTimeStamp& kept) {
  const TimeStamp stamp = TRY(read_time_stamp(kept.response, kept.request));
  TRY(log.add(time_stamp_query_file(stamp.imprint), kept.request));
  return log.add(time_stamp_reply_file(stamp.imprint), kept.response);
}

}  // namespace

std::optional<LogPart> log_part(std::string_view name) {
  if (is_named(name, kChainFront, ".jsonl")) return LogPart::kChain;
  if (is_named(name, kHandOverFront, ".json")) return LogPart::kHandOver;
  if (is_named(name, kTimeStampFront, ".tsq")) return LogPart::kTimeStampQuery;
  if (is_named(name, kTimeStampFront, ".tsr")) return LogPart::kTimeStampReply;
  if (name == kCustodyCheckFile) return LogPart::kCheck;
  return std::nullopt;
}

std::string chain_file(const SigningPublic& custodian) {
  return named(kChainFront, custodian.view(), ".jsonl");
}
std::string hand_over_file(const HandOverHash& hash) {
  return named(kHandOverFront, hash.view(), ".json");
}
std::string time_stamp_query_file(const Sha256& imprint) {
  return named(kTimeStampFront, imprint.view(), ".tsq");
}
std::string time_stamp_reply_file(const Sha256& imprint) {
  return named(kTimeStampFront, imprint.view(), ".tsr");
}

Result<std::vector<LogFile>> write_custody_log(const CustodyCase& custody) {
  Log log;
  for (const std::vector<Dsse>& envelopes : custody.chains) TRY(add_chain(log, custody, envelopes));
  for (const Dsse& envelope : custody.hand_overs) TRY(add_hand_over(log, custody, envelope));
  for (const CaseTimeStamp& stamp : custody.time_stamps) TRY(add_time_stamp(log, stamp));
  TRY(log.add(std::string(kCustodyCheckFile), to_bytes(as_bytes(custody_check_script()))));
  return std::move(log).finish();
}

Result<std::vector<Dsse>> read_log_lines(BytesView file, DocumentKind kind) {
  if (file.size() > kMostLogFileBytes)
    return fail(kTooLarge, "custody log", static_cast<std::int64_t>(file.size()));
  std::string_view rest = as_text(file);
  std::vector<Dsse> envelopes;
  while (!rest.empty()) {
    const auto number = static_cast<std::int64_t>(envelopes.size()) + 1;
    const std::size_t end = rest.find('\n');
    if (end == std::string_view::npos || end > kMostLogLine || envelopes.size() == kMostRecords)
      return fail(kMalformed, "line of a custody log", number);
    const std::string_view line = rest.substr(0, end);
    const Result<Dsse> envelope = dsse_from_json(line, kind);
    if (!envelope.has_value() || dsse_to_json_line(*envelope) != std::string(line))
      return fail(kMalformed, "line of a custody log", number);
    envelopes.push_back(*envelope);
    rest.remove_prefix(end + 1);
  }
  if (envelopes.empty()) return fail(kMalformed, "custody log without a line");
  return envelopes;
}

}  // namespace tocsin
