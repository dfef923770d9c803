#include "protocol/session/content.h"

#include <gtest/gtest.h>

#include "protocol/codes.h"

namespace tocsin {
namespace {

ContentHeader header_of(std::uint32_t total, std::uint8_t count = 1, std::uint8_t index = 0,
                        std::uint32_t offset = 0) {
  ContentHeader header;
  header.kind = ContentKind::kText;
  header.message.mutable_view()[0] = 0xAA;
  header.total = total;
  header.count = count;
  header.index = index;
  header.offset = offset;
  return header;
}

Bytes content_of(const ContentHeader& header, std::size_t length, std::size_t padded) {
  const SecretBytes content = encode_content(header, Bytes(length, 0x55));
  Bytes bytes = to_bytes(content.expose(kExpose));
  if (padded > bytes.size()) bytes.resize(padded);
  return bytes;
}

bool decodes(const ContentHeader& header, std::size_t length) {
  return decode_content(content_of(header, length, kContentPlain)).has_value();
}

// CNT-1.1
TEST(ContentTest, TheHeaderIsTheOneOfTheSpecification) {
  const Bytes bytes = content_of(header_of(300, 2, 1, 200), 100, 0);
  EXPECT_EQ(to_hex(BytesView(bytes).first(32)),
            "01"
            "01"
            "6400"
            "aa000000000000000000000000000000"
            "c8000000"
            "2c010000"
            "02"
            "01"
            "0000");
  EXPECT_EQ(bytes.size(), 132U);
  const ContentView view = decode_content(bytes).value();
  EXPECT_EQ(view.header, header_of(300, 2, 1, 200));
  EXPECT_EQ(view.body.size(), 100U);
}

TEST(ContentTest, ItReadsThePaddedFormsOfEveryEnvelope) {
  for (const std::size_t padded :
       {kContentWithKem, kContentPlain, kContentPrekeyForm, kContentFirst}) {
    const std::size_t length = padded - kContentHeaderBytes;
    const auto total = static_cast<std::uint32_t>(length);
    EXPECT_EQ(decode_content(content_of(header_of(total), length, padded))->body.size(), length);
  }
}

// CNT-1.2
TEST(ContentTest, EveryContradictionInAHeaderIsRefused) {
  EXPECT_TRUE(decodes(header_of(100), 100));
  EXPECT_TRUE(decodes(header_of(200, 2, 0), 100));
  EXPECT_TRUE(decodes(header_of(200, 2, 1, 100), 100));
  EXPECT_TRUE(decodes(header_of(200, 4, 3, 200), 0));
  EXPECT_FALSE(decodes(header_of(11), 11)) << "shorter than a prefix";
  EXPECT_FALSE(decodes(header_of(0), 0));
  EXPECT_FALSE(decodes(header_of(65'537, 64, 0), 100)) << "longer than a message";
  EXPECT_FALSE(decodes(header_of(100), 99)) << "single fragment in part";
  EXPECT_FALSE(decodes(header_of(200, 2, 1, 150), 100)) << "beyond the end";
  EXPECT_FALSE(decodes(header_of(200, 2, 1, 0xFFFFFFFF), 100));
  EXPECT_FALSE(decodes(header_of(200, 2, 0, 100), 100)) << "first not at the front";
  EXPECT_FALSE(decodes(header_of(200, 2, 1, 0), 100)) << "front not first";
  EXPECT_FALSE(decodes(header_of(200, 2, 0), 0)) << "first empty";
  EXPECT_FALSE(decodes(header_of(200, 2, 1, 100), 0)) << "empty in the middle";
  for (const std::uint8_t count : Bytes{0, 3, 5, 63, 65, 127, 128, 255})
    EXPECT_FALSE(decodes(header_of(200, count, 0), 100)) << int{count};
  EXPECT_FALSE(decodes(header_of(200, 2, 2, 100), 100)) << "index at count";
}

TEST(ContentTest, EveryReservedByteAndByteOfPaddingMustBeZero) {
  Bytes bytes = content_of(header_of(100), 100, kContentWithKem);
  for (const std::size_t place :
       {std::size_t{30}, std::size_t{31}, std::size_t{132}, bytes.size() - 1}) {
    bytes[place] = 1;
    EXPECT_EQ(decode_content(bytes).error().code, kMalformed) << place;
    bytes[place] = 0;
  }
  EXPECT_TRUE(decode_content(bytes).has_value());
  bytes[2] = 101;  // length
  EXPECT_FALSE(decode_content(bytes).has_value());
  bytes[2] = 100;
  bytes[0] = 2;
  EXPECT_EQ(decode_content(bytes).error().code, kUnsupportedVersion);
  bytes[0] = 1;
  bytes[1] = 0;
  EXPECT_EQ(decode_content(bytes).error().code, kMalformed);
  for (std::size_t size = 0; size < 132; ++size)
    EXPECT_FALSE(decode_content(content_of(header_of(100), 100, 0).empty()
                                    ? BytesView()
                                    : BytesView(bytes).first(size))
                     .has_value());
}

// CNT-1.3
static_assert(kBodyWithKem == 1423 && kBodyPlain == 3647 && kBodyPrekeyForm == 3551 &&
              kBodyFirst == 1023);

// CNT-2.1
TEST(ContentTest, ReceiptsAndEmptyMessagesAreAnsweredByNothing) {
  for (std::uint8_t kind = 1; kind <= 10; ++kind) {
    EXPECT_TRUE(is_known(ContentKind{kind}));
    EXPECT_EQ(expects_receipt(ContentKind{kind}), kind != 2 && kind != 10) << int{kind};
  }
}

// CNT-2.2
TEST(ContentTest, AKindOfALaterVersionIsReadAndAnswered) {
  constexpr auto kLater = static_cast<ContentKind>(static_cast<int>(kLastContentKind) + 1);
  EXPECT_FALSE(is_known(kLater));
  EXPECT_FALSE(is_known(ContentKind{0}));
  EXPECT_TRUE(expects_receipt(kLater));
  ContentHeader header = header_of(100);
  header.kind = ContentKind{200};
  EXPECT_TRUE(decodes(header, 100));
}

}  // namespace
}  // namespace tocsin
