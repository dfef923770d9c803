#include "client/custody/custody_words.h"

#include "client/custody/utc_text.h"
#include "protocol/alert/text.h"
#include "protocol/codes.h"

namespace tocsin {
namespace {

std::string counted(std::uint64_t count, std::string_view one) {
  return std::to_string(count) + " " + std::string(one) + (count == 1 ? "" : "s");
}

constexpr std::size_t kNameLetters = 60;

std::string after_anchor(const ChainFacts& facts) {
  const std::uint64_t length = facts.chain.records().size();
  if (!facts.anchor.has_value())
    return "Nobody else confirms any of them: their custodian alone vouches for what they say.";
  const std::uint64_t after = length - 1 - facts.anchor->record;
  const std::string by = facts.anchor->kind == AnchorKind::kHandOver
                             ? "a hand-over signed by both sides, "
                             : "a time stamp, ";
  return "Up to record " + std::to_string(facts.anchor->record) + " they are fixed by " + by +
         utc_text(facts.anchor->seconds) + "; after it came " +
         (after == 0 ? "none." : counted(after, "record") + " that nobody else confirms.");
}

}  // namespace

std::string quoted(std::string_view foreign, std::size_t letters) {
  return "“" + isolate(safe_text(foreign, {letters, LineBreaks::kForbidden})) + "”";
}

std::string_view event_words(CustodyEvent event) {
  switch (event) {
    case CustodyEvent::kAcquired:
      return "acquired";
    case CustodyEvent::kSent:
      return "sent";
    case CustodyEvent::kReceived:
      return "received";
    case CustodyEvent::kVerified:
      return "verified";
    case CustodyEvent::kOpened:
      return "opened";
    case CustodyEvent::kExported:
      return "exported";
    case CustodyEvent::kHandedOver:
      return "handed over";
    case CustodyEvent::kTakenOver:
      return "taken over";
    case CustodyEvent::kErased:
      return "erased";
  }
  return "unknown";
}

std::string key_number(const SigningPublic& key) { return to_hex(key_hint(key).view()); }

std::string custodian_name(const CustodyVerdict& verdict, const SigningPublic& key) {
  const ChainFacts* facts = verdict.chain_of(key);
  if (facts == nullptr) return "the custodian with key " + key_number(key);
  return quoted(facts->chain.records().back().who, kNameLetters);
}

std::string broken_record(Code code, std::uint64_t number) {
  const std::string record = "Record " + std::to_string(number);
  if (code == kBadSignature)
    return record +
           " is not as it was signed, or another key signed it: nothing from it on counts.";
  if (code == kCustodyBroken)
    return record + " does not follow the one before: one is missing, moved, or of another case. " +
           "Nothing from it on counts.";
  return record + " cannot be read: nothing from it on counts.";
}

std::string chain_sentence(const ChainFacts& facts) {
  const std::vector<CustodyRecord>& records = facts.chain.records();
  return "Key " + key_number(facts.chain.custodian()) + ", who says to be " +
         quoted(records.back().who, kNameLetters) + ": " + counted(records.size(), "record") +
         " from number 0 on, none missing, each signed. " + after_anchor(facts);
}

std::string hand_over_sentence(const CustodyVerdict& verdict, const HandOverFacts& facts) {
  return "Handed over, signed by both: " + custodian_name(verdict, facts.paper.giver.key) + " to " +
         custodian_name(verdict, facts.paper.taker.key) + ", " + utc_text(facts.paper.seconds) +
         " as both say.";
}

std::string time_stamp_sentence(const CustodyVerdict& verdict, const TimeStampFacts& facts) {
  const std::string signer = facts.stamp.signer.empty() ? "unnamed" : facts.stamp.signer;
  return "Record " + std::to_string(facts.record) + " of " +
         custodian_name(verdict, facts.custodian) + " existed at " + utc_text(facts.stamp.seconds) +
         ", says the time stamp authority " + signer +
         (facts.authority_checked
              ? "; its signature holds."
              : "; its signature was not checked, for lack of its certificate.");
}

std::vector<std::string> verdict_lines(const CustodyVerdict& verdict) {
  std::vector<std::string> lines;
  for (const ChainFacts& facts : verdict.chains) lines.push_back(chain_sentence(facts));
  for (const HandOverFacts& facts : verdict.hand_overs)
    lines.push_back(hand_over_sentence(verdict, facts));
  for (const TimeStampFacts& facts : verdict.time_stamps)
    lines.push_back(time_stamp_sentence(verdict, facts));
  if (verdict.time_stamps.empty()) lines.emplace_back("Nothing of it is time-stamped.");
  lines.insert(lines.end(), verdict.notes.begin(), verdict.notes.end());
  for (const CustodyFinding& finding : verdict.findings)
    lines.push_back("NOT HELD, " + finding.file + ": " + finding.sentence);
  return lines;
}

}  // namespace tocsin
