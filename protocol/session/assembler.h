// protocol/session/assembler.h: fragments back to messages, within bounds.
//
// Spec:    protocol/spec/content.md CNT-4
// Shape:   in   contents as the ratchet opened them, in any order
//          out  whole messages, rows to keep, open messages given up
// Errors:  malformed, unsupported_version (nothing changed)
// Threads: values only
// Cost:    at most kMaxOpenBytesPerClient held; one pass over a message when it completes
#pragma once

#include <map>
#include <optional>
#include <vector>

#include "crypto/base/time.h"
#include "protocol/session/fragment.h"

namespace tocsin {

struct IncomingMessage {
  ContactId contact;
  ContentKind kind = ContentKind::kEmpty;
  MessageId id;
  MessagePrefix prefix;
  SecretBytes body;
};

// One row per fragment held; `content` is header ‖ body, enough to begin again after a restart.
struct FragmentRow {
  ContactId contact;
  Day day;
  SecretBytes content;
};

struct OpenMessage {
  ContactId contact;
  MessageId id;
  friend auto operator<=>(const OpenMessage&, const OpenMessage&) = default;
};

enum class DropCause : std::uint8_t { kContradiction, kBounds, kExpired };
struct DroppedMessage {
  OpenMessage message;
  DropCause cause;
};

struct Taken {
  std::optional<IncomingMessage> message;  // complete: erase its fragment rows
  std::optional<FragmentRow> store;        // write this row
  std::vector<DroppedMessage> dropped;     // erase their fragment rows
};

class Assembler {
 public:
  Assembler() = default;
  // Rows in any order; rows that contradict each other are dropped as they would be on arrival.
  // Rows older than kOpenMessageDays are to be erased, not restored.
  static Assembler restore(std::vector<FragmentRow> rows);

  // Commit what it returns in the transaction that commits the session; if that fails, restore()
  // from the rows before going on.
  Result<Taken> take(ContactId contact, BytesView content, Day today);
  std::vector<DroppedMessage> expire(Day today);
  // Everything of a contact that was deleted or blocked.
  void forget(ContactId contact);

  std::size_t open_messages(ContactId contact) const;
  std::size_t held_bytes() const { return held_; }
  std::size_t held_bytes(ContactId contact) const;

 private:
  struct Open {
    ContentKind kind;
    std::uint32_t total;
    std::uint8_t count;
    Day first_day;
    std::uint64_t arrival;  // order of opening, for eviction
    std::size_t received = 0;
    std::size_t cost = 0;
    std::map<std::uint8_t, std::pair<std::uint32_t, SecretBytes>> parts;  // index → offset, bytes
  };
  using OpenMap = std::map<OpenMessage, Open>;

  static bool fits(const Open& open, const ContentView& part);
  void drop(OpenMap::iterator place);
  bool make_room(const OpenMessage& keep, std::vector<DroppedMessage>& dropped);
  static std::optional<IncomingMessage> finish(const OpenMessage& which, const Open& open);

  OpenMap open_;
  std::map<ContactId, std::size_t> held_by_contact_;
  std::size_t held_ = 0;
  std::uint64_t arrivals_ = 0;
};

}  // namespace tocsin
