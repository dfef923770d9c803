#include "protocol/evidence/transfer.h"

#include "crypto/base/codec.h"
#include "crypto/base/overloaded.h"
#include "protocol/blob/limits.h"
#include "protocol/codes.h"
#include "protocol/evidence/padding.h"
#include "protocol/pairing/route.h"

namespace tocsin {
namespace {

constexpr std::uint8_t kVersion = 1;
enum class Kind : std::uint8_t {
  kOffer = 1,
  kPlace = 2,
  kEnd = 3,
  kTaken = 4,
  kResult = 5,
  kRecord = 6,
  kHandOver = 7,
};
enum class Deletes : std::uint8_t { kNobody = 0, kReceiver = 1 };

Status check(const EvidenceOffer& offer) {
  static_cast<void>(TRY(frames_of(offer.length)));
  if (offer.name.size() > kMostGivenNameBytes || offer.note.size() > kMostNoteBytes)
    return fail(kMalformed, "name or note of evidence");
  return {};
}
Status check(const EvidencePlace& place) {
  if (place.frames == 0 || place.frames > kMaxBlobFrames || place.first >= kMostFrames ||
      place.first + place.frames > kMostFrames)
    return fail(kOutOfRange, "frames of a place", static_cast<std::int64_t>(place.first));
  return check_relay_address(place.relay);
}
Status check(const EvidenceEnd&) { return {}; }
Status check(const EvidenceTaken& taken) {
  if (taken.next > kMostFrames)
    return fail(kOutOfRange, "frames taken", static_cast<std::int64_t>(taken.next));
  return {};
}
Status check(const EvidenceResult& result) {
  if (result.outcome < EvidenceOutcome::kWhole || result.outcome > EvidenceOutcome::kLost)
    return fail(kMalformed, "outcome", static_cast<std::int64_t>(result.outcome));
  const bool computed =
      result.outcome == EvidenceOutcome::kWhole || result.outcome == EvidenceOutcome::kDifferent;
  if (computed == result.content.is_zero()) return fail(kMalformed, "content of an outcome");
  return {};
}

// Who reads a document judges its signatures; that there is one is all that is asked here.
Status check(const EvidenceRecord& record) {
  if (record.envelope.kind != DocumentKind::kCustody || record.envelope.signatures.size() != 1)
    return fail(kMalformed, "custody record of a message");
  return {};
}
Status check(const EvidenceHandOver& hand_over) {
  const std::size_t signatures = hand_over.envelope.signatures.size();
  if (hand_over.envelope.kind != DocumentKind::kHandOver || signatures < 1 || signatures > 2)
    return fail(kMalformed, "hand-over of a message");
  return {};
}

Writer begin(Kind kind, const FileId& file) {
  Writer writer(kMostEvidenceMessageBytes);
  writer.integer(kVersion).integer(static_cast<std::uint8_t>(kind)).raw(file.view());
  return writer;
}

Result<Writer> write(const EvidenceOffer& offer) {
  Writer writer = begin(Kind::kOffer, offer.file);
  writer.raw(offer.secret.expose(kExpose)).integer(offer.length);
  writer.short_field(as_bytes(offer.name)).short_field(as_bytes(offer.note));
  return writer;
}
Result<Writer> write(const EvidencePlace& place) {
  Writer writer = begin(Kind::kPlace, place.file);
  writer.integer(place.first).integer(place.frames);
  write_relay_address(writer, place.relay);
  writer.raw(place.blob.view());
  const Deletes deletes = place.owner.has_value() ? Deletes::kReceiver : Deletes::kNobody;
  writer.integer(static_cast<std::uint8_t>(deletes));
  if (place.owner.has_value()) writer.raw(place.owner->expose(kExpose));
  return writer;
}
Result<Writer> write(const EvidenceEnd& end) {
  Writer writer = begin(Kind::kEnd, end.file);
  writer.raw(end.content.view()).raw(end.root.view());
  return writer;
}
Result<Writer> write(const EvidenceTaken& taken) {
  Writer writer = begin(Kind::kTaken, taken.file);
  writer.integer(taken.next);
  return writer;
}
Result<Writer> write(const EvidenceResult& result) {
  Writer writer = begin(Kind::kResult, result.file);
  writer.integer(static_cast<std::uint8_t>(result.outcome)).raw(result.content.view());
  return writer;
}

Result<Writer> write(const EvidenceRecord& record) {
  Writer writer = begin(Kind::kRecord, record.file);
  const Bytes envelope = TRY(encode_dsse(record.envelope));
  writer.raw(envelope);
  return writer;
}
Result<Writer> write(const EvidenceHandOver& hand_over) {
  Writer writer = begin(Kind::kHandOver, hand_over.file);
  const Bytes envelope = TRY(encode_dsse(hand_over.envelope));
  writer.raw(envelope);
  return writer;
}

Result<EvidenceMessage> read_offer(Reader& reader, const FileId& file) {
  const BytesView secret = reader.raw(FileSecret::kBytes);
  const auto length = reader.integer<std::uint64_t>();
  const BytesView name = reader.short_field(kMostGivenNameBytes);
  const BytesView note = reader.short_field(kMostNoteBytes);
  TRY(reader.finish("evidence offer"));
  FileSecret owned = TRY(FileSecret::from(secret));
  return EvidenceOffer{file, std::move(owned), length, std::string(as_text(name)),
                       std::string(as_text(note))};
}
Result<EvidenceMessage> read_place(Reader& reader, const FileId& file) {
  const auto first = reader.integer<std::uint64_t>();
  const auto frames = reader.integer<std::uint32_t>();
  RelayAddress relay = TRY(read_relay_address(reader));
  const auto blob = reader.fixed<ReadId>();
  const auto deletes = static_cast<Deletes>(reader.integer<std::uint8_t>());
  if (deletes != Deletes::kNobody && deletes != Deletes::kReceiver)
    return fail(kMalformed, "who deletes a blob");
  std::optional<OwnerSecret> owner;
  if (deletes == Deletes::kReceiver) {
    const BytesView secret = reader.raw(OwnerSecret::kBytes);
    if (reader.ok()) owner = TRY(OwnerSecret::from(secret));
  }
  TRY(reader.finish("evidence place"));
  return EvidencePlace{file, first, frames, std::move(relay), blob, std::move(owner)};
}
Result<EvidenceMessage> read_end(Reader& reader, const FileId& file) {
  const auto content = reader.fixed<Sha256>();
  const auto root = reader.fixed<Sha256>();
  TRY(reader.finish("evidence end"));
  return EvidenceEnd{file, content, root};
}
Result<EvidenceMessage> read_taken(Reader& reader, const FileId& file) {
  const auto next = reader.integer<std::uint64_t>();
  TRY(reader.finish("evidence taken"));
  return EvidenceTaken{file, next};
}
Result<EvidenceMessage> read_result(Reader& reader, const FileId& file) {
  const auto outcome = static_cast<EvidenceOutcome>(reader.integer<std::uint8_t>());
  const auto content = reader.fixed<Sha256>();
  TRY(reader.finish("evidence result"));
  return EvidenceResult{file, outcome, content};
}

// A document is all that is left of its message.
Result<Dsse> read_document(Reader& reader, DocumentKind kind) {
  return decode_dsse(reader.raw(reader.rest().size()), kind);
}
Result<EvidenceMessage> read_record(Reader& reader, const FileId& file) {
  Dsse envelope = TRY(read_document(reader, DocumentKind::kCustody));
  return EvidenceRecord{file, std::move(envelope)};
}
Result<EvidenceMessage> read_hand_over(Reader& reader, const FileId& file) {
  Dsse envelope = TRY(read_document(reader, DocumentKind::kHandOver));
  return EvidenceHandOver{file, std::move(envelope)};
}

Result<EvidenceMessage> read(Kind kind, Reader& reader, const FileId& file) {
  switch (kind) {
    case Kind::kOffer:
      return read_offer(reader, file);
    case Kind::kPlace:
      return read_place(reader, file);
    case Kind::kEnd:
      return read_end(reader, file);
    case Kind::kTaken:
      return read_taken(reader, file);
    case Kind::kResult:
      return read_result(reader, file);
    case Kind::kRecord:
      return read_record(reader, file);
    case Kind::kHandOver:
      return read_hand_over(reader, file);
  }
  return fail(kMalformed, "kind of an evidence message", static_cast<std::int64_t>(kind));
}

Status check_message(const EvidenceMessage& message) {
  return std::visit([](const auto& one) { return check(one); }, message);
}

}  // namespace

Result<SecretBytes> encode_evidence_message(const EvidenceMessage& message) {
  TRY(check_message(message));
  return std::visit(
      [](const auto& one) -> Result<SecretBytes> { return SecretBytes(TRY(write(one)).take()); },
      message);
}

Result<EvidenceMessage> decode_evidence_message(BytesView bytes) {
  Reader reader(bytes);
  if (const auto version = reader.integer<std::uint8_t>(); version != kVersion)
    return fail(reader.ok() ? kUnsupportedVersion : kMalformed, "evidence message", version);
  const auto kind = static_cast<Kind>(reader.integer<std::uint8_t>());
  const auto file = reader.fixed<FileId>();
  EvidenceMessage message = TRY(read(kind, reader, file));
  TRY(check_message(message));
  return message;
}

}  // namespace tocsin
