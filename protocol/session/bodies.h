// protocol/session/bodies.h: the bodies of text, receipts and routes.
//
// Spec:    protocol/spec/content.md CNT-5
// Shape:   contact card: the card's bytes (pairing/card.h); charter, co-signing and alerts: alert/;
//          empty: no bytes
// Errors:  malformed, too_large
// Threads: values only
#pragma once

#include <string_view>
#include <vector>

#include "protocol/pairing/route.h"
#include "protocol/session/content.h"

namespace tocsin {

// UTF-8 without NUL, 1 … kMaxBodyBytes. What is safe to show is the client's business.
Result<Bytes> encode_text(std::string_view text);
Result<std::string_view> decode_text(BytesView body);

enum class ReceiptState : std::uint8_t { kDelivered = 1, kRead = 2 };
struct Receipt {
  MessageId message;
  ReceiptState state = ReceiptState::kDelivered;
  friend bool operator==(const Receipt&, const Receipt&) = default;
};
// 1 … kMaxReceipts.
Result<Bytes> encode_receipts(const std::vector<Receipt>& receipts);
Result<std::vector<Receipt>> decode_receipts(BytesView body);

// 1 … kMaxRoutes, in the order they are to be tried; replaces what was known.
Result<Bytes> encode_routes(const std::vector<Route>& routes);
Result<std::vector<Route>> decode_routes(BytesView body);

}  // namespace tocsin
