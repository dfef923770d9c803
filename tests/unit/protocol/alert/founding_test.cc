#include "protocol/alert/founding.h"

#include "tests/unit/protocol/alert/alert_world.h"

namespace tocsin {
namespace {

class FoundingTest : public AlertTest {
 protected:
  FoundingRequest request{FoundingId({9, 8, 7}), "Hope Lab", "Amina", 2};
};

// CHA-6.1, CHA-6.2
TEST_F(FoundingTest, EveryMessageReturnsWhatItWasMadeFromAndEveryShorteningIsRefused) {
  const Dsse first = world.signed_charter(world.charter({0, 1, 2}, 2), {0});
  const std::vector<CharterMessage> messages{
      request, answer_founding(request, world.holders[0].secret),
      CharterProposal{request.id, first}, CharterSignature{request.id, first.signatures[0]},
      CharterOffer{world.chain->id(), world.chain->to_offer()}};
  for (const CharterMessage& message : messages) {
    const Bytes bytes = encode_charter_message(message).value();
    EXPECT_EQ(decode_charter_message(bytes).value(), message);
    for (std::size_t length = 0; length < bytes.size(); ++length)
      EXPECT_FALSE(decode_charter_message(BytesView(bytes).first(length)).has_value());
    Bytes longer = bytes;
    longer.push_back(0);
    EXPECT_FALSE(decode_charter_message(longer).has_value());
  }
  EXPECT_EQ(code_of(decode_charter_message(Bytes{1, 6})), kMalformed);
  EXPECT_EQ(code_of(decode_charter_message(Bytes{2, 1})), kUnsupportedVersion);
}

// CHA-6.3
TEST_F(FoundingTest, AKeyIsProvedForThisFoundingAndThisNameOnly) {
  const FoundingKey key = answer_founding(request, world.holders[0].secret);
  EXPECT_TRUE(check_founding_key(request, key).has_value());
  FoundingRequest other = request;
  other.organisation = "Hope LabA";
  other.holder = "mina";  // the same letters, moved from one name to the other
  EXPECT_EQ(check_founding_key(other, key).error().code, kBadSignature);
  other = request;
  other.id.mutable_view()[0] ^= 1;
  EXPECT_EQ(check_founding_key(other, key).error().code, kMalformed);
  FoundingKey stolen = key;
  stolen.alert_key = world.holders[1].public_key;
  EXPECT_EQ(check_founding_key(request, stolen).error().code, kBadSignature);
}

// CHA-6.2
TEST_F(FoundingTest, NamesArePlainAndTheThresholdIsInRange) {
  FoundingRequest bad = request;
  bad.holder = "a\u202eb";
  EXPECT_EQ(code_of(encode_charter_message(bad)), kNotPlainText);
  bad = request;
  bad.threshold = 9;
  EXPECT_FALSE(decode_charter_message(encode_charter_message(bad).value()).has_value());
}

}  // namespace
}  // namespace tocsin
