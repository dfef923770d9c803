// Who is taken for which holder.
#include "client/engine/succession.h"

#include <algorithm>

#include "client/engine/notices.h"
#include "crypto/box/sign.h"
#include "tests/unit/client/hostile/two_people.h"
#include "tests/unit/protocol/alert/alert_world.h"

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

// CHA-4.4
TEST_F(SuccessionTest, ASecondCharterOfOneVersionIsToldAndChangesNothing) {
  AlertWorld world;
  CharterChain other = *world.chain;
  const Day today = victim_.engine().today();
  ASSERT_TRUE(world.chain->accept(
      world.signed_charter(world.successor(*world.chain, {0, 1, 3}, 2), {0, 1}), today));
  ASSERT_TRUE(
      other.accept(world.signed_charter(world.successor(other, {0, 1, 4}, 2), {0, 1}), today));
  ASSERT_TRUE(save_organisation(victim_.db(), {.chain = *world.chain,
                                               .petname = {},
                                               .confirmed = ConfirmedBy::kSpokenWords,
                                               .confirmed_on = today,
                                               .offered_by = std::nullopt})
                  .has_value());
  const auto told = victim_.engine().in_transaction([&] {
    return take_charter_message(victim_.engine(), victim_.friend_row().id,
                                CharterOffer{other.id(), other.to_offer()});
  });
  ASSERT_TRUE(told.has_value()) << told.error().where;
  const std::vector<NoticeRow> notices = all_notices(victim_.engine()).value();
  EXPECT_TRUE(std::ranges::any_of(
      notices, [](const NoticeRow& row) { return row.notice.kind == NoticeKind::kCharterFork; }));
  EXPECT_EQ(find_organisation(victim_.db(), other.id()).value()->chain.newest().hash,
            world.chain->newest().hash);
}

// CHA-6.4: one holder signs one next charter. Found by a red team: a key that came late made its
// proposer sign a second one, and one of each reached some of the others.
TEST_F(SuccessionTest, AKeyThatComesLateGetsNoSecondSignature) {
  AlertWorld world;
  const CharterId organisation = world.chain->id();
  ASSERT_TRUE(save_organisation(victim_.db(), {.chain = *world.chain,
                                               .petname = {},
                                               .confirmed = ConfirmedBy::kSpokenWords,
                                               .confirmed_on = victim_.engine().today(),
                                               .offered_by = std::nullopt})
                  .has_value());
  const std::vector<Holder>& holders = world.chain->newest().charter.holders;
  FoundingRow first;
  first.id = rng_.draw<FoundingId>();
  ASSERT_TRUE(save_founding(victim_.db(), first).has_value());
  ASSERT_TRUE(insert_holder_key(victim_.db(), world.holders[0].secret, first.id).has_value());
  const auto begun = [&](const std::string& removed, std::optional<SigningPublic> key) {
    FoundingRow founding;
    founding.id = rng_.draw<FoundingId>();
    founding.base = organisation;
    EXPECT_TRUE(save_founding(victim_.db(), founding).has_value());
    std::uint8_t seat = 0;
    for (const Holder& holder : holders) {
      if (holder.name == removed) continue;
      EXPECT_TRUE(save_seat(victim_.db(), founding.id,
                            {seat++, holder.name, std::nullopt, holder.alert_key})
                      .has_value());
    }
    EXPECT_TRUE(save_seat(victim_.db(), founding.id, {seat, "Somebody new", std::nullopt, key})
                    .has_value());
    return founding;
  };
  const auto propose = [&](FoundingRow& founding) {
    ASSERT_TRUE(victim_.engine().in_transaction(
        [&] { return propose_succession(victim_.engine(), founding); }));
  };
  FoundingRow waiting = begun(holders[1].name, std::nullopt);
  propose(waiting);
  EXPECT_FALSE(waiting.proposal.has_value()) << "a key is missing";
  FoundingRow other = begun(holders[2].name, key());
  propose(other);
  EXPECT_TRUE(other.signed_by_us);

  ASSERT_TRUE(
      save_seat(victim_.db(), waiting.id, {2, "Somebody new", std::nullopt, key()}).has_value());
  propose(waiting);
  EXPECT_FALSE(waiting.signed_by_us);
  EXPECT_FALSE(waiting.proposal.has_value());
  // Where the other one is given up, it is proposed after all.
  ASSERT_TRUE(erase_founding(victim_.db(), other.id).has_value());
  propose(waiting);
  EXPECT_TRUE(waiting.signed_by_us);
}

}  // namespace
}  // namespace tocsin::testing_support
