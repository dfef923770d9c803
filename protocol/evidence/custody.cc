#include "protocol/evidence/custody.h"

#include <algorithm>

#include "crypto/base/codec.h"
#include "crypto/box/labels.h"
#include "protocol/alert/text.h"
#include "protocol/codes.h"

namespace tocsin {
namespace {

constexpr std::uint8_t kVersion = 1;

Status check(const CustodyRecord& record) {
  if (record.event < CustodyEvent::kAcquired || record.event > CustodyEvent::kErased)
    return fail(kMalformed, "custody event", static_cast<std::int64_t>(record.event));
  if (record.previous.is_zero() != (record.number == 0))
    return fail(kForbiddenValue, "previous record");
  if (record.hand_over.is_zero() == is_hand_over(record.event))
    return fail(kForbiddenValue, "hand-over of a custody event");
  if (record.item.root.is_zero() != (record.item.frames == 0) || record.item.frames > kMostFrames)
    return fail(kForbiddenValue, "frames of a custody item");
  if (record.who.empty()) return fail(kForbiddenValue, "a custodian without a name");
  TRY(check_plain_text(record.who, {kMostCustodianBytes, LineBreaks::kForbidden}));
  return check_plain_text(record.why, {kMostReasonBytes, LineBreaks::kAllowed});
}

}  // namespace

Result<Bytes> encode_custody_record(const CustodyRecord& record) {
  TRY(check(record));
  Writer writer;
  writer.integer(kVersion).raw(record.case_id.view()).raw(record.custodian.view());
  writer.integer(record.number).raw(record.previous.view()).integer(record.seconds);
  writer.integer(static_cast<std::uint8_t>(record.event)).raw(record.item.file.view());
  writer.raw(record.item.content.view()).raw(record.item.root.view()).integer(record.item.frames);
  writer.raw(record.hand_over.view());
  writer.short_field(as_bytes(record.who)).short_field(as_bytes(record.why));
  return std::move(writer).take();
}

Result<CustodyRecord> decode_custody_record(BytesView body) {
  Reader reader(body);
  if (const auto version = reader.integer<std::uint8_t>(); version != kVersion)
    return fail(reader.ok() ? kUnsupportedVersion : kMalformed, "custody record", version);
  CustodyRecord record;
  record.case_id = reader.fixed<CaseId>();
  record.custodian = reader.fixed<SigningPublic>();
  record.number = reader.integer<std::uint64_t>();
  record.previous = reader.fixed<CustodyHash>();
  record.seconds = reader.integer<std::uint64_t>();
  record.event = static_cast<CustodyEvent>(reader.integer<std::uint8_t>());
  record.item.file = reader.fixed<FileId>();
  record.item.content = reader.fixed<Sha256>();
  record.item.root = reader.fixed<Sha256>();
  record.item.frames = reader.integer<std::uint64_t>();
  record.hand_over = reader.fixed<HandOverHash>();
  record.who = as_text(reader.short_field(kMostCustodianBytes));
  record.why = as_text(reader.short_field(kMostReasonBytes));
  TRY(reader.finish("custody record"));
  TRY(check(record));
  return record;
}

CustodyHash hash_of_custody_record(BytesView body) {
  return CustodyHash::from(sha256({label_bytes(Label::kCustodyRecord), body}).view()).value();
}

Result<Dsse> sign_next_record(const SigningSecret& key, const CustodyTip& tip,
                              const CustodyEntry& entry) {
  if (signing_public_of(key) != tip.custodian) return fail(kBadKey, "another custodian's key");
  const CustodyRecord record{.case_id = tip.case_id,
                             .custodian = tip.custodian,
                             .number = tip.head.length,
                             .previous = tip.head.hash,
                             .seconds = entry.seconds,
                             .event = entry.event,
                             .item = entry.item,
                             .hand_over = entry.hand_over,
                             .who = entry.who,
                             .why = entry.why};
  Dsse envelope;
  envelope.kind = DocumentKind::kCustody;
  envelope.body = TRY(encode_custody_record(record));
  envelope.signatures.push_back(sign_document(key, envelope.kind, envelope.body));
  return envelope;
}

Result<CustodyRecord> read_next_record(const CustodyTip& tip, const Dsse& envelope) {
  const auto number = static_cast<std::int64_t>(tip.head.length);
  if (envelope.kind != DocumentKind::kCustody) return fail(kMalformed, "document kind", number);
  if (envelope.signatures.size() != 1) return fail(kMalformed, "signatures of a record", number);
  // Over the raw bytes, before anything in them is looked at.
  if (valid_signers(envelope, std::array{tip.custodian}).empty())
    return fail(kBadSignature, "custody record", number);
  CustodyRecord record = TRY(decode_custody_record(envelope.body));
  const bool fits = record.case_id == tip.case_id && record.custodian == tip.custodian &&
                    record.number == tip.head.length && record.previous == tip.head.hash;
  if (!fits) return fail(kCustodyBroken, "custody chain", number);
  return record;
}

CustodyChain::CustodyChain(const CaseId& case_id, const SigningPublic& custodian)
    : case_id_(case_id), custodian_(custodian) {}

Result<CustodyChain> CustodyChain::read(std::span<const Dsse> envelopes) {
  if (envelopes.empty()) return fail(kMalformed, "a chain without a record");
  const CustodyRecord first = TRY(decode_custody_record(envelopes.front().body));
  CustodyChain chain(first.case_id, first.custodian);
  for (const Dsse& envelope : envelopes) TRY(chain.accept(envelope));
  return chain;
}

Result<Dsse> CustodyChain::append(const SigningSecret& key, const CustodyEntry& entry) {
  Dsse envelope = TRY(sign_next_record(key, tip(), entry));
  TRY(accept(envelope));
  return envelope;
}

Status CustodyChain::accept(const Dsse& envelope) {
  CustodyRecord record = TRY(read_next_record(tip(), envelope));
  hashes_.push_back(hash_of_custody_record(envelope.body));
  records_.push_back(std::move(record));
  return {};
}

CustodyHead CustodyChain::head() const {
  if (hashes_.empty()) return {};
  return {hashes_.size(), hashes_.back()};
}

Status CustodyChain::check_against(const CustodyHead& noted) const {
  if (noted.length == 0) return {};
  if (noted.length > hashes_.size())
    return fail(kCustodyCut, "custody chain", static_cast<std::int64_t>(hashes_.size()));
  if (hashes_[noted.length - 1] != noted.hash)
    return fail(kCustodyFork, "custody chain", static_cast<std::int64_t>(noted.length - 1));
  return {};
}

Status CustodyChain::check_against(const CustodyChain& other) const {
  if (other.case_id_ != case_id_ || other.custodian_ != custodian_)
    return fail(kForbiddenValue, "chains of two custodians or cases");
  const auto [ours, theirs] = std::ranges::mismatch(hashes_, other.hashes_);
  if (ours == hashes_.end() || theirs == other.hashes_.end()) return {};
  return fail(kCustodyFork, "custody chain", ours - hashes_.begin());
}

}  // namespace tocsin
