#include "client/engine/evidence_reports.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "client/engine/custody.h"
#include "client/engine/evidence.h"
#include "client/engine/evidence_places.h"
#include "crypto/base/files.h"

namespace tocsin {
namespace {

// What is not there yet is asked for again so often.
constexpr std::int64_t kNotThereYetMs = 5'000;
// In a row, before a blob is held to be lost. A line that is down for days counts for nothing.
constexpr int kMostLosses = 10;
// To erase what nobody needs: at five minutes each, a day.
constexpr int kMostErasings = 288;
// Of a relay with less room than that nothing is asked.
constexpr std::uint32_t kLeastFrames = 8;

bool is_same_file(const Path& one, const Path& other) {
  struct stat first{};
  struct stat second{};
  return ::lstat(one.c_str(), &first) == 0 && ::lstat(other.c_str(), &second) == 0 &&
         first.st_ino == second.st_ino && first.st_dev == second.st_dev;
}

// The name of a file that is complete, or that name with a number.
Path numbered(const Path& part, int number) {
  Path whole = part;
  whole.replace_extension();  // .part
  if (number == 1) return whole;
  return part.parent_path() /
         (whole.stem().string() + " (" + std::to_string(number) + ")" + whole.extension().string());
}

// It gets its name beside the one it grew under, and can be written no more. Repeatable: the row
// that says so may not become durable. Some file systems know neither modes nor second names: there
// it is renamed.
Status give_name(EvidenceRow& row) {
  const Path part(row.path);
  if (::chmod(part.c_str(), 0400) != 0 && errno != EPERM && errno != EOPNOTSUPP)
    return fail_with_errno("file that is received");
  for (int number = 1;; ++number) {
    const Path whole = numbered(part, number);
    if (::link(part.c_str(), whole.c_str()) == 0 ||
        (errno == EEXIST && is_same_file(part, whole))) {
      row.dropped = row.path;
      row.path = whole.string();
      return sync_folder_of(whole);
    }
    if (errno == EEXIST) continue;
    if (errno != EPERM && errno != EOPNOTSUPP && errno != EMLINK && errno != ENOSYS)
      return fail_with_errno("name of a file that is received");
    const Status renamed = rename_durably_if_absent(part, whole);
    if (renamed.has_value()) {
      row.path = whole.string();
      return {};
    }
    if (renamed.error().code != kFileExists) return renamed;
  }
}

class Reported {
 public:
  Reported(Engine& engine, const EvidenceReport& report, EvidenceRow row)
      : engine_(engine), report_(report), row_(std::move(row)) {}

  Status take() {
    return std::visit([this](const auto& what) { return on(what); }, report_.what);
  }

 private:
  bool is_sent() const { return row_.direction == EvidenceDirection::kSent; }
  Status save() { return update_evidence(engine_.db(), row_); }
  Result<std::optional<EvidencePlaceRow>> place() {
    for (EvidencePlaceRow& place : TRY(places_of(engine_.db(), row_.id))) {
      if (place.first == report_.first) return std::optional(std::move(place));
    }
    return std::optional<EvidencePlaceRow>();
  }
  // What is said and written about the file goes through one copy of its contact's row.
  template <class Work>
  Status with_contact(Work&& work) {
    ContactRow contact = TRY(load_contact(engine_.db(), row_.contact));
    TRY(work(contact));
    return update_contact(engine_.db(), contact);
  }
  Status say(const EvidenceMessage& message) {
    return with_contact(
        [&](ContactRow& contact) { return say_evidence(engine_, contact, message); });
  }

  // The place is told when it is known, in the transaction that keeps it. The key that erases it
  // would also let its holder seal it: that goes when it is full.
  Status on(const BlobMade& made) {
    std::optional<EvidencePlaceRow> place = TRY(this->place());
    if (!place.has_value() || place->blob.has_value()) return {};
    place->blob = made.blob;
    TRY(save_place(engine_.db(), *place));
    if (is_over(row_.standing)) return {};  // it is known now, and erased
    return say(EvidencePlace{row_.file, place->first, place->frames, place->relay, made.blob,
                             std::nullopt});
  }
  Status on_sealed() {
    std::optional<EvidencePlaceRow> place = TRY(this->place());
    if (!place.has_value() || place->told || !place->blob.has_value()) return {};
    place->told = true;
    const bool over = is_over(row_.standing);
    place->gone = !over && place->end() <= row_.taken;  // they erase it, with the key
    TRY(save_place(engine_.db(), *place));
    if (over) return {};
    return say(EvidencePlace{row_.file, place->first, place->frames, place->relay, *place->blob,
                             place->owner->duplicate()});
  }
  Status on(const BlobFull& full) {
    TRY(erase_place(engine_.db(), row_.id, report_.first));
    if (is_over(row_.standing)) return {};
    // Once: a relay that always has a little room would be dialled without end.
    const bool again = count_failure(engine_, row_.file) > 1;
    if (!again && full.frames >= kLeastFrames && TRY(make_place(engine_, row_, full.frames))) {
      let_rest(engine_, row_.file, 0);
      return {};
    }
    row_.fault = kRelayFull;
    return save();
  }
  Status on(const FramesMoved& moved) {
    if (is_over(row_.standing) || moved.tree.count() <= row_.tree.count()) return {};
    row_.tree = moved.tree;
    row_.fault = Code{};
    forget_failures(engine_, row_.file);
    return save();
  }
  Status on(const FileHashed& hashed) {
    if (is_over(row_.standing)) return {};
    row_.fault = Code{};
    return is_sent() ? on_hash_of_ours(hashed.content) : on_hash_of_theirs(hashed.content);
  }
  Status on_hash_of_ours(const Sha256& content) {
    row_.content = content;
    row_.root = row_.tree.root();
    row_.standing = EvidenceStanding::kThere;
    TRY(save());
    return with_contact([&](ContactRow& contact) -> Status {
      TRY(say_evidence(engine_, contact, EvidenceEnd{row_.file, *row_.content, *row_.root}));
      // It was read once, on the way: its hash is known only now.
      TRY(write_custody(engine_, contact, row_,
                        {.event = CustodyEvent::kAcquired, .at = row_.begun}));
      return write_custody(engine_, contact, row_, {.event = CustodyEvent::kSent});
    });
  }
  Status on_hash_of_theirs(const Sha256& content) {
    const bool whole = row_.content == content && row_.root == row_.tree.root();
    row_.standing = whole ? EvidenceStanding::kWhole : EvidenceStanding::kDifferent;
    row_.content = content;  // what is here, whatever was said
    row_.root = row_.tree.root();
    TRY(give_name(row_));
    TRY(save());
    return with_contact([&](ContactRow& contact) -> Status {
      TRY(say_evidence(
          engine_, contact,
          EvidenceResult{row_.file, whole ? EvidenceOutcome::kWhole : EvidenceOutcome::kDifferent,
                         content}));
      TRY(write_custody(engine_, contact, row_,
                        {.event = CustodyEvent::kReceived,
                         .why = whole ? "" : "not what its sender says it is"}));
      if (!whole) return {};
      return write_custody(engine_, contact, row_, {.event = CustodyEvent::kVerified});
    });
  }
  // Of theirs nothing is left to be known; ours says which frames were somewhere.
  Status on(const BlobErased&) {
    std::optional<EvidencePlaceRow> place = TRY(this->place());
    if (!place.has_value()) return {};
    forget_failures(engine_, row_.file);
    if (!is_sent()) return erase_place(engine_.db(), row_.id, place->first);
    place->gone = true;
    return save_place(engine_.db(), *place);
  }
  Status on(const NameDropped&) {
    if (!is_sent() && row_.path == row_.dropped) row_.path.clear();
    row_.dropped.clear();
    return save();
  }
  Status on(const JobDone&) {
    if (is_sent()) return on_sealed();
    if (is_over(row_.standing)) return {};
    return say(EvidenceTaken{row_.file, row_.tree.count()});
  }
  Status on(const JobWaits&) {
    let_rest(engine_, row_.file, kNotThereYetMs);
    return {};
  }
  Status on(const JobFailed& failed) {
    const int failures = count_failure(engine_, row_.file);
    const Code code = failed.error.code;
    if (failed.erasing) return failures < kMostErasings ? Status{} : leave_it_there();
    if (is_over(row_.standing)) return {};
    if (is_sent() && (code == kFileChanged || code == kNoSuchFile))
      return end_with(EvidenceStanding::kChanged, EvidenceOutcome::kGivenUp);
    // What a relay lost, or answers wrongly, it may have again: a blob that expired is filled again
    // by its sender. It is not asked without end.
    const bool lost = code == kBlobGone || code == kBadCiphertext;
    if (lost && count_loss(engine_, row_.file) >= kMostLosses)
      return end_with(EvidenceStanding::kGone, EvidenceOutcome::kLost);
    row_.fault = code;
    TRY(save());
    const bool is_the_relays = code == kNoRelay || code == kNoBulkPlane || code == kRelayRefused;
    return is_sent() && is_the_relays ? try_elsewhere() : Status{};
  }
  // The relay erases it by itself when its days are over.
  Status leave_it_there() {
    if (!row_.dropped.empty()) return {};  // a file of this disk
    std::optional<EvidencePlaceRow> place = TRY(this->place());
    if (!place.has_value()) return {};
    forget_failures(engine_, row_.file);
    place->gone = true;
    return save_place(engine_.db(), *place);
  }
  Status end_with(EvidenceStanding standing, EvidenceOutcome outcome) {
    end_as(row_, standing);
    TRY(save());
    return say(EvidenceResult{row_.file, outcome, {}});
  }
  // A relay that has nothing of these frames yet does not keep them from another.
  Status try_elsewhere() {
    const std::optional<EvidencePlaceRow> place = TRY(this->place());
    if (!place.has_value() || place->blob.has_value()) return {};
    if (const auto relay = TRY(relay_at(engine_, place->relay)); relay.has_value())
      pass_over(engine_, relay->id);
    return erase_place(engine_.db(), row_.id, place->first);
  }

  Engine& engine_;
  const EvidenceReport& report_;
  EvidenceRow row_;
};

}  // namespace

Status take_report(Engine& engine, const EvidenceReport& report, EvidenceRow row) {
  return Reported(engine, report, std::move(row)).take();
}

}  // namespace tocsin
