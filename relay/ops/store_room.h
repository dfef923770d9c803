// relay/ops/store_room.h: the store of one relay, opened, and everything that decides over it.
//
// Shape:   in   configuration, keys;  out  an engine and its loop, ready to run on one thread
// Secrets: takes the signing and database keys
// Errors:  a Complaint: no store, a damaged or older one, another process
// Threads: loop().run() on one; figures() from any
#pragma once

#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "relay/ops/complaint.h"
#include "relay/ops/config.h"
#include "relay/ops/errand.h"
#include "relay/ops/keys.h"
#include "relay/ops/stored.h"
#include "relay/store/loop.h"

namespace tocsin::ops {

// Opens the store of this configuration, or creates it when neither it nor its epoch is there.
Said<std::unique_ptr<Store>> open_store(const RelayConfig& config, const RelayKeys& keys);

struct StoreRoomOptions {
  const RelayConfig& config;
  const RelayKeys& keys;
  Durability durability = Durability::kDurable;
  std::uint16_t bulk_port = 0;  // 0: no bulk plane
  // With access "password": its key, made once for both planes.
  std::optional<AccessKey> password = std::nullopt;
};
// The key of the configured password; nothing with another access.
Said<std::optional<AccessKey>> password_key(const RelayConfig& config, const RelayKeys& keys);

class StoreRoom {
 public:
  static Said<std::unique_ptr<StoreRoom>> create(StoreRoomOptions options,
                                                 std::unique_ptr<Store> store, StoreEnd boundary);

  Status run() { return loop_->run(); }
  void stop() const { loop_->stop(); }
  void close_bulk() { engine_->close_bulk(); }
  // As the store's thread told them last, about a second ago.
  EngineFigures figures() const;
  // More lines of a listing, taken by the store's thread the next time it tells its figures. Waits
  // for it, two turns at most (relay_interrupted then); nothing more when false.
  Result<bool> list_more(StoredListing& listing, std::string& lines);

 private:
  StoreRoom() = default;
  void on_figures(const EngineFigures& figures);

  SystemRng rng_;
  std::unique_ptr<Store> store_;
  std::unique_ptr<WorkThread> work_;
  std::unique_ptr<StoreEngine> engine_;
  std::unique_ptr<StoreLoop> loop_;
  mutable std::mutex mutex_;
  EngineFigures figures_;
  Errand errand_;
};

}  // namespace tocsin::ops
