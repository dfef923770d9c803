#include "crypto/ratchet/libsignal/record.h"

#include "crypto/base/codec.h"

namespace tocsin::libsignal {
namespace {

constexpr std::uint8_t kRecordVersion = 1;

RawKey read_key(Reader& reader) {
  RawKey key{};
  const BytesView bytes = reader.raw(key.size());
  if (!bytes.empty()) copy_exact(bytes, key);
  return key;
}

Status damaged(const Reader& reader) {
  if (!reader.ok()) return fail(kCannotNow, "inner record is cut");
  return {};
}

Result<RetiredChain> read_chain(Reader& reader) {
  const RawKey ratchet_key = read_key(reader);
  const BytesView chain_key = reader.raw(InnerChainKey::kBytes);
  const auto next = reader.integer<std::uint32_t>();
  const auto count = reader.integer<std::uint16_t>();
  TRY(damaged(reader));
  InnerChainKey key = TRY(InnerChainKey::from(chain_key));
  RetiredChain chain{ratchet_key, std::move(key), next, {}};
  for (std::uint16_t i = 0; i < count; ++i) {
    const auto counter = reader.integer<std::uint32_t>();
    const BytesView material = reader.raw(KeyMaterial::kBytes);
    TRY(damaged(reader));
    KeyMaterial key_material = TRY(KeyMaterial::from(material));
    chain.skipped.push_back({counter, std::move(key_material)});
  }
  return chain;
}

void write_chain(Writer& writer, const RetiredChain& chain) {
  writer.raw(chain.ratchet_key)
      .raw(chain.chain_key.expose(kExpose))
      .integer(chain.next)
      .integer(static_cast<std::uint16_t>(chain.skipped.size()));
  for (const SkippedKey& key : chain.skipped)
    writer.integer(key.counter).raw(key.material.expose(kExpose));
}

void write_front(Writer& writer, BytesView live, const std::vector<RawKey>& chains) {
  writer.integer(kRecordVersion).long_field(live);
  writer.integer(static_cast<std::uint8_t>(chains.size()));
  for (const RawKey& key : chains) writer.raw(key);
}

std::size_t front_bytes(BytesView live, const std::vector<RawKey>& chains) {
  return 1 + 4 + live.size() + 1 + chains.size() * sizeof(RawKey);
}
std::size_t retired_bytes(const std::vector<RetiredChain>& retired) {
  std::size_t bytes = 1;
  for (const RetiredChain& chain : retired)
    bytes += kRetiredChainBytes + chain.skipped.size() * kRetiredKeyBytes;
  return bytes;
}

Result<InnerRecord> finish(Writer writer) {
  return InnerRecord::from(SecretBytes(std::move(writer).take()));
}

}  // namespace

bool RecordView::has_chain(const RawKey& key) const {
  return std::find(chains.begin(), chains.end(), key) != chains.end();
}

Result<RecordView> view_record(const InnerRecord& record) {
  Reader reader(record.expose(kExpose));
  if (reader.integer<std::uint8_t>() != kRecordVersion)
    return fail(kCannotNow, "inner record version");
  RecordView view;
  view.live = reader.long_field(kMaxInnerRecordBytes);
  const auto count = reader.integer<std::uint8_t>();
  if (count > kInnerReceivingChains) return fail(kCannotNow, "inner record chains", count);
  for (std::uint8_t i = 0; i < count; ++i) view.chains.push_back(read_key(reader));
  TRY(damaged(reader));
  view.retired = reader.rest();
  return view;
}

Result<std::vector<RetiredChain>> read_retired(const RecordView& view) {
  Reader reader(view.retired);
  const auto count = reader.integer<std::uint8_t>();
  std::vector<RetiredChain> retired;
  retired.reserve(count);
  for (std::uint8_t i = 0; i < count; ++i) retired.push_back(TRY(read_chain(reader)));
  if (!reader.finish("inner record").has_value())
    return fail(kCannotNow, "inner record has another length");
  return retired;
}

// The writers reserve everything first: a growing vector would leave copies of keys behind.
Result<InnerRecord> with_live(const RecordView& view, BytesView live) {
  Writer writer(front_bytes(live, view.chains) + view.retired.size());
  write_front(writer, live, view.chains);
  writer.raw(view.retired);
  return finish(std::move(writer));
}

Result<InnerRecord> write_record(const RecordParts& parts) {
  Writer writer(front_bytes(parts.live, parts.chains) + retired_bytes(parts.retired));
  write_front(writer, parts.live, parts.chains);
  writer.integer(static_cast<std::uint8_t>(parts.retired.size()));
  for (const RetiredChain& chain : parts.retired) write_chain(writer, chain);
  return finish(std::move(writer));
}

void bound_retired(std::vector<RetiredChain>& retired) {
  std::size_t keys = 0;
  for (RetiredChain& chain : retired) {
    auto& skipped = chain.skipped;
    if (skipped.size() > kMaxRetiredKeys)
      skipped.erase(skipped.begin(), skipped.end() - static_cast<std::ptrdiff_t>(kMaxRetiredKeys));
    keys += skipped.size();
  }
  while (retired.size() > kMaxRetiredChains || keys > kMaxRetiredKeys) {
    keys -= retired.front().skipped.size();
    retired.erase(retired.begin());
  }
}

}  // namespace tocsin::libsignal
