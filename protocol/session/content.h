// protocol/session/content.h: the 32-byte header that opens every content, and the kinds.
//
// Spec:    protocol/spec/content.md CNT-1, CNT-2
// Layout:  version 1 | kind 1 | length 2 | message id 16 | offset 4 | total 4 | count 1 | index 1 |
//          zero 2 | body | zeros
// Errors:  malformed, unsupported_version
// Threads: values only
#pragma once

#include "crypto/base/bytes.h"
#include "crypto/keys/keys.h"
#include "protocol/session/limits.h"

namespace tocsin {

enum class ContentKind : std::uint8_t {
  kText = 1,
  kReceipts = 2,
  kContactCard = 3,
  kRoutes = 4,  // where to deposit from now on
  kCharter = 5,
  kCosignRequest = 6,
  kCosignAnswer = 7,
  kAlert = 8,  // withdrawals travel as alerts
  kAlertAnswer = 9,
  kEmpty = 10,
  kFarewell = 11,  // the last of a contact who forgets us
  kEvidence = 12,  // protocol/evidence/transfer.h
};
inline constexpr ContentKind kLastContentKind = ContentKind::kEvidence;

// False for a kind of a later version: such a message is received and kept, not interpreted.
constexpr bool is_known(ContentKind kind) {
  return kind >= ContentKind::kText && kind <= kLastContentKind;
}
// Receipts, empty envelopes and farewells are answered by nothing and take no place in the order.
constexpr bool expects_receipt(ContentKind kind) {
  return kind != ContentKind::kReceipts && kind != ContentKind::kEmpty &&
         kind != ContentKind::kFarewell;
}

inline constexpr std::uint8_t kContentVersion = 1;

struct ContentHeader {
  ContentKind kind = ContentKind::kEmpty;
  MessageId message;
  std::uint32_t offset = 0;  // of this fragment in the message
  std::uint32_t total = 0;   // bytes of the message
  std::uint8_t count = 1;    // fragments: 1, 2, 4 … 64
  std::uint8_t index = 0;
  friend bool operator==(const ContentHeader&, const ContentHeader&) = default;
};

struct ContentView {
  ContentHeader header;
  BytesView body;  // borrowed from what was decoded
};

// header ‖ body; the ratchet pads it with zeros.
SecretBytes encode_content(const ContentHeader& header, BytesView body);
// Accepts any length of zero padding behind the body and refuses everything else.
Result<ContentView> decode_content(BytesView padded);

}  // namespace tocsin
