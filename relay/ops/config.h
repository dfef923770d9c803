// relay/ops/config.h: the relay's one configuration file.
//
// Shape:   in   TOML text;  out  a RelayConfig in which everything is checked
// Errors:  a Complaint with file, line and hint; unknown keys are errors
// Threads: values only
#pragma once

#include <filesystem>
#include <optional>
#include <string_view>

#include "protocol/limits.h"
#include "protocol/wire/welcome.h"
#include "relay/bulk/sqlcipher_blobs.h"
#include "relay/edge/listener.h"
#include "relay/ops/complaint.h"

namespace tocsin::ops {

using Path = std::filesystem::path;

inline constexpr std::string_view kDefaultConfigPath = "/etc/tocsin-relay/relay.toml";
inline constexpr std::string_view kDefaultDirectory = "/var/lib/tocsin-relay";
inline constexpr std::uint16_t kDefaultPort = 7700;
inline constexpr std::uint32_t kSlotsPerMebibyte = (1U << 20) / Arena::kSlotBytes;
inline constexpr std::int64_t kMaxBulkMebibytes = std::int64_t{16} << 20;  // 16 TiB
inline constexpr std::size_t kMaxConfigBytes = 64 << 10;

struct RelayConfig {
  edge::Endpoint listen{"127.0.0.1", kDefaultPort};
  // What the relay's address tells clients; the listening endpoint when empty.
  std::string public_host;
  std::uint16_t public_port = 0;
  Path directory{kDefaultDirectory};  // keys, store, control socket
  AccessPolicy access = AccessPolicy::kOpen;
  Path password_file;             // with access "password"
  std::uint32_t connections = 0;  // 0: chosen from the machine's memory
  std::uint32_t work_bits = 6;    // Argon2id difficulty for strangers, policy "open"
  std::uint32_t deposits_per_second = kDepositsPerSecond;           // of one connection
  std::uint32_t drop_deposits_per_second = kDropDepositsPerSecond;  // of one mailbox
  std::uint64_t budget_cells = 0;    // 0: half the free disk at start
  std::uint32_t bulk_mebibytes = 0;  // of the arena for blobs; 0: no bulk plane
  edge::Endpoint bulk_listen{"127.0.0.1", kDefaultPort + 1};
  std::uint16_t bulk_port = 0;  // what clients are told; 0: that of bulk_listen

  bool has_bulk() const { return bulk_mebibytes > 0; }
  std::uint32_t bulk_slots() const { return bulk_mebibytes * kSlotsPerMebibyte; }
  BlobPaths blob_paths() const {
    return {directory / "blobs.db", directory / "arena", directory / "blobs-run"};
  }
  Path key_file() const { return directory / "keys"; }
  Path store_file() const { return directory / "store.db"; }
  Path epoch_file() const { return directory / "boot-epoch"; }
  Path lock_file() const { return directory / "lock"; }
  Path control_socket() const { return directory / "control"; }
};

// `name` is how complaints call the file. Relative paths are taken from `base`.
Said<RelayConfig> parse_config(std::string_view text, const Path& name);
Said<RelayConfig> load_config(const Path& path);

// The commented file that `init` writes.
std::string config_text(const RelayConfig& config);

}  // namespace tocsin::ops
