#include "protocol/wire/welcome.h"

#include <gtest/gtest.h>

#include "protocol/codes.h"
#include "tests/support/wire_samples.h"

namespace tocsin {
namespace {

class WelcomeTest : public testing::Test {
 protected:
  SeededRng rng_{1};
  SigningSecret store_ = SigningSecret::random(rng_);
  RelayAddress address_ = samples::address(store_);
  Welcome welcome_ = samples::welcome(store_);

  // Signed by the store, whatever it says.
  SignedWelcome signed_as_is(Bytes body) const {
    const Signature signature = sign(store_, Label::kWelcome, {body});
    return {std::move(body), signature};
  }
};

// WIR-4.1, WIR-4.2, WIR-4.4
TEST_F(WelcomeTest, ASignedWelcomeVerifiesAndSaysWhatWasSigned) {
  for (const bool with_notice : {true, false}) {
    if (!with_notice) welcome_.notice.reset();
    const auto sent = sign_welcome(welcome_, store_);
    ASSERT_TRUE(sent.has_value());
    const Cell cell = encode(*sent).value();
    const Message message = decode(cell).value();
    const auto back = verify_welcome(std::get<SignedWelcome>(message), address_);
    ASSERT_TRUE(back.has_value()) << back.error().where;
    EXPECT_EQ(*back, welcome_);
  }
}

// WIR-4.5
TEST_F(WelcomeTest, ANoticeMayNameNoSuccessor) {
  welcome_.notice = Notice{{20'100}};
  const auto back = verify_welcome(sign_welcome(welcome_, store_).value(), address_);
  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(back->notice, welcome_.notice);
}

// WIR-4.3
TEST_F(WelcomeTest, AnotherStoreIsRefusedEvenWithAGoodSignature) {
  const SigningSecret other = SigningSecret::random(rng_);
  Welcome welcome = samples::welcome(other);
  EXPECT_EQ(verify_welcome(sign_welcome(welcome, other).value(), address_).error().code,
            kWrongStore);
}

// WIR-4.3
TEST_F(WelcomeTest, AnotherTransportKeyIsRefused) {
  welcome_.curve = samples::filled<CurvePublic>(0x99);
  EXPECT_EQ(verify_welcome(sign_welcome(welcome_, store_).value(), address_).error().code,
            kWrongStore);
}

// WIR-4.1: every byte of the body is signed.
TEST_F(WelcomeTest, AnyChangedByteIsRefused) {
  const SignedWelcome good = sign_welcome(welcome_, store_).value();
  for (std::size_t i = 0; i < good.body.size(); ++i) {
    SignedWelcome bad = good;
    bad.body[i] ^= 1;
    EXPECT_FALSE(verify_welcome(bad, address_).has_value()) << i;
  }
  SignedWelcome bad = good;
  bad.signature.mutable_view()[3] ^= 1;
  EXPECT_EQ(verify_welcome(bad, address_).error().code, kBadSignature);
}

// WIR-4.2: signed or not, only the one layout is read.
TEST_F(WelcomeTest, SignedNonsenseIsMalformed) {
  const Bytes good = sign_welcome(welcome_, store_).value().body;
  for (std::size_t size = 2; size < good.size(); ++size) {
    const Bytes cut(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(size));
    EXPECT_FALSE(verify_welcome(signed_as_is(cut), address_).has_value()) << size;
  }
  Bytes longer = good;
  longer.push_back(0);
  EXPECT_EQ(verify_welcome(signed_as_is(longer), address_).error().code, kMalformed);
  constexpr std::size_t kAccessAt = 2 + 4 * 32 + 10 * 4 + 2;
  for (const auto& [offset, value] : std::initializer_list<std::pair<std::size_t, std::uint8_t>>{
           {kAccessAt, 3},
           {kAccessAt + 1, kMaxWorkBits + 1},
           {kAccessAt + 2, 2},
           {kAccessAt + 7, 2}}) {
    Bytes wrong = good;
    wrong[offset] = value;
    EXPECT_EQ(verify_welcome(signed_as_is(wrong), address_).error().code, kMalformed) << offset;
  }
  Bytes later = good;
  later[0] = 2;
  EXPECT_EQ(verify_welcome(signed_as_is(later), address_).error().code, kUnsupportedVersion);
}

TEST_F(WelcomeTest, AStoreSignsOnlyItsOwnAndOnlyWhatClientsTake) {
  welcome_.work_bits = kMaxWorkBits + 1;
  EXPECT_FALSE(sign_welcome(welcome_, store_).has_value());
  EXPECT_FALSE(sign_welcome(samples::welcome(store_), SigningSecret::random(rng_)).has_value());
}

// WIR-3.2
TEST_F(WelcomeTest, TheHighestKnownVersionIsChosen) {
  EXPECT_EQ(choose_version(Hello{{1, 2, 9}}).value(), kProtocolVersion);
  EXPECT_EQ(choose_version(Hello{{2, 9}}).error().code, kUnsupportedVersion);
}

}  // namespace
}  // namespace tocsin
