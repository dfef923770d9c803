#include "client/engine/custody.h"

#include <algorithm>
#include <array>

#include "client/engine/evidence.h"
#include "client/engine/notices.h"
#include "protocol/alert/text.h"
#include "protocol/codes.h"

namespace tocsin {
namespace {

// A custodian who never said a name.
constexpr std::string_view kUnnamed = "not named";

std::uint64_t seconds_of(Instant at) {
  return static_cast<std::uint64_t>(std::max<std::int64_t>(at.milliseconds / kSecond, 0));
}

Result<CustodyCaseRow> new_case(Engine& engine, ContactId contact, const CaseId& case_id,
                                std::string who) {
  CustodyCaseRow row{.contact = contact,
                     .case_id = case_id,
                     .secret = SigningSecret::random(engine.rng()),
                     .who = std::move(who)};
  row.id = TRY(insert_case(engine.db(), row));
  return row;
}

// Where we write about this file: where its story began, or the contact's newest case, or a new
// one.
Result<CustodyCaseRow> case_for(Engine& engine, const EvidenceRow& row) {
  std::vector<CustodyCaseRow> cases = TRY(cases_of_file(engine.db(), row.file));
  std::vector<CustodyCaseRow> others = TRY(cases_with(engine.db(), row.contact));
  std::string who = others.empty() ? std::string(kUnnamed) : others.front().who;
  std::ranges::move(others, std::back_inserter(cases));
  for (CustodyCaseRow& custody : cases) {
    if (custody.closed || custody.contact != row.contact) continue;
    const CustodyHead head = TRY(custody_head(engine.db(), custody, Custodian::kUs));
    if (head.length < kMostChainRecords) return std::move(custody);
  }
  return new_case(engine, row.contact, engine.rng().draw<CaseId>(), std::move(who));
}

CustodyItem item_of(const EvidenceRow& row) {
  CustodyItem item{.file = row.file, .content = *row.content};
  if (!row.root.has_value()) return item;
  item.root = *row.root;
  item.frames = row.tree.count();
  return item;
}

Result<CustodyTip> tip_of_ours(Engine& engine, const CustodyCaseRow& custody) {
  const CustodyHead head = TRY(custody_head(engine.db(), custody, Custodian::kUs));
  return CustodyTip{custody.case_id, signing_public_of(custody.secret), head};
}

Status write_in(Engine& engine, ContactRow& contact, const CustodyCaseRow& custody,
                const EvidenceRow& row, const CustodyEntry& entry) {
  const CustodyTip tip = TRY(tip_of_ours(engine, custody));
  Dsse envelope = TRY(sign_next_record(custody.secret, tip, entry));
  const CustodyRecord record = TRY(read_next_record(tip, envelope));
  TRY(insert_record(engine.db(), custody.id, Custodian::kUs, record, envelope));
  return say_evidence(engine, contact, EvidenceRecord{row.file, std::move(envelope)});
}

// Something is wrong with their chain: from here on nothing of it is believed.
Status distrust(Engine& engine, CustodyCaseRow& custody, const Error& fault, std::uint64_t number) {
  custody.fault = fault.code;
  custody.fault_at = static_cast<std::int64_t>(number);
  return update_case(engine.db(), custody);
}

Result<bool> is_signed_by_both(Engine& engine, const CustodyCaseRow& custody,
                               const CustodyRecord& record) {
  for (const Dsse& paper : TRY(signed_hand_overs(engine.db(), custody.contact))) {
    if (hash_of_hand_over(paper.body) == record.hand_over) return true;
  }
  return false;
}

// As far as what is here follows on itself.
Status follow_theirs(Engine& engine, CustodyCaseRow& custody) {
  CustodyHead head = TRY(custody_head(engine.db(), custody, Custodian::kThem));
  for (;;) {
    const std::optional<Dsse> next =
        TRY(find_record(engine.db(), custody.id, Custodian::kThem, head.length));
    if (!next.has_value()) break;
    const auto read = read_next_record({custody.case_id, *custody.peer, head}, *next);
    if (!read.has_value()) {
      custody.peer_length = head.length;
      return distrust(engine, custody, read.error(), head.length);
    }
    // A hand-over that we have not seen signed by both may still come: until then it waits.
    if (is_hand_over(read->event) && !TRY(is_signed_by_both(engine, custody, *read))) break;
    head = {head.length + 1, hash_of_custody_record(next->body)};
  }
  custody.peer_length = head.length;
  return update_case(engine.db(), custody);
}

// The case that a record of theirs is in: begun by it, where it is the first that we hear of.
Result<std::optional<CustodyCaseRow>> case_of_theirs(Engine& engine, const ContactRow& contact,
                                                     const CustodyRecord& said) {
  std::optional<CustodyCaseRow> known = TRY(find_case(engine.db(), said.case_id));
  if (!known.has_value()) {
    const std::vector<CustodyCaseRow> cases = TRY(cases_with(engine.db(), contact.id));
    if (cases.size() >= kMostCases) return std::optional<CustodyCaseRow>();
    std::string who = cases.empty() ? std::string(kUnnamed) : cases.front().who;
    known = TRY(new_case(engine, contact.id, said.case_id, std::move(who)));
  }
  // Whoever names a case of somebody else's, or sends us our own records, hears nothing of it.
  const bool is_ours = said.custodian == signing_public_of(known->secret);
  if (known->contact != contact.id || is_ours) return std::optional<CustodyCaseRow>();
  if (!known->peer.has_value()) {
    known->peer = said.custodian;
    TRY(update_case(engine.db(), *known));
  }
  return known;
}

// The file whole with us, as the hand-over says, and both chains as we hold them.
Result<bool> fits(Engine& engine, const CustodyCaseRow& custody, const EvidenceRow& row,
                  const HandOver& said) {
  const SigningPublic ours = signing_public_of(custody.secret);
  if (said.taker.key != ours || said.giver.key != custody.peer || said.file != row.file ||
      row.content != said.content)
    return false;
  for (const auto& [whose, side] :
       {std::pair(Custodian::kThem, said.giver), std::pair(Custodian::kUs, said.taker)}) {
    if (side.head.length == 0) continue;
    const CustodyHead head = TRY(custody_head(engine.db(), custody, whose));
    if (side.head.length > head.length) return false;
    const std::optional<Dsse> pinned =
        TRY(find_record(engine.db(), custody.id, whose, side.head.length - 1));
    if (!pinned.has_value() || hash_of_custody_record(pinned->body) != side.head.hash) return false;
  }
  return true;
}

Status ask_to_take(Engine& engine, ContactRow& contact, const EvidenceRow& row,
                   const std::string& why) {
  const CustodyCaseRow custody = TRY(case_for(engine, row));
  if (!custody.peer.has_value() || custody.fault != Code{})
    return fail(kNotReady, "custody of the other side");
  const CustodyHead ours = TRY(custody_head(engine.db(), custody, Custodian::kUs));
  const CustodyHead theirs = TRY(custody_head(engine.db(), custody, Custodian::kThem));
  const HandOver hand_over{.case_id = custody.case_id,
                           .giver = {signing_public_of(custody.secret), ours},
                           .taker = {*custody.peer, theirs},
                           .seconds = seconds_of(engine.now()),
                           .file = row.file,
                           .content = *row.content,
                           .why = why};
  HandOverRow asked{.evidence = row.id, .standing = HandOverStanding::kAsked};
  asked.envelope.kind = DocumentKind::kHandOver;
  asked.envelope.body = TRY(encode_hand_over(hand_over));
  asked.envelope.signatures.push_back(
      sign_document(custody.secret, asked.envelope.kind, asked.envelope.body));
  TRY(save_hand_over(engine.db(), asked));
  return say_evidence(engine, contact, EvidenceHandOver{row.file, std::move(asked.envelope)});
}

CustodyEntry entry_of(Engine& engine, const CustodyCaseRow& custody, const EvidenceRow& row,
                      CustodyEvent event, const Dsse& signed_by_both, std::string why) {
  return {.seconds = seconds_of(engine.now()),
          .event = event,
          .item = item_of(row),
          .hand_over = hash_of_hand_over(signed_by_both.body),
          .who = custody.who,
          .why = std::move(why)};
}

// They asked, and the person here says yes.
Status sign_taking(Engine& engine, ContactRow& contact, const EvidenceRow& row, HandOverRow asked,
                   const std::string& why) {
  const HandOver said = TRY(decode_hand_over(asked.envelope.body));
  const std::optional<CustodyCaseRow> custody = TRY(find_case(engine.db(), said.case_id));
  if (!custody.has_value() || custody->closed || !TRY(fits(engine, *custody, row, said)))
    return fail(kNotReady, "hand-over");
  asked.envelope.signatures.push_back(
      sign_document(custody->secret, asked.envelope.kind, asked.envelope.body));
  TRY(open_hand_over(asked.envelope));
  asked.standing = HandOverStanding::kSigned;
  TRY(save_hand_over(engine.db(), asked));
  TRY(say_evidence(engine, contact, EvidenceHandOver{row.file, asked.envelope}));
  return write_in(engine, contact, *custody, row,
                  entry_of(engine, *custody, row, CustodyEvent::kTakenOver, asked.envelope, why));
}

}  // namespace

Status write_custody(Engine& engine, ContactRow& contact, const EvidenceRow& row,
                     const CustodyNote& note) {
  if (!row.content.has_value()) return fail(kNotReady, "evidence without a hash");
  const CustodyCaseRow custody = TRY(case_for(engine, row));
  return write_in(engine, contact, custody, row,
                  {.seconds = seconds_of(note.at.value_or(engine.now())),
                   .event = note.event,
                   .item = item_of(row),
                   .hand_over = {},
                   .who = custody.who,
                   .why = note.why});
}

Status record_custody(Engine& engine, EvidenceNumber id, const CustodyNote& note) {
  return engine.in_transaction([&]() -> Status {
    const EvidenceRow row = TRY(load_evidence(engine.db(), id));
    // What only the other side says of a file is nothing to sign.
    if (row.direction == EvidenceDirection::kReceived && !has_arrived(row.standing))
      return fail(kNotReady, "evidence that is not here");
    ContactRow contact = TRY(load_contact(engine.db(), row.contact));
    TRY(write_custody(engine, contact, row, note));
    return update_contact(engine.db(), contact);
  });
}

Status check_custodian_name(const std::string& who) {
  if (who.empty()) return fail(kForbiddenValue, "a custodian without a name");
  return check_plain_text(who, {kMostCustodianBytes, LineBreaks::kForbidden});
}

Status name_custodian(Engine& engine, ContactId contact, const std::string& who) {
  TRY(check_custodian_name(who));
  return engine.in_transaction([&]() -> Status {
    std::vector<CustodyCaseRow> cases = TRY(cases_with(engine.db(), contact));
    if (cases.empty())
      cases.push_back(TRY(new_case(engine, contact, engine.rng().draw<CaseId>(), who)));
    for (CustodyCaseRow& custody : cases) {
      custody.who = who;
      TRY(update_case(engine.db(), custody));
    }
    return {};
  });
}

// Who sent a file gives it, and who received it takes it: there are no two ways.
Status hand_over(Engine& engine, EvidenceNumber id, const std::string& why) {
  return engine.in_transaction([&]() -> Status {
    const EvidenceRow row = TRY(load_evidence(engine.db(), id));
    if (row.direction != EvidenceDirection::kSent || row.standing != EvidenceStanding::kWhole)
      return fail(kNotReady, "evidence to hand over");
    const std::optional<HandOverRow> known = TRY(find_hand_over(engine.db(), id));
    if (known.has_value() && known->standing == HandOverStanding::kSigned)
      return fail(kNotReady, "signed by both already");
    ContactRow contact = TRY(load_contact(engine.db(), row.contact));
    TRY(ask_to_take(engine, contact, row, why));
    return update_contact(engine.db(), contact);
  });
}

std::string number_of(const HandOverRow& row) {
  constexpr std::size_t kDigits = 8;
  return to_hex(hash_of_hand_over(row.envelope.body).view()).substr(0, kDigits);
}

Status take_over(Engine& engine, EvidenceNumber id, std::string_view number,
                 const std::string& why) {
  return engine.in_transaction([&]() -> Status {
    const EvidenceRow row = TRY(load_evidence(engine.db(), id));
    std::optional<HandOverRow> asked = TRY(find_hand_over(engine.db(), id));
    if (row.direction != EvidenceDirection::kReceived || row.standing != EvidenceStanding::kWhole ||
        !asked.has_value() || asked->standing != HandOverStanding::kAskedOfUs)
      return fail(kNotReady, "hand-over");
    // They may have asked anew since the person read it.
    if (number != number_of(*asked)) return fail(kNotConfirmed, "number of a hand-over");
    ContactRow contact = TRY(load_contact(engine.db(), row.contact));
    TRY(sign_taking(engine, contact, row, std::move(*asked), why));
    return update_contact(engine.db(), contact);
  });
}

Status take_record(Engine& engine, ContactRow& contact, const EvidenceRow& row,
                   const EvidenceRecord& record) {
  const CustodyRecord said = TRY(decode_custody_record(record.envelope.body));
  if (said.item.file != row.file) return fail(kForbiddenValue, "file of a custody record");
  // What nobody signed begins no case and says nothing against anybody.
  if (valid_signers(record.envelope, std::array{said.custodian}).empty())
    return fail(kBadSignature, "custody record");
  std::optional<CustodyCaseRow> custody = TRY(case_of_theirs(engine, contact, said));
  if (!custody.has_value() || custody->fault != Code{}) return {};
  if (said.custodian != *custody->peer)
    return distrust(engine, *custody, {kBadSignature, "custody record"}, said.number);
  const std::optional<Dsse> known =
      TRY(find_record(engine.db(), custody->id, Custodian::kThem, said.number));
  // Told twice, which is nothing; or signed twice.
  if (known.has_value())
    return known->body == record.envelope.body
               ? Status{}
               : distrust(engine, *custody, {kCustodyFork, "custody record"}, said.number);
  if (said.number >= custody->peer_length + kMostRecordsAhead || said.number >= kMostChainRecords ||
      TRY(count_their_records(engine.db(), contact.id)) >= kMostTheirRecords)
    return note(engine, {NoticeKind::kNoRoom, contact.id,
                         static_cast<std::int64_t>(ContentKind::kEvidence)});
  TRY(insert_record(engine.db(), custody->id, Custodian::kThem, said, record.envelope));
  return follow_theirs(engine, *custody);
}

Status take_hand_over(Engine& engine, ContactRow& contact, const EvidenceRow& row,
                      const EvidenceHandOver& said) {
  std::optional<HandOverRow> known = TRY(find_hand_over(engine.db(), row.id));
  if (known.has_value() && known->standing == HandOverStanding::kSigned) return {};
  const HandOver hand_over = TRY(decode_hand_over(said.envelope.body));
  std::optional<CustodyCaseRow> custody = TRY(find_case(engine.db(), hand_over.case_id));
  if (!custody.has_value() || custody->contact != contact.id || custody->closed)
    return fail(kForbiddenValue, "case of a hand-over");
  if (said.envelope.signatures.size() == 1) {
    if (row.direction != EvidenceDirection::kReceived) return fail(kForbiddenValue, "hand-over");
    const bool signed_by_giver =
        valid_signers(said.envelope, std::array{hand_over.giver.key}).size() == 1;
    if (!signed_by_giver || !TRY(fits(engine, *custody, row, hand_over)))
      return fail(kForbiddenValue, "hand-over");
    return save_hand_over(engine.db(), {row.id, HandOverStanding::kAskedOfUs, said.envelope});
  }
  // The answer to what we asked, to the letter.
  if (!known.has_value() || known->envelope.body != said.envelope.body)
    return fail(kForbiddenValue, "hand-over");
  TRY(open_hand_over(said.envelope));
  TRY(save_hand_over(engine.db(), {row.id, HandOverStanding::kSigned, said.envelope}));
  if (custody->fault == Code{})
    TRY(follow_theirs(engine, *custody));  // their record of it may have come before
  return write_in(
      engine, contact, *custody, row,
      entry_of(engine, *custody, row, CustodyEvent::kHandedOver, said.envelope, hand_over.why));
}

}  // namespace tocsin
