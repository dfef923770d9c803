// relay/ops/bulk_room.h: the bulk plane of one relay: its blobs, opened, and what decides over
// them.
//
// Shape:   in   configuration, keys, the password's key;  out  engine and loop, ready to run
// Secrets: takes the signing key; the index's key is derived from it
// Errors:  a Complaint: no room for the arena, a damaged or older index, another process; of
//          list_more() relay_interrupted (the plane's thread did not come by in time)
// Threads: run() on one of its own; figures() and list_more() from any
#pragma once

#include <memory>
#include <string>

#include "relay/bulk/loop.h"
#include "relay/ops/complaint.h"
#include "relay/ops/config.h"
#include "relay/ops/errand.h"
#include "relay/ops/keys.h"

namespace tocsin::ops {

struct BulkRoomOptions {
  const RelayConfig& config;
  const RelayKeys& keys;
  Durability durability = Durability::kDurable;
  AccessKey password;
  std::optional<Notice> notice;
};

class BulkRoom {
 public:
  static Said<std::unique_ptr<BulkRoom>> create(BulkRoomOptions options, StoreEnd boundary);

  Status run() { return loop_->run(); }
  void stop() const { loop_->stop(); }
  // As the plane's thread told them last, about a second ago.
  BulkFigures figures() const;
  // Lines about the blobs after this one, which is moved on; false when there are none left.
  Result<bool> list_more(BlobNumber& after, std::string& lines);

 private:
  BulkRoom() = default;
  void on_figures(const BulkFigures& figures);

  SystemRng rng_;
  std::unique_ptr<BlobStore> store_;
  std::unique_ptr<BulkEngine> engine_;
  std::unique_ptr<BulkLoop> loop_;
  Errand errand_;
  mutable std::mutex mutex_;
  BulkFigures figures_;
};

}  // namespace tocsin::ops
