#include "crypto/vault/key_slots.h"

#include <cstdlib>

#include "crypto/base/codec.h"
#include "crypto/box/hash.h"

namespace tocsin {
namespace {

constexpr std::string_view kMagic = "TOCSINVK";
constexpr std::uint16_t kVersion = 1;
constexpr std::uint32_t kLanes = 1;
constexpr std::size_t kSlotsEnd = kVaultHeaderBytes + kVaultSlots * kSlotBytes;

Bytes encode_header(const VaultHeader& header) {
  Writer writer;
  writer.raw(as_bytes(kMagic)).integer(kVersion).integer(std::uint16_t{0});
  writer.integer(header.cost.memory_kibibytes).integer(header.cost.passes).integer(kLanes);
  writer.raw(header.id.view()).raw(header.salt.view()).pad_to(kVaultHeaderBytes);
  return std::move(writer).take();
}

Result<VaultHeader> decode_header(BytesView bytes) {
  Reader reader(bytes);
  if (as_text(reader.raw(kMagic.size())) != kMagic) return fail(kDamaged, "vault.keys magic");
  const auto version = reader.integer<std::uint16_t>();
  if (version > kVersion) return fail(kTooNew, "vault.keys version", version);
  const auto reserved = reader.integer<std::uint16_t>();
  VaultHeader header;
  header.cost.memory_kibibytes = reader.integer<std::uint32_t>();
  header.cost.passes = reader.integer<std::uint32_t>();
  const auto lanes = reader.integer<std::uint32_t>();
  header.id = reader.fixed<VaultId>();
  header.salt = reader.fixed<Argon2Salt>();
  if (!reader.finish_zero_padded("vault.keys header").has_value() || version != kVersion ||
      reserved != 0 || lanes != kLanes)
    return fail(kDamaged, "vault.keys header");
  if (!is_vault_cost(header.cost))
    return fail(kDamaged, "vault.keys cost", header.cost.memory_kibibytes);
  return header;
}

std::optional<SlotKind> kind_of(std::uint8_t number) {
  switch (static_cast<SlotKind>(number)) {
    case SlotKind::kPassphrase:
    case SlotKind::kRecoveryWords:
    case SlotKind::kKeyFile:
    case SlotKind::kWipe:
      return static_cast<SlotKind>(number);
  }
  return std::nullopt;
}

// What stands for one slot in associated data: the header and the number of the slot.
Bytes slot_context(BytesView header, std::size_t slot) {
  const auto number = static_cast<std::uint8_t>(slot);
  return concat({header, {&number, 1}});
}

// A slot's or the table's place: nonce ‖ sealed.
void seal_with_nonce(BytesView key, const Bytes& associated, BytesView plain, MutableBytes place,
                     Rng& rng) {
  const auto nonce = rng.draw<Nonce>();
  copy_exact(nonce.view(), place.first(Nonce::kBytes));
  seal_into({.key = key, .nonce = nonce, .associated = associated}, plain,
            place.subspan(Nonce::kBytes));
}

Result<SecretBytes> open_with_nonce(BytesView key, const Bytes& associated, BytesView place) {
  const Nonce nonce = TRY(Nonce::from(place.first(Nonce::kBytes)));
  return open({.key = key, .nonce = nonce, .associated = associated}, place.subspan(Nonce::kBytes));
}

// The plaintext of a slot: zeros 32 | kind 1 | zeros 7 | database key 32.
std::optional<OpenedSlot> read_slot(std::size_t slot, BytesView plain) {
  Reader reader(plain);
  const bool committed = is_all_zero(reader.raw(kSlotCommitmentBytes));
  const std::optional<SlotKind> kind = kind_of(reader.integer<std::uint8_t>());
  const bool reserved = is_all_zero(reader.raw(7));
  Result<DatabaseKey> key = DatabaseKey::from(reader.raw(DatabaseKey::kBytes));
  if (!committed || !reserved || !kind || !key.has_value()) return std::nullopt;
  return OpenedSlot{slot, *kind, std::move(*key)};
}

SlotTableKey table_key(const DatabaseKey& key, const VaultId& id) {
  return derive<SlotTableKey>(key.expose(kExpose), {label_bytes(Label::kSlotTable), id.view()});
}

}  // namespace

bool is_vault_cost(Argon2Cost cost) {
  return cost.memory_kibibytes >= kLeastVaultCost.memory_kibibytes &&
         cost.memory_kibibytes <= kMostVaultCost.memory_kibibytes &&
         cost.passes >= kLeastVaultCost.passes && cost.passes <= kMostVaultCost.passes;
}

Result<StretchedCredential> StretchedCredential::of(const Credential& credential,
                                                    const VaultHeader& header) {
  const BytesView bytes = credential.expose(kExpose);
  if (credential.is_key_file())
    return StretchedCredential(SecretBytes::copy_of(bytes), Label::kSlotKeyFile);
  return StretchedCredential(TRY(argon2id(bytes, header.salt, header.cost, SlotKey::kBytes)),
                             Label::kSlot);
}

SlotKey StretchedCredential::slot_key(BytesView header, std::size_t slot) const {
  const auto number = static_cast<std::uint8_t>(slot);
  return derive<SlotKey>(bytes_.expose(kExpose), {label_bytes(label_), header, {&number, 1}});
}

KeySlots KeySlots::create(const VaultHeader& header, Rng& rng) {
  if (!is_vault_cost(header.cost)) std::abort();
  KeySlots slots(header, Bytes(kVaultKeysBytes));
  copy_exact(encode_header(header), MutableBytes(slots.file_).first(kVaultHeaderBytes));
  slots.empty_all(rng);
  return slots;
}

Result<KeySlots> KeySlots::decode(BytesView file) {
  if (file.size() != kVaultKeysBytes)
    return fail(kDamaged, "vault.keys length", static_cast<std::int64_t>(file.size()));
  const VaultHeader header = TRY(decode_header(file.first(kVaultHeaderBytes)));
  return KeySlots(header, to_bytes(file));
}

Result<OpenedSlot> KeySlots::open(const StretchedCredential& credential) const {
  std::optional<OpenedSlot> opened;
  for (std::size_t slot = 0; slot < kVaultSlots; ++slot) {
    const SlotKey key = credential.slot_key(header_bytes(), slot);
    const Result<SecretBytes> plain =
        open_with_nonce(key.expose(kExpose), slot_context(header_bytes(), slot), slot_bytes(slot));
    if (plain.has_value() && !opened) opened = read_slot(slot, plain->expose(kExpose));
  }
  if (!opened) return fail(kWrongPassphrase, "no slot opened");
  return std::move(*opened);
}

void KeySlots::fill(const Content& content, const DatabaseKey& key, Rng& rng) {
  SecretBytes plain = SecretBytes::zeros(kSlotPlainBytes);
  const MutableBytes bytes = plain.expose_mutable(kExpose);
  bytes[kSlotCommitmentBytes] = static_cast<std::uint8_t>(content.kind);
  const MutableBytes place = bytes.last(DatabaseKey::kBytes);
  if (content.kind == SlotKind::kWipe)
    rng.fill(place);
  else
    copy_exact(key.expose(kExpose), place);
  const SlotKey slot_key = content.credential.slot_key(header_bytes(), content.slot);
  seal_with_nonce(slot_key.expose(kExpose), slot_context(header_bytes(), content.slot), bytes,
                  slot_bytes(content.slot), rng);
}

void KeySlots::empty(std::size_t slot, Rng& rng) { rng.fill(slot_bytes(slot)); }

void KeySlots::empty_all(Rng& rng) { rng.fill(MutableBytes(file_).subspan(kVaultHeaderBytes)); }

Result<SlotKinds> KeySlots::read_table(const DatabaseKey& key) const {
  const SlotTableKey table = table_key(key, header_.id);
  const BytesView file(file_);
  const Result<SecretBytes> plain = open_with_nonce(
      table.expose(kExpose), to_bytes(file.first(kSlotsEnd)), file.subspan(kSlotsEnd));
  if (!plain.has_value()) return fail(kDamaged, "slot table");
  SlotKinds kinds;
  for (std::size_t slot = 0; slot < kVaultSlots; ++slot) {
    const std::uint8_t number = plain->expose(kExpose)[slot];
    kinds[slot] = kind_of(number);
    if (!kinds[slot] && number != 0) return fail(kDamaged, "slot table kind", number);
  }
  return kinds;
}

void KeySlots::write_table(const DatabaseKey& key, const SlotKinds& kinds, Rng& rng) {
  std::array<std::uint8_t, kVaultSlots> plain{};
  for (std::size_t slot = 0; slot < kVaultSlots; ++slot)
    if (kinds[slot]) plain[slot] = static_cast<std::uint8_t>(*kinds[slot]);
  const SlotTableKey table = table_key(key, header_.id);
  const MutableBytes file(file_);
  seal_with_nonce(table.expose(kExpose), to_bytes(file.first(kSlotsEnd)), plain,
                  file.subspan(kSlotsEnd), rng);
}

MutableBytes KeySlots::slot_bytes(std::size_t slot) {
  return MutableBytes(file_).subspan(kVaultHeaderBytes + slot * kSlotBytes, kSlotBytes);
}

BytesView KeySlots::slot_bytes(std::size_t slot) const {
  return BytesView(file_).subspan(kVaultHeaderBytes + slot * kSlotBytes, kSlotBytes);
}

}  // namespace tocsin
