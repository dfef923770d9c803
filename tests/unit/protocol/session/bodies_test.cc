#include "protocol/session/bodies.h"

#include <gtest/gtest.h>

#include "tests/support/card_issuer.h"

namespace tocsin {
namespace {

// CNT-5.1
TEST(TextBodyTest, TextInAnyScriptRoundTrips) {
  for (const std::string_view text : {"a", "héllo\nworld", "رسالة", "संदेश", "\U0001F6A8"}) {
    EXPECT_EQ(decode_text(encode_text(text).value()).value(), text);
  }
  EXPECT_TRUE(encode_text(std::string(kMaxBodyBytes, 'a')).has_value());
  EXPECT_EQ(encode_text(std::string(kMaxBodyBytes + 1, 'a')).error().code, kTooLarge);
}

TEST(TextBodyTest, WhatIsNotUtf8IsRefused) {
  for (const std::string_view bytes :
       {std::string_view(), std::string_view("a\0b", 3), std::string_view("\x80"),
        std::string_view("\xC0\x80"), std::string_view("\xC3"), std::string_view("\xC3("),
        std::string_view("\xE0\x80\x80"), std::string_view("\xED\xA0\x80"),
        std::string_view("\xF0\x80\x80\x80"), std::string_view("\xF4\x90\x80\x80"),
        std::string_view("\xF5\x80\x80\x80"), std::string_view("\xFF")}) {
    EXPECT_EQ(decode_text(as_bytes(bytes)).error().code, kMalformed) << to_hex(as_bytes(bytes));
    EXPECT_FALSE(encode_text(bytes).has_value());
  }
  EXPECT_TRUE(decode_text(as_bytes("\xF4\x8F\xBF\xBF")).has_value());
  EXPECT_TRUE(decode_text(as_bytes("\xED\x9F\xBF")).has_value());
}

// CNT-5.2
TEST(ReceiptBodyTest, ReceiptsRoundTripAndAlwaysFitOneEnvelope) {
  SeededRng rng(1);
  std::vector<Receipt> receipts;
  for (std::size_t i = 0; i < kMaxReceipts; ++i) {
    receipts.push_back(
        {rng.draw<MessageId>(), i % 2 == 0 ? ReceiptState::kDelivered : ReceiptState::kRead});
    const Bytes body = encode_receipts(receipts).value();
    EXPECT_EQ(body.size(), 1 + receipts.size() * 17);
    EXPECT_LE(kMessagePrefixBytes + body.size(), kBodyWithKem);
    EXPECT_EQ(decode_receipts(body).value(), receipts);
  }
  receipts.push_back(receipts.front());
  EXPECT_FALSE(encode_receipts(receipts).has_value());
  EXPECT_FALSE(encode_receipts({}).has_value());
}

// CNT-5.4
TEST(ReceiptBodyTest, ABodyThatIsNotExactlyReceiptsIsMalformed) {
  Bytes body = encode_receipts({{MessageId(), ReceiptState::kRead}}).value();
  for (std::size_t size = 0; size < body.size(); ++size)
    EXPECT_EQ(decode_receipts(BytesView(body).first(size)).error().code, kMalformed);
  body.push_back(0);
  EXPECT_EQ(decode_receipts(body).error().code, kMalformed);
  body.pop_back();
  for (const std::uint8_t state : Bytes{0, 3, 255}) {
    body.back() = state;
    EXPECT_EQ(decode_receipts(body).error().code, kMalformed);
  }
  body.back() = 1;
  for (const std::uint8_t count : Bytes{0, 2, 65, 255}) {
    body.front() = count;
    EXPECT_EQ(decode_receipts(body).error().code, kMalformed);
  }
}

// CNT-5.3
TEST(RoutesBodyTest, OneToThreeRoutesRoundTripAndNothingElseIsRead) {
  SeededRng rng(2);
  std::vector<Route> routes;
  EXPECT_FALSE(encode_routes(routes).has_value());
  for (std::size_t i = 0; i < kMaxRoutes; ++i) {
    routes.push_back(testing_support::route_on("relay.example", rng));
    const Bytes body = encode_routes(routes).value();
    EXPECT_EQ(decode_routes(body).value(), routes);
    for (std::size_t size = 0; size < body.size(); ++size)
      EXPECT_FALSE(decode_routes(BytesView(body).first(size)).has_value());
  }
  routes.push_back(routes.front());
  EXPECT_FALSE(encode_routes(routes).has_value());
}

}  // namespace
}  // namespace tocsin
