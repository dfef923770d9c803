#include "protocol/alert/carried.h"

#include <functional>

#include "tests/unit/protocol/alert/alert_world.h"

namespace tocsin {
namespace {

class CarriedTest : public AlertTest {
 protected:
  CharterOffer offer() const { return {world.chain->id(), world.chain->to_offer()}; }
  CarriedAlert question(std::size_t asker) {
    return ask_carried(offer(), world.request(world.body()), world.holders[asker].secret).value();
  }
  CarriedAnswer refusal(std::size_t holder) {
    const CosignRequest request = world.request(world.body());
    return answer_carried(CosignRefusal{alert_body_hash(request.body), RefusalReason::kWrongPerson,
                                        "it is her brother's phone"},
                          world.holders[holder].secret)
        .value();
  }
  FoundingRequest founding{FoundingId({9, 8, 7}), "Hope Lab", "Amina", 2};
};

// CAR-1.1, CAR-1.2
TEST_F(CarriedTest, EveryFileReturnsWhatItWasMadeFromAndEveryShorteningIsRefused) {
  const Dsse first = world.signed_charter(world.charter({0, 1, 2}, 2), {0});
  const std::vector<Carried> files{question(0),
                                   refusal(1),
                                   CarriedCharter{std::nullopt, founding},
                                   CarriedCharter{offer(), CharterProposal{founding.id, first}},
                                   CarriedSeat{answer_founding(founding, world.holders[0].secret)},
                                   CarriedSeat{CharterSignature{founding.id, first.signatures[0]}}};
  for (const Carried& file : files) {
    const Bytes bytes = encode_carried(file).value();
    EXPECT_EQ(decode_carried(bytes).value(), file);
    for (std::size_t length = 0; length < bytes.size(); ++length)
      EXPECT_FALSE(decode_carried(BytesView(bytes).first(length)).has_value());
    Bytes longer = bytes;
    longer.push_back(0);
    EXPECT_FALSE(decode_carried(longer).has_value());
  }
}

// CAR-1.2
TEST_F(CarriedTest, AMessageInAPlaceThatIsNotItsOwnIsRefused) {
  EXPECT_EQ(code_of(decode_carried(encode_carried(CarriedCharter{std::nullopt, offer()}).value())),
            kMalformed);
  EXPECT_EQ(code_of(decode_carried(encode_carried(CarriedSeat{founding}).value())), kMalformed);
  Bytes other = encode_carried(question(0)).value();
  other[15] = '2';  // a later version of the file
  EXPECT_EQ(code_of(decode_carried(other)), kUnsupportedVersion);
}

// CAR-2.1
TEST_F(CarriedTest, AQuestionIsItsHoldersOwnToTheLastLetter) {
  EXPECT_EQ(check_carried_question(question(2), *world.chain).value(), 2U);
  EXPECT_EQ(check_carried_question(question(5), *world.chain).error().code, kNotAHolder);
  const auto refused = [&](const std::function<void(CarriedAlert&)>& change) {
    CarriedAlert changed = question(0);
    change(changed);
    return check_carried_question(changed, *world.chain).error().code;
  };
  EXPECT_EQ(refused([](CarriedAlert& q) { q.request.case_label += "x"; }), kBadSignature);
  EXPECT_EQ(refused([](CarriedAlert& q) { q.request.note += "we met"; }), kBadSignature);
  EXPECT_EQ(refused([](CarriedAlert& q) { q.request.verified = RecipientVerified::kInPerson; }),
            kBadSignature);
  EXPECT_EQ(refused([&](CarriedAlert& q) { q.request = world.request(world.body()); }),
            kBadSignature);
  EXPECT_EQ(refused([&](CarriedAlert& q) { q.asker = world.holders[1].public_key; }),
            kBadSignature);
}

// CAR-1.3, CAR-2.3
TEST_F(CarriedTest, AnAnswerIsItsHoldersOwnToTheLastLetter) {
  const Charter& charter = world.chain->newest().charter;
  const CarriedAnswer refused = refusal(1);
  EXPECT_EQ(check_carried_answer(refused, charter).value(), 1U);
  EXPECT_EQ(check_carried_answer(refusal(6), charter).error().code, kNotAHolder);
  CarriedAnswer bad = refused;
  std::get<CosignRefusal>(bad.answer).words += "!";
  EXPECT_EQ(check_carried_answer(bad, charter).error().code, kBadSignature);
  bad = refused;
  bad.holder = world.holders[0].public_key;
  EXPECT_EQ(check_carried_answer(bad, charter).error().code, kBadSignature);
}

}  // namespace
}  // namespace tocsin
