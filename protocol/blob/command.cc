#include "protocol/blob/command.h"

#include "crypto/base/codec.h"
#include "crypto/base/overloaded.h"
#include "protocol/blob/limits.h"
#include "protocol/codes.h"

namespace tocsin {
namespace {

enum class Kind : std::uint8_t {
  kPing = 0,
  kCreate = 1,
  kPut = 2,
  kSeal = 3,
  kDelete = 4,
  kGet = 5,
  kStat = 6,
};

Writer of_kind(Kind kind) {
  Writer writer;
  writer.integer(static_cast<std::uint8_t>(kind));
  return writer;
}

Result<BulkCommand> read(Kind kind, Reader& reader) {
  switch (kind) {
    case Kind::kPing:
      return BulkCommand{BulkPing{}};
    case Kind::kCreate: {
      CreateBlob create;
      create.owner = reader.fixed<OwnerPublic>();
      create.frames = reader.integer<std::uint32_t>();
      create.days = reader.integer<std::uint8_t>();
      if (create.frames == 0 || create.frames > kMaxBlobFrames)
        return fail(kMalformed, "frames of a blob", create.frames);
      if (create.days == 0 || create.days > kMaxBlobDays)
        return fail(kMalformed, "days of a blob", create.days);
      return BulkCommand{create};
    }
    case Kind::kPut: {
      PutFrame put;
      put.read_id = reader.fixed<ReadId>();
      put.index = reader.integer<std::uint32_t>();
      return BulkCommand{put};
    }
    case Kind::kSeal:
      return BulkCommand{SealBlob{reader.fixed<ReadId>()}};
    case Kind::kDelete:
      return BulkCommand{DeleteBlob{reader.fixed<ReadId>()}};
    case Kind::kGet: {
      GetFrame get;
      get.read_id = reader.fixed<ReadId>();
      get.index = reader.integer<std::uint32_t>();
      return BulkCommand{get};
    }
    case Kind::kStat:
      return BulkCommand{StatBlob{reader.fixed<ReadId>()}};
  }
  return fail(kUnsupportedVersion, "bulk command", static_cast<std::int64_t>(kind));
}

}  // namespace

Bytes encode_bulk(const BulkCommand& command) {
  Writer writer = std::visit(
      Overloaded{
          [](const BulkPing&) { return of_kind(Kind::kPing); },
          [](const CreateBlob& create) {
            return of_kind(Kind::kCreate)
                .raw(create.owner.view())
                .integer(create.frames)
                .integer(create.days);
          },
          [](const PutFrame& put) {
            return of_kind(Kind::kPut).raw(put.read_id.view()).integer(put.index);
          },
          [](const SealBlob& seal) { return of_kind(Kind::kSeal).raw(seal.read_id.view()); },
          [](const DeleteBlob& erase) { return of_kind(Kind::kDelete).raw(erase.read_id.view()); },
          [](const GetFrame& get) {
            return of_kind(Kind::kGet).raw(get.read_id.view()).integer(get.index);
          },
          [](const StatBlob& stat) { return of_kind(Kind::kStat).raw(stat.read_id.view()); },
      },
      command);
  return std::move(writer).take();
}

Result<BulkCommand> decode_bulk(BytesView bytes) {
  Reader reader(bytes);
  const auto kind = static_cast<Kind>(reader.integer<std::uint8_t>());
  if (!reader.ok()) return fail(kMalformed, "bulk command");
  BulkCommand command = TRY(read(kind, reader));
  TRY(reader.finish("bulk command"));
  return command;
}

}  // namespace tocsin
