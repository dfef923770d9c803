// tests/unit/client/custody/custody_world.h: two custodians, one file, one hand-over between them.
#pragma once

#include <gtest/gtest.h>

#include "client/custody/custody_verdict.h"
#include "crypto/base/rng.h"

namespace tocsin {

class CustodyWorld : public testing::Test {
 protected:
  static constexpr std::uint64_t kBegin = 1'800'000'000;  // 2027-01-15 08:00:00 UTC

  CustodyEntry entry(CustodyEvent event, const HandOverHash& hash = {}) const {
    CustodyEntry made;
    made.seconds = kBegin;
    made.event = event;
    made.item = item_;
    made.hand_over = hash;
    made.who = "Anna, Clear Line";
    made.why = "asked by the owner";
    return made;
  }
  void note(CustodyEvent event, const HandOverHash& hash = {}) {
    annas_.push_back(anna_chain_.append(anna_, entry(event, hash)).value());
  }
  void note_of_bea(CustodyEvent event, const HandOverHash& hash = {}) {
    CustodyEntry made = entry(event, hash);
    made.who = "Bea";
    beas_.push_back(bea_chain_.append(bea_, made).value());
  }

  HandOver paper() const {
    HandOver made;
    made.case_id = case_;
    made.giver = {signing_public_of(anna_), anna_chain_.head()};
    made.taker = {signing_public_of(bea_), bea_chain_.head()};
    made.seconds = kBegin + 100;
    made.file = item_.file;
    made.content = item_.content;
    made.why = "second opinion";
    return made;
  }
  static Dsse signed_by(const HandOver& made, std::initializer_list<const SigningSecret*> keys) {
    Dsse envelope;
    envelope.kind = DocumentKind::kHandOver;
    envelope.body = encode_hand_over(made).value();
    for (const SigningSecret* key : keys)
      envelope.signatures.push_back(sign_document(*key, envelope.kind, envelope.body));
    return envelope;
  }
  static Dsse signed_by_hand(const CustodyRecord& record, const SigningSecret& key) {
    Dsse envelope;
    envelope.kind = DocumentKind::kCustody;
    envelope.body = encode_custody_record(record).value();
    envelope.signatures.push_back(sign_document(key, envelope.kind, envelope.body));
    return envelope;
  }

  // Anna acquires and verifies, hands over to Bea, who verifies.
  void SetUp() override {
    note(CustodyEvent::kAcquired);
    note(CustodyEvent::kVerified);
    hand_over();
    note_of_bea(CustodyEvent::kVerified);
  }
  void hand_over() {
    papers_.push_back(signed_by(paper(), {&anna_, &bea_}));
    const HandOverHash hash = hash_of_hand_over(papers_.back().body);
    note(CustodyEvent::kHandedOver, hash);
    note_of_bea(CustodyEvent::kTakenOver, hash);
  }

  CustodyCase custody() const {
    CustodyCase made;
    made.id = case_;
    made.chains = {annas_, beas_};
    made.hand_overs = papers_;
    made.files.push_back({"report.zip", item_.file, 42, item_.content, "data/report.zip"});
    return made;
  }
  std::vector<LogFile> files() const { return write_custody_log(custody()).value(); }
  // A folder as somebody may have left it: nothing is checked when it is written.
  static LogFile chain_of(std::string name, std::span<const Dsse> envelopes) {
    LogFile file{std::move(name), {}};
    for (const Dsse& envelope : envelopes) {
      const std::string line = dsse_to_json_line(envelope).value() + "\n";
      file.bytes.insert(file.bytes.end(), line.begin(), line.end());
    }
    return file;
  }
  std::string anna_file() const { return chain_file(signing_public_of(anna_)); }
  std::string bea_file() const { return chain_file(signing_public_of(bea_)); }
  std::vector<LogFile> with(LogFile other) const {
    std::vector<LogFile> all = files();
    for (LogFile& file : all)
      if (file.name == other.name) file = other;
    return all;
  }
  static bool says(const CustodyVerdict& verdict, Code code, std::string_view words) {
    for (const CustodyFinding& finding : verdict.findings)
      if (finding.code == code && finding.sentence.find(words) != std::string::npos) return true;
    return false;
  }

  SeededRng rng_{1};
  CaseId case_ = rng_.draw<CaseId>();
  SigningSecret anna_ = SigningSecret::random(rng_);
  SigningSecret bea_ = SigningSecret::random(rng_);
  CustodyItem item_{rng_.draw<FileId>(), rng_.draw<Sha256>(), rng_.draw<Sha256>(), 12};
  CustodyChain anna_chain_{case_, signing_public_of(anna_)};
  CustodyChain bea_chain_{case_, signing_public_of(bea_)};
  std::vector<Dsse> annas_;
  std::vector<Dsse> beas_;
  std::vector<Dsse> papers_;
};

}  // namespace tocsin
