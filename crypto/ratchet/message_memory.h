// crypto/ratchet/message_memory.h: which numbers of the peer's were opened, and the keys of those
// still to come.
//
// Spec:    protocol/spec/session.md SES-8.4, SES-8.7, SES-9
// Shape:   at most kMaxUsedTotal numbers and kMaxSkipTotal keys, the oldest out first
// Secrets: the skipped message keys
// Threads: values only
#pragma once

#include <map>
#include <vector>

#include "crypto/base/codec.h"
#include "crypto/base/time.h"
#include "crypto/ratchet/chain.h"

namespace tocsin {

class MessageMemory {
 public:
  // The body hash under which a number was opened, or null.
  const BodyHash* used(const MessageNumber& number) const;
  void remember(const MessageNumber& number, const BodyHash& body, Day day);

  // The key of a message that was overtaken, or null.
  const MessageKey* skipped(const MessageNumber& number) const;
  // Stores the keys of one gap; returns how many older ones had to go.
  std::uint32_t store(std::vector<NumberedKey> keys, Day day);
  void drop_key(const MessageNumber& number) { skipped_.erase(number); }

  bool has_skipped(Epoch epoch) const;
  void drop_epoch(Epoch epoch);
  // Drops rows made before `oldest`; true when there were any.
  bool forget_before(Day oldest);

  std::size_t used_count() const { return used_.size(); }
  std::size_t skipped_count() const { return skipped_.size(); }

  void encode(Writer& writer) const;
  static Result<MessageMemory> decode(Reader& reader);

 private:
  struct Used {
    BodyHash body;
    Day day;
  };
  struct Skipped {
    MessageKey key;
    Day day;
  };
  // In order of number, which is also the order of age: a gap is stored when its epoch is current.
  std::map<MessageNumber, Used> used_;
  std::map<MessageNumber, Skipped> skipped_;
};

}  // namespace tocsin
