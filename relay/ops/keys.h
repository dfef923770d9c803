// relay/ops/keys.h: the relay's three long-lived keys and the small file they live in.
//
// Layout:  "tocsin relay 1\n\0" 16 | CURVE secret 32 | store Ed25519 seed 32 | database key 32 |
//          BLAKE2b-128 of all before 16                                            = 128 bytes
// Secrets: all of it; mode 0600, or a systemd credential (sealed by the TPM where there is one).
//          A key file beside the store protects nothing when the whole disk is seized.
// Errors:  relay_bad_key_file, relay_keys_readable (detail = mode), and those of files.h
// Threads: values only
#pragma once

#include <filesystem>

#include "crypto/base/rng.h"
#include "crypto/keys/keys.h"
#include "protocol/wire/address.h"

namespace tocsin::ops {

inline constexpr std::size_t kKeyFileBytes = 16 + 3 * 32 + 16;
// Name of the credential: `LoadCredentialEncrypted=tocsin-relay.keys` in the unit.
inline constexpr const char* kCredentialName = "tocsin-relay.keys";

struct RelayKeys {
  CurveSecret curve;
  CurvePublic curve_public;
  SigningSecret store;
  StorePublic store_public;
  DatabaseKey database;
};

RelayKeys make_keys(Rng& rng);
SecretBytes encode_keys(const RelayKeys& keys);
Result<RelayKeys> decode_keys(BytesView bytes);

// The credential of the service manager when there is one, else the file, which nobody else may
// read.
Result<RelayKeys> load_keys(const std::filesystem::path& file);
// The file alone.
Result<RelayKeys> load_key_file(const std::filesystem::path& file);
// The file must not exist yet.
Status save_keys(const std::filesystem::path& file, const RelayKeys& keys);

}  // namespace tocsin::ops
