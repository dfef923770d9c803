#include "client/custody/receipt_page.h"

#include "client/custody/custody_check.h"
#include "client/custody/custody_words.h"
#include "client/custody/utc_text.h"
#include "protocol/alert/text.h"

namespace tocsin {
namespace {

// With these a sheet of A4 is full.
constexpr std::size_t kMostFiles = 8;
constexpr std::size_t kMostHandOvers = 4;
constexpr std::size_t kMostChecks = 6;
constexpr std::size_t kMostChains = 4;
constexpr std::size_t kMostStamps = 3;
constexpr std::size_t kMostFindings = 5;
constexpr std::size_t kMostNotes = 2;
constexpr std::size_t kNameLetters = 60;
constexpr std::size_t kReasonLetters = 120;

class Receipt {
 public:
  Receipt(const CustodyCase& custody, const CustodyVerdict& verdict)
      : custody_(custody), verdict_(verdict) {}

  Page make() {
    tell_verdict();
    tell_files();
    tell_hand_overs();
    tell_who_verified();
    tell_what_was_checked();
    tell_how_to_check();
    tell_limits();
    return std::move(page_);
  }

 private:
  void section(SectionKind kind, std::string heading) {
    PageSection section;
    section.kind = kind;
    section.heading.text = std::move(heading);
    page_.sections.push_back(std::move(section));
  }
  void line(std::string text) {
    PageLine line;
    line.text = std::move(text);
    page_.sections.back().lines.push_back(std::move(line));
  }
  // At most so many; the rest is counted.
  template <class Things, class Tell>
  void tell_each(const Things& things, std::size_t most, const Tell& tell) {
    std::size_t told = 0;
    for (const auto& thing : things) {
      if (told++ == most) break;
      line(tell(thing));
    }
    if (things.size() > most)
      line("… and " + std::to_string(things.size() - most) +
           " more, in the files beside this page.");
  }

  void tell_verdict() {
    section(SectionKind::kVerdict, {});
    line(verdict_.holds() ? "Receipt for evidence: every signature was checked, and holds."
                          : "Receipt for evidence: NOT EVERYTHING HOLDS, see below.");
    line("Case " + to_hex(custody_.id.view()));
  }

  void tell_files() {
    section(SectionKind::kWhatHappened, "What it is about");
    tell_each(custody_.files, kMostFiles, [](const CaseFile& file) {
      return quoted(file.name, kNameLetters) + ", " + std::to_string(file.length) +
             " bytes, SHA-256 " + to_hex(file.content.view());
    });
    if (custody_.files.empty()) line("No file is in this export.");
  }

  void tell_hand_overs() {
    section(SectionKind::kWho, "From whom to whom");
    tell_each(verdict_.hand_overs, kMostHandOvers, [this](const HandOverFacts& facts) {
      return hand_over_sentence(verdict_, facts) + " File " + file_name(facts.paper.file) +
             (facts.paper.why.empty() ? "." : ". Why: " + quoted(facts.paper.why, kReasonLetters));
    });
    if (verdict_.hand_overs.empty()) line("It has not been handed over.");
  }

  std::string file_name(const FileId& id) const {
    for (const CaseFile& file : custody_.files)
      if (file.id == id) return quoted(file.name, kNameLetters);
    return "with number " + to_hex(id.view());
  }

  void tell_who_verified() {
    section(SectionKind::kHowSure, "Who says to have computed the SHA-256 again");
    std::vector<const CustodyRecord*> checks;
    for (const ChainFacts& facts : verdict_.chains)
      for (const CustodyRecord& record : facts.chain.records())
        if (record.event == CustodyEvent::kVerified) checks.push_back(&record);
    tell_each(checks, kMostChecks, [this](const CustodyRecord* record) {
      return quoted(record->who, kNameLetters) + ", " + utc_text(record->seconds) + ": " +
             file_name(record->item.file);
    });
    if (checks.empty()) line("Nobody says so.");
  }

  void tell_what_was_checked() {
    section(SectionKind::kHowSure, "What this program checked");
    tell_each(verdict_.findings, kMostFindings, [](const CustodyFinding& finding) {
      return "NOT HELD, " + finding.file + ": " + finding.sentence;
    });
    tell_each(verdict_.chains, kMostChains,
              [](const ChainFacts& facts) { return chain_sentence(facts); });
    tell_each(verdict_.time_stamps, kMostStamps,
              [this](const TimeStampFacts& facts) { return time_stamp_sentence(verdict_, facts); });
    tell_each(verdict_.notes, kMostNotes, [](const std::string& note) { return note; });
    if (verdict_.time_stamps.empty()) line("Nothing of it is time-stamped.");
  }

  void tell_how_to_check() {
    section(SectionKind::kDoFirst, "How to check it without this program");
    line("The files, in the folder of the export: sha256sum -c manifest-sha256.txt");
    line("The signatures, in its folder custody (needs OpenSSL 3): sh " +
         std::string(kCustodyCheckFile));
    line(
        "A time stamp, with the certificate of its authority: openssl ts -verify -queryfile X.tsq "
        "-in X.tsr -CAfile authority.pem");
    line("Ask each custodian, by phone or in person, whether the key named above is theirs.");
  }

  void tell_limits() {
    section(SectionKind::kNotices, "What this page does not say");
    line("A time is what its custodian says it was; only a time stamp is said by somebody else.");
    line(
        "A signature proves that a key signed, not who held it. This page itself is not signed: "
        "the files beside it are.");
  }

  const CustodyCase& custody_;
  const CustodyVerdict& verdict_;
  Page page_;
};

}  // namespace

Page receipt_page(const CustodyCase& custody, const CustodyVerdict& verdict) {
  return Receipt(custody, verdict).make();
}

}  // namespace tocsin
