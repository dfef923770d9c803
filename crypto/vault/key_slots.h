// crypto/vault/key_slots.h: the content of vault.keys: eight slots that all look alike.
//
// Spec:    protocol/spec/vault.md VLT-2 … VLT-5
// Layout:  header 64 B | 8 slots of 112 B | table 48 B
// Secrets: the database key inside each used slot
// Errors:  damaged, too_new, wrong_passphrase, no_memory
// Threads: values only
// Cost:    stretching a text is one Argon2id run; a key file costs nothing
#pragma once

#include <array>
#include <optional>

#include "crypto/box/labels.h"
#include "crypto/vault/credential.h"

namespace tocsin {

enum class SlotKind : std::uint8_t {
  kPassphrase = 1,
  kRecoveryWords = 2,
  kKeyFile = 3,
  kWipe = 4,  // holds no key: whoever opens it erases the vault
};
// By slot; nothing where a slot is unused.
using SlotKinds = std::array<std::optional<SlotKind>, kVaultSlots>;

// Within the bounds of limits.h.
bool is_vault_cost(Argon2Cost cost);

struct VaultHeader {
  VaultId id;
  Argon2Salt salt;
  Argon2Cost cost;
};

// A credential after the expensive step, for one header.
class StretchedCredential {
 public:
  static Result<StretchedCredential> of(const Credential& credential, const VaultHeader& header);
  SlotKey slot_key(BytesView header, std::size_t slot) const;
  bool is_key_file() const { return label_ == Label::kSlotKeyFile; }

 private:
  StretchedCredential(SecretBytes bytes, Label label) : bytes_(std::move(bytes)), label_(label) {}
  SecretBytes bytes_;
  Label label_;
};

struct OpenedSlot {
  std::size_t slot;
  SlotKind kind;
  DatabaseKey key;  // of a wipe slot: random bytes that open nothing
};

class KeySlots {
 public:
  // Eight unused slots: random bytes. `cost` is within the bounds.
  static KeySlots create(const VaultHeader& header, Rng& rng);
  static Result<KeySlots> decode(BytesView file);
  BytesView encoded() const { return file_; }
  const VaultHeader& header() const { return header_; }

  // Tries all eight, whatever happens.
  Result<OpenedSlot> open(const StretchedCredential& credential) const;
  struct Content {
    std::size_t slot;
    SlotKind kind;
    const StretchedCredential& credential;
  };
  // Seals `key` into a slot; the table has to be written afterwards.
  void fill(const Content& content, const DatabaseKey& key, Rng& rng);
  void empty(std::size_t slot, Rng& rng);
  void empty_all(Rng& rng);

  // The table says which slots are used, to those who have the database key; it is bound to the
  // bytes of all slots, so a slot put back from an older file is noticed.
  Result<SlotKinds> read_table(const DatabaseKey& key) const;
  void write_table(const DatabaseKey& key, const SlotKinds& kinds, Rng& rng);

 private:
  KeySlots(const VaultHeader& header, Bytes file) : header_(header), file_(std::move(file)) {}
  BytesView header_bytes() const { return BytesView(file_).first(kVaultHeaderBytes); }
  MutableBytes slot_bytes(std::size_t slot);
  BytesView slot_bytes(std::size_t slot) const;

  VaultHeader header_;
  Bytes file_;
};

}  // namespace tocsin
