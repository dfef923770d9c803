// Who is taken for which holder.
#include "client/engine/succession.h"

#include "crypto/box/sign.h"
#include "tests/unit/client/hostile/two_people.h"

namespace tocsin::testing_support {
namespace {

class SuccessionTest : public TwoPeople {
 protected:
  void SetUp() override {
    TwoPeople::SetUp();
    befriend();
  }
  SigningPublic key() { return signing_public_of(SigningSecret::random(rng_)); }

  CharterId charter_ = rng_.draw<CharterId>();
};

// Found by reading: who was removed could pass on what another holder signed, and be sent that
// holder's requests from then on.
TEST_F(SuccessionTest, WhoPassesOnWhatAnotherSignedIsNotTakenForThem) {
  const ContactId contact = victim_.friend_row().id;
  const SigningPublic theirs = key();
  const SigningPublic of_another = key();
  ASSERT_TRUE(learn_colleague(victim_.engine(), charter_, theirs, contact).has_value());
  ASSERT_TRUE(learn_colleague(victim_.engine(), charter_, of_another, contact).has_value());
  EXPECT_EQ(own_key_of(victim_.db(), charter_, contact).value(), theirs);
  EXPECT_FALSE(owner_of(victim_.db(), charter_, of_another)->has_value());
}

TEST_F(SuccessionTest, WhoseKeyIsForgottenIsReachedForNoOther) {
  const ContactId contact = victim_.friend_row().id;
  const SigningPublic theirs = key();
  ASSERT_TRUE(save_colleague(victim_.db(), charter_, theirs, contact, HolderReached::kThemselves)
                  .has_value());
  ASSERT_TRUE(
      save_colleague(victim_.db(), charter_, key(), contact, HolderReached::kThrough).has_value());
  ASSERT_TRUE(erase_colleague(victim_.db(), charter_, theirs).has_value());
  EXPECT_TRUE(colleagues_of(victim_.db(), charter_)->empty());
}

}  // namespace
}  // namespace tocsin::testing_support
