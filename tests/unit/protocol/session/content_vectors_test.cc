// protocol/spec/vectors/content.txt, made again.
#include <gtest/gtest.h>

#include "protocol/session/assembler.h"
#include "protocol/session/bodies.h"
#include "tests/support/card_issuer.h"
#include "tests/support/vector_file.h"

namespace tocsin {
namespace {

TEST(ContentVectorsTest, TheFileBesideTheSpecificationIsWhatTheProgramMakes) {
  const auto vectors = testing_support::read_vectors(TOCSIN_VECTORS "/content.txt");
  SeededRng rng(20'26);
  const auto id = rng.draw<MessageId>();
  const Bytes text = encode_text("سلام, world").value();
  std::vector<std::pair<std::string, std::string>> made{
      {"message_id", to_hex(id.view())},
      {"text_body", to_hex(text)},
      {"receipts_body",
       to_hex(
           encode_receipts({{id, ReceiptState::kDelivered}, {id, ReceiptState::kRead}}).value())},
      {"routes_body",
       to_hex(encode_routes({testing_support::route_on("relay.example", rng)}).value())},
  };
  const std::array<std::size_t, 1> one{kBodyWithKem};
  const auto single =
      split_message({ContentKind::kText, id, {7, 1, 29'000'000}, text}, one).value();
  ASSERT_EQ(single.size(), 1U);
  made.emplace_back("single_content", to_hex(single[0].expose(kExpose)));
  // Rooms far below real ones keep the vector short.
  const std::array<std::size_t, 2> small{16, 12};
  const auto several =
      split_message({ContentKind::kText, id, {7, 2, 29'000'000}, text}, small).value();
  ASSERT_EQ(several.size(), 2U);
  for (std::size_t i = 0; i < several.size(); ++i)
    made.emplace_back("fragment_" + std::to_string(i), to_hex(several[i].expose(kExpose)));
  const auto empty = split_message({ContentKind::kEmpty, id, {7, 0, 29'000'000}, {}}, one).value();
  made.emplace_back("empty_content", to_hex(empty.front().expose(kExpose)));

  EXPECT_EQ(vectors.size(), made.size());
  for (const auto& [name, value] : made) {
    const auto known = vectors.find(name);
    EXPECT_TRUE(known != vectors.end() && known->second == value) << name << " = " << value;
  }
}

}  // namespace
}  // namespace tocsin
