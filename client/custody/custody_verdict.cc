#include "client/custody/custody_verdict.h"

#include <algorithm>
#include <map>
#include <set>

#include "client/codes.h"
#include "client/custody/custody_words.h"
#include "protocol/alert/text.h"

namespace tocsin {
namespace {

constexpr std::size_t kNameLetters = 80;

std::string number_text(std::uint64_t number) { return std::to_string(number); }

// Reads file by file, then holds what it has read against each other.
class Verifier {
 public:
  explicit Verifier(BytesView authorities) : authorities_(authorities) {}

  CustodyVerdict run(std::span<const LogFile> files) {
    if (files.size() > kMostLogFiles) {
      find({kTooLarge, "custody", "There are more files than a custody log has."});
      return std::move(verdict_);
    }
    for (const LogFile& file : files) read(file);
    compare_copies();
    for (const HandOverFacts& facts : verdict_.hand_overs) check_hand_over(facts);
    for (const ChainFacts& facts : verdict_.chains) check_events(facts);
    read_time_stamps();
    set_anchors();
    if (verdict_.chains.empty())
      find({kCustodyIncomplete, "custody", "There is no chain of records that can be believed."});
    return std::move(verdict_);
  }

 private:
  void find(CustodyFinding finding) {
    finding.file = safe_text(finding.file, {kNameLetters, LineBreaks::kForbidden});
    verdict_.findings.push_back(std::move(finding));
  }

  void read(const LogFile& file) {
    const std::optional<LogPart> part = log_part(file.name);
    if (!part.has_value())
      return find({kMalformed, file.name, "This is no file of a custody log."});
    switch (*part) {
      case LogPart::kChain:
        return read_chain(file);
      case LogPart::kHandOver:
        return read_hand_over(file);
      case LogPart::kTimeStampQuery:
        return keep(file, queries_);
      case LogPart::kTimeStampReply:
        return keep(file, replies_);
      case LogPart::kCheck:
        return;  // for people; what it says is nothing to go by
    }
  }

  static void keep(const LogFile& file, std::map<std::string, const LogFile*>& where) {
    where.emplace(file.name.substr(0, file.name.rfind('.')), &file);
  }

  std::optional<std::vector<Dsse>> lines(const LogFile& file, DocumentKind kind) {
    Result<std::vector<Dsse>> read = read_log_lines(file.bytes, kind);
    if (read.has_value()) return std::move(*read);
    find({read.error().code, file.name,
          read.error().detail > 0 && read.error().code == kMalformed
              ? "Line " + std::to_string(read.error().detail) + " is not as a custody log has it."
              : "It is empty, or too long for a custody log."});
    return std::nullopt;
  }

  // All of one case: the first one read says which.
  bool is_of_this_case(const CaseId& id, const std::string& file) {
    if (!verdict_.case_id.has_value()) verdict_.case_id = id;
    if (*verdict_.case_id == id) return true;
    find({kForeignCase, file, "It is of another case than the rest."});
    return false;
  }

  void read_chain(const LogFile& file) {
    const std::optional<std::vector<Dsse>> envelopes = lines(file, DocumentKind::kCustody);
    if (!envelopes.has_value()) return;
    const Result<CustodyRecord> first = decode_custody_record(envelopes->front().body);
    if (!first.has_value())
      return find({first.error().code, file.name, broken_record(first.error().code, 0)});
    CustodyChain chain(first->case_id, first->custodian);
    for (const Dsse& envelope : *envelopes) {
      const Status accepted = chain.accept(envelope);
      if (accepted.has_value()) continue;
      find({accepted.error().code, file.name,
            broken_record(accepted.error().code, chain.records().size())});
      break;
    }
    if (file.name != chain_file(chain.custodian()))
      find({kForbiddenValue, file.name, "Its name is that of another custodian's key."});
    if (chain.records().empty() || !is_of_this_case(chain.case_id(), file.name)) return;
    verdict_.chains.push_back({std::move(chain), std::nullopt});
  }

  void read_hand_over(const LogFile& file) {
    const std::optional<std::vector<Dsse>> envelopes = lines(file, DocumentKind::kHandOver);
    if (!envelopes.has_value()) return;
    if (envelopes->size() != 1)
      return find({kMalformed, file.name, "It holds more than one hand-over."});
    const Result<HandOver> paper = open_hand_over(envelopes->front());
    if (!paper.has_value())
      return find({paper.error().code, file.name,
                   "This is no hand-over that both sides, and nobody else, have signed."});
    const HandOverHash hash = hash_of_hand_over(envelopes->front().body);
    if (file.name != hand_over_file(hash))
      find({kForbiddenValue, file.name, "Its name is that of another hand-over."});
    if (!is_of_this_case(paper->case_id, file.name) || find_hand_over(hash) != nullptr) return;
    verdict_.hand_overs.push_back({*paper, hash});
  }

  const HandOverFacts* find_hand_over(const HandOverHash& hash) const {
    const auto found = std::ranges::find(verdict_.hand_overs, hash, &HandOverFacts::hash);
    return found == verdict_.hand_overs.end() ? nullptr : &*found;
  }

  // Of two copies that agree the longer one is looked at further.
  void compare_copies() {
    std::vector<ChainFacts> kept;
    for (ChainFacts& facts : verdict_.chains) {
      const auto same = std::ranges::find_if(kept, [&](const ChainFacts& other) {
        return other.chain.custodian() == facts.chain.custodian();
      });
      if (same == kept.end()) {
        kept.push_back(std::move(facts));
        continue;
      }
      if (const Status agree = same->chain.check_against(facts.chain); !agree.has_value())
        tell_fork(facts.chain, agree.error());
      if (facts.chain.records().size() > same->chain.records().size()) *same = std::move(facts);
    }
    verdict_.chains = std::move(kept);
  }

  void tell_fork(const CustodyChain& chain, const Error& error) {
    find({error.code, chain_file(chain.custodian()),
          "There are two records number " + std::to_string(error.detail) +
              ", both signed by this custodian: one chain was written twice."});
  }

  void check_hand_over(const HandOverFacts& facts) {
    const bool given = check_side(facts, facts.paper.giver, CustodyEvent::kHandedOver);
    const bool taken = check_side(facts, facts.paper.taker, CustodyEvent::kTakenOver);
    if (!given && !taken)
      return find({kCustodyIncomplete, hand_over_file(facts.hash),
                   "No record that is here names this hand-over."});
    if (!given) note_missing(facts.paper.giver.key);
    if (!taken) note_missing(facts.paper.taker.key);
  }

  // Whether a record of this side names the hand-over.
  bool check_side(const HandOverFacts& facts, const HandOverSide& side, CustodyEvent event) {
    const ChainFacts* chain = verdict_.chain_of(side.key);
    if (chain == nullptr) return false;
    if (const Status fits = chain->chain.check_against(side.head); !fits.has_value())
      find({fits.error().code, chain_file(side.key), head_sentence(fits.error(), side.head)});
    return std::ranges::any_of(chain->chain.records(), [&](const CustodyRecord& each) {
      return each.hand_over == facts.hash && each.event == event;
    });
  }

  // Whoever exports right after a hand-over has no more of the other side's chain.
  void note_missing(const SigningPublic& key) {
    const bool has_chain = verdict_.chain_of(key) != nullptr;
    verdict_.notes.push_back(
        has_chain ? "The chain of " + custodian_name(verdict_, key) +
                        " has no record of a hand-over that the other side notes: it did not " +
                        "arrive here, or the end was cut off."
                  : "The chain of " + custodian_name(verdict_, key) + " is not here.");
  }

  static std::string head_sentence(const Error& error, const CustodyHead& head) {
    const std::string noted = "At a hand-over both sides signed that the chain had " +
                              number_text(head.length) + " records; ";
    if (error.code == kCustodyCut)
      return noted + "here it has " + std::to_string(error.detail) + ": its end was cut off.";
    return noted + "record " + std::to_string(error.detail) +
           " is another one now: the chain was written anew.";
  }

  void check_events(const ChainFacts& facts) {
    for (const CustodyRecord& record : facts.chain.records()) {
      if (!is_hand_over(record.event)) continue;
      const std::string sentence = event_problem(record);
      if (!sentence.empty())
        find({kCustodyIncomplete, chain_file(record.custodian),
              "Record " + number_text(record.number) + " " + sentence});
    }
  }

  // Empty: the record is what its hand-over says.
  std::string event_problem(const CustodyRecord& record) const {
    const HandOverFacts* facts = find_hand_over(record.hand_over);
    if (facts == nullptr) return "names a hand-over that is not here.";
    const HandOverSide& side =
        record.event == CustodyEvent::kHandedOver ? facts->paper.giver : facts->paper.taker;
    if (side.key != record.custodian) return "names a hand-over of somebody else.";
    if (record.number < side.head.length) return "is older than the hand-over it names.";
    if (record.item.file != facts->paper.file || record.item.content != facts->paper.content)
      return "names a hand-over of another file.";
    return {};
  }

  void read_time_stamps() {
    std::map<Sha256, const CustodyRecord*> records;
    for (const ChainFacts& facts : verdict_.chains)
      for (const CustodyRecord& record : facts.chain.records())
        if (const Result<Bytes> body = encode_custody_record(record); body.has_value())
          records.emplace(sha256({*body}), &record);
    for (const auto& [name, reply] : replies_) read_time_stamp_of(*reply, name, records);
    for (const auto& [name, query] : queries_)
      if (!replies_.contains(name))
        find({kCustodyIncomplete, query->name, "There is no answer to this request."});
  }

  void read_time_stamp_of(const LogFile& reply, const std::string& name,
                          const std::map<Sha256, const CustodyRecord*>& records) {
    const auto query = queries_.find(name);
    if (query == queries_.end())
      return find({kCustodyIncomplete, reply.name, "The request to this time stamp is missing."});
    const Bytes& asked = query->second->bytes;
    const Result<TimeStamp> stamp = authorities_.empty()
                                        ? read_time_stamp(reply.bytes, asked)
                                        : check_time_stamp({reply.bytes, asked, authorities_});
    if (!stamp.has_value())
      return find({stamp.error().code, reply.name, stamp_problem(stamp.error().code)});
    const auto record = records.find(stamp->imprint);
    if (record == records.end())
      return find({kOtherTimeStamp, reply.name, "It stamps no record that is here."});
    verdict_.time_stamps.push_back(
        {*stamp, record->second->custodian, record->second->number, !authorities_.empty()});
  }

  static std::string stamp_problem(Code code) {
    if (code == kTimeStampRefused) return "The authority did not grant this time stamp.";
    if (code == kOtherTimeStamp) return "It is no answer to the request beside it.";
    if (code == kBadSignature) return "None of the authorities given signed this time stamp.";
    if (code == kBadKey) return "There is no certificate in the file of authorities.";
    return "This is no time stamp.";
  }

  void set_anchors() {
    for (ChainFacts& facts : verdict_.chains) {
      for (const HandOverFacts& each : verdict_.hand_overs)
        for (const HandOverSide& side : {each.paper.giver, each.paper.taker})
          if (side.key == facts.chain.custodian() && side.head.length > 0 &&
              facts.chain.check_against(side.head).has_value())
            raise(facts, {AnchorKind::kHandOver, side.head.length - 1, each.paper.seconds});
      for (const TimeStampFacts& each : verdict_.time_stamps)
        if (each.authority_checked && each.custodian == facts.chain.custodian())
          raise(facts, {AnchorKind::kTimeStamp, each.record, each.stamp.seconds});
    }
  }

  static void raise(ChainFacts& facts, const CustodyAnchor& anchor) {
    if (!facts.anchor.has_value() || facts.anchor->record < anchor.record) facts.anchor = anchor;
  }

  BytesView authorities_;
  std::map<std::string, const LogFile*> queries_;  // by name without its end
  std::map<std::string, const LogFile*> replies_;
  CustodyVerdict verdict_;
};

}  // namespace

const ChainFacts* CustodyVerdict::chain_of(const SigningPublic& custodian) const {
  const auto found = std::ranges::find_if(
      chains, [&](const ChainFacts& facts) { return facts.chain.custodian() == custodian; });
  return found == chains.end() ? nullptr : &*found;
}

CustodyVerdict verify_custody(std::span<const LogFile> files, BytesView authorities) {
  return Verifier(authorities).run(files);
}

Result<CustodyVerdict> verify_custody(const CustodyCase& custody, BytesView authorities) {
  const std::vector<LogFile> files = TRY(write_custody_log(custody));
  return verify_custody(files, authorities);
}

void check_payload(const Payload& payload, CustodyVerdict& verdict) {
  std::set<Sha256> recorded;
  for (const ChainFacts& facts : verdict.chains) {
    for (const CustodyRecord& record : facts.chain.records()) recorded.insert(record.item.content);
  }
  for (const auto& [path, digest] : payload) {
    if (!recorded.contains(digest))
      verdict.findings.push_back({kFileChanged,
                                  safe_text(path, {kNameLetters, LineBreaks::kForbidden}),
                                  "No record of this custody is about this file."});
  }
  if (payload.empty())
    verdict.findings.push_back({kFileChanged, "data", "Its files have no SHA-256 to compare."});
}

}  // namespace tocsin
