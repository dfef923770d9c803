// relay/store/connections.h: what the store holds for a connection, only while it lives.
//
// Spec:    protocol/spec/mailbox.md MBX-2
// Shape:   one Connection per live connection of the edge; gone with it, whole
// Secrets: OwnerKeys, wiped with the connection
// Threads: the store's
#pragma once

#include <memory>
#include <unordered_map>
#include <vector>

#include "protocol/mailbox/authorise.h"
#include "protocol/wire/message.h"
#include "relay/boundary.h"
#include "relay/store/token_bucket.h"

namespace tocsin {

struct Connection {
  ConnectionId id;
  std::unique_ptr<OwnerKeys> keys;  // from its hello on
  std::uint32_t work_bits = 0;      // what its welcome told
  RequestId last_request;
  std::uint32_t malformed = 0;   // cells
  std::uint32_t unanswered = 0;  // requests
  std::uint32_t waiting_work = 0;
  TokenBucket deposits;

  std::vector<MailboxNumber> subscriptions;
  std::uint32_t in_flight = 0;         // pushes over all of them
  std::vector<MailboxNumber> starved;  // would be pushed if less were in flight
  std::vector<BoardId> watches;

  // Leave after the commit of the open batch.
  std::vector<Reply> replies;
  std::vector<Push> board_pushes;
};

class Connections {
 public:
  void open(EdgeConnection number) { table_.try_emplace(number).first->second.id = {number}; }
  Connection* find(ConnectionId id) {
    const auto found = table_.find(id.value);
    return found == table_.end() ? nullptr : &found->second;
  }
  void erase(ConnectionId id) { table_.erase(id.value); }
  std::size_t size() const { return table_.size(); }
  template <class Visitor>
  void each(Visitor&& visit) {
    for (auto& [number, connection] : table_) visit(connection);
  }

 private:
  std::unordered_map<EdgeConnection, Connection> table_;
};

}  // namespace tocsin
