#include <gtest/gtest.h>

#include "relay/store/memory_store.h"
#include "tests/support/relay_house.h"

namespace tocsin {
namespace {

class EngineLimitsTest : public testing::Test {
 protected:
  static EngineConfig with_budget(std::uint64_t cells) {
    EngineConfig config = RelayHouse::config();
    config.budget_cells = cells;
    return config;
  }
  Reply creation_answer(Peer& peer) {
    const OwnerPair owner = make_x25519_pair<OwnerPublic, OwnerSecret>(house_.rng());
    return peer.ask(CreateMailbox{owner.public_key, MailboxClass::kContact, 8}, &owner);
  }

  MemoryStore store_;
  RelayHouse house_{store_};
};

// WIR-4.1
TEST_F(EngineLimitsTest, TheWelcomeIsSignedAndTellsTheLimitsThatAreEnforced) {
  Peer peer(house_);
  EXPECT_EQ(peer.welcome().limits, default_limits());
  EXPECT_EQ(peer.welcome().rough_day, house_.now.day());
  Peer other(house_);
  EXPECT_NE(peer.welcome().nonce, other.welcome().nonce);
  EXPECT_EQ(peer.welcome().session, other.welcome().session);
}

// WIR-3.2
TEST_F(EngineLimitsTest, AHelloOfAnUnknownVersionHearsUnsupportedAndIsDropped) {
  const EdgeConnection number = house_.next_connection();
  ASSERT_TRUE(house_
                  .take({{number, EdgeEvent::kOpened, {}},
                         {number, EdgeEvent::kCell, to_bytes(encode(Hello{{999}}).value())}})
                  .has_value());
  const std::vector<Message> inbox = house_.take_inbox(number);
  ASSERT_EQ(inbox.size(), 1U);
  EXPECT_EQ(std::get<Replies>(inbox[0]).list.at(0).answer, Answer::kUnsupported);
  EXPECT_TRUE(house_.is_kicked(number));
  EXPECT_EQ(house_.figures().connections, 0U);
}

// WIR-11.1, STO-4.3
TEST_F(EngineLimitsTest, AConnectionThatSendsNonsenseIsDroppedAfterItsBudget) {
  Peer peer(house_);
  for (std::uint32_t i = 0; i < kMalformedCells; ++i) {
    EXPECT_FALSE(house_.is_kicked(peer.connection()));
    if (i % 2 == 0)
      peer.put({peer.connection(), EdgeEvent::kCell, Bytes(kCellBytes, 0xee)});
    else
      peer.put({peer.connection(), EdgeEvent::kWrongSize, {}});
  }
  peer.collect();
  EXPECT_EQ(peer.malformed, static_cast<int>(kMalformedCells));
  EXPECT_TRUE(house_.is_kicked(peer.connection()));
  peer.send(Ping{});
  ASSERT_TRUE(house_.commit().has_value());
  EXPECT_TRUE(house_.take_inbox(peer.connection()).empty());
}

// WIR-5.2, WIR-3.2
TEST_F(EngineLimitsTest, RequestsBeforeHelloASecondHelloAndFallingIdsAreMalformed) {
  Peer peer(house_);
  peer.put_message(Hello{{kProtocolVersion}});
  const Request late = peer.request(Ping{});
  peer.send(Ping{});
  peer.put_message(Requests{{late}});
  peer.put_message(Malformed{});
  peer.collect();
  EXPECT_EQ(peer.malformed, 3);
  const EdgeConnection silent = house_.next_connection();
  ASSERT_TRUE(house_
                  .take({{silent, EdgeEvent::kOpened, {}},
                         {silent, EdgeEvent::kCell, to_bytes(encode(Requests{{late}}).value())}})
                  .has_value());
  ASSERT_TRUE(house_.commit().has_value());
  EXPECT_TRUE(std::holds_alternative<Malformed>(house_.take_inbox(silent).at(0)));
}

// LIM-7
// LIM-10
TEST_F(EngineLimitsTest, MoreUnansweredRequestsThanAllowedAreBusyAndUndecidable) {
  Peer peer(house_);
  const Request broken{.id = peer.request(Ping{}).id, .command = Bytes(40, 0xff)};
  peer.put_message(Requests{{broken}});
  std::vector<RequestId> ids;
  for (std::uint32_t i = 0; i < kInFlight; ++i) ids.push_back(peer.send(Ping{}));
  ASSERT_TRUE(house_.commit().has_value());
  peer.collect();
  EXPECT_EQ(peer.replies.at(broken.id.value).answer, Answer::kMalformedCommand);
  EXPECT_EQ(peer.replies.at(ids.front().value).answer, Answer::kOk);
  EXPECT_EQ(peer.replies.at(ids.back().value).answer, Answer::kBusy);
  EXPECT_EQ(peer.answer_to(Ping{}), Answer::kOk);
}

// LIM-10
TEST_F(EngineLimitsTest, DepositsAreLimitedPerConnectionAndPerDropIdAndRecoverWithTime) {
  Peer reader(house_), sender(house_);
  const OwnedMailbox mailbox = reader.create();
  std::uint32_t accepted = 0;
  for (std::uint32_t i = 0; i < kDropDepositsPerSecond + 10; ++i)
    accepted += sender.deposit(mailbox.ids.drop_id, 1) == Answer::kOk ? 1U : 0U;
  EXPECT_EQ(accepted, kDropDepositsPerSecond);
  Peer second(house_);
  EXPECT_EQ(second.deposit(mailbox.ids.drop_id, 1), Answer::kBusy);
  house_.now = milliseconds_after(house_.now, 100);
  EXPECT_EQ(second.deposit(mailbox.ids.drop_id, 1), Answer::kOk);

  // Guessing dropIds costs the connection its own budget.
  accepted = 0;
  for (std::uint32_t i = 0; i < kDepositsPerSecond + 50; ++i)
    accepted += second.deposit(house_.rng().draw<DropId>(), 1) == Answer::kRefused ? 1U : 0U;
  EXPECT_LE(accepted, kDepositsPerSecond);
}

// MBX-9.3
TEST_F(EngineLimitsTest, AConnectionHoldsSixtyFourSubscriptionsAndWatchesAndNoMore) {
  Peer peer(house_);
  for (std::uint32_t i = 0; i < kMaxSubscriptions; ++i)
    ASSERT_EQ(peer.subscribe(peer.create()), Answer::kOk);
  EXPECT_EQ(peer.subscribe(peer.create()), Answer::kRefused);
  for (std::uint32_t i = 0; i < kMaxWatches; ++i)
    ASSERT_EQ(peer.answer_to(WatchBoard{house_.rng().draw<BoardId>()}), Answer::kOk);
  EXPECT_EQ(peer.answer_to(WatchBoard{house_.rng().draw<BoardId>()}), Answer::kRefused);
  const EngineFigures figures = house_.figures();
  EXPECT_EQ(figures.subscriptions, kMaxSubscriptions);
  EXPECT_EQ(figures.watches, kMaxWatches);
}

// MBX-9.6: each pushes the whole credit again.
TEST_F(EngineLimitsTest, SubscribesToOneMailboxAreLimitedAndRecoverWithTime) {
  Peer reader(house_), other(house_);
  const OwnedMailbox mailbox = reader.create();
  for (std::uint32_t i = 0; i < kSubscribesPerSecond; ++i)
    EXPECT_EQ((i % 2 == 0 ? reader : other).subscribe(mailbox), Answer::kOk);
  EXPECT_EQ(reader.subscribe(mailbox), Answer::kBusy);
  EXPECT_EQ(other.subscribe(reader.create()), Answer::kOk);
  house_.now = milliseconds_after(house_.now, 1'000);
  EXPECT_EQ(reader.subscribe(mailbox), Answer::kOk);
}

// MBX-9.4: one reader's unacknowledged pushes are bounded over all its mailboxes.
TEST_F(EngineLimitsTest, PushesInFlightAreBoundedPerConnectionAndTheRestFollowsTheAcks) {
  Peer reader(house_), sender(house_);
  std::vector<OwnedMailbox> mailboxes;
  std::map<std::uint64_t, std::size_t> mailbox_of;
  for (std::size_t i = 0; i < 4; ++i) {
    mailboxes.push_back(reader.create());
    const RequestId id =
        reader.send(Subscribe{mailboxes[i].ids.read_id, kMaxCredit}, &mailboxes[i].owner);
    mailbox_of[id.value] = i;
  }
  ASSERT_TRUE(house_.commit().has_value());
  constexpr std::size_t kEach = 40;
  for (std::size_t i = 0; i < kEach; ++i) {
    for (const OwnedMailbox& mailbox : mailboxes)
      ASSERT_EQ(sender.deposit(mailbox.ids.drop_id, static_cast<std::uint8_t>(i)), Answer::kOk);
  }
  std::vector<std::vector<int>> got(mailboxes.size());
  std::vector<Push> pushes = reader.take_pushes();
  EXPECT_EQ(pushes.size(), kInFlight);
  for (int round = 0; !pushes.empty() && round < 1'000; ++round) {
    const Push push = pushes.front();
    pushes.erase(pushes.begin());
    const std::size_t index = mailbox_of.at(push.subscription.value);
    got[index].push_back(push.body.front());
    ASSERT_EQ(reader.ack(mailboxes[index], push.sequence, 1), Answer::kOk);
    for (Push& more : reader.take_pushes()) pushes.push_back(std::move(more));
    ASSERT_LE(pushes.size(), kInFlight);
  }
  for (const std::vector<int>& contents : got) {
    ASSERT_EQ(contents.size(), kEach);
    EXPECT_TRUE(std::ranges::is_sorted(contents));
  }
  EXPECT_EQ(house_.figures().stored.cells, 0U);
}

// MBX-8.1, MBX-13.2, STO-3.2
TEST_F(EngineLimitsTest, ANearlyFullStoreTakesNoMailboxesAndAFullOneNoDeposits) {
  house_.restart(with_budget(10));
  Peer peer(house_);
  const OwnedMailbox mailbox = peer.create();
  for (int i = 0; i < 9; ++i) ASSERT_EQ(peer.deposit(mailbox.ids.drop_id, 1), Answer::kOk);
  EXPECT_EQ(creation_answer(peer).answer, Answer::kBusy);
  EXPECT_EQ(peer.deposit(mailbox.ids.drop_id, 1), Answer::kOk);
  EXPECT_EQ(peer.deposit(mailbox.ids.drop_id, 1), Answer::kBusy);
  EXPECT_EQ(house_.figures().stored.cells, 10U);
  ASSERT_EQ(peer.subscribe(mailbox), Answer::kOk);
  EXPECT_EQ(peer.ack(mailbox, peer.take_pushes().back().sequence), Answer::kOk);
  EXPECT_EQ(peer.deposit(mailbox.ids.drop_id, 1), Answer::kOk);
  EXPECT_EQ(creation_answer(peer).answer, Answer::kOk);
}

// MBX-5.1, MBX-5.2
TEST_F(EngineLimitsTest, WithoutTheRelaysPasswordNothingIsCreated) {
  Peer peer(house_);
  const OwnerPair owner = make_x25519_pair<OwnerPublic, OwnerSecret>(house_.rng());
  Request request =
      peer.request(CreateMailbox{owner.public_key, MailboxClass::kContact, 8}, &owner);
  request.access.clear();
  peer.put_message(Requests{{request}});
  Request wrong = peer.request(CreateMailbox{owner.public_key, MailboxClass::kContact, 8}, &owner);
  wrong.access.back() ^= 1;
  peer.put_message(Requests{{wrong}});
  ASSERT_TRUE(house_.commit().has_value());
  peer.collect();
  EXPECT_EQ(peer.replies.at(request.id.value).answer, Answer::kRefused);
  EXPECT_EQ(peer.replies.at(wrong.id.value).answer, Answer::kRefused);
  EXPECT_EQ(house_.figures().stored.mailboxes, 0U);
}

class EngineWorkTest : public EngineLimitsTest {
 protected:
  static EngineConfig open_policy(std::uint32_t bits) {
    EngineConfig config;
    config.work_bits = bits;
    config.budget_cells = RelayHouse::kPlentyOfRoom;
    return config;
  }
  // A creation with a solved proof.
  Request worked(Peer& peer) {
    const OwnerPair owner = make_x25519_pair<OwnerPublic, OwnerSecret>(house_.rng());
    Request request =
        peer.request(CreateMailbox{owner.public_key, MailboxClass::kContact, 8}, &owner);
    WorkSolver solver(work_challenge(peer.facts(), request.id, request.command),
                      peer.welcome().work_bits);
    while (!solver.step(64).value()) {
    }
    request.access = encode_work(solver.proof());
    return request;
  }
  Answer outcome(Peer& peer, const Request& request) {
    EXPECT_TRUE(house_.commit().has_value());
    peer.collect();
    EXPECT_FALSE(peer.replies.contains(request.id.value)) << "answered before the dear check";
    EXPECT_TRUE(house_.tick().has_value());
    EXPECT_TRUE(house_.commit().has_value());
    peer.collect();
    return peer.replies.at(request.id.value).answer;
  }
};

// MBX-6.2, MBX-6.3
TEST_F(EngineWorkTest, AStrangersWorkIsCheckedAsideAndThenDecided) {
  house_.restart(open_policy(2));
  Peer peer(house_);
  ASSERT_EQ(peer.welcome().work_bits, 2);
  const Request request = worked(peer);
  peer.put_message(Requests{{request}});
  EXPECT_EQ(house_.figures().waiting_work, 1U);
  EXPECT_EQ(outcome(peer, request), Answer::kOk);
  EXPECT_EQ(house_.figures().stored.mailboxes, 1U);
  EXPECT_EQ(house_.figures().waiting_work, 0U);
}

// MBX-6.1: a proof belongs to one request of one connection.
TEST_F(EngineWorkTest, WorkMovedToAnotherConnectionIsRefusedByTheCheapPart) {
  house_.restart(open_policy(2));
  Peer peer(house_), thief(house_);
  const Request request = worked(peer);
  thief.put_message(Requests{{request}});
  ASSERT_TRUE(house_.commit().has_value());
  thief.collect();
  EXPECT_EQ(thief.replies.at(request.id.value).answer, Answer::kRefused);
  EXPECT_EQ(house_.figures().waiting_work, 0U);
}

TEST_F(EngineWorkTest, AVerdictForAConnectionThatLeftIsDropped) {
  house_.restart(open_policy(1));
  Peer peer(house_);
  peer.put_message(Requests{{worked(peer)}});
  peer.leave();
  ASSERT_TRUE(house_.tick().has_value());
  ASSERT_TRUE(house_.commit().has_value());
  EXPECT_EQ(house_.figures().stored.mailboxes, 0U);
  EXPECT_EQ(house_.figures().waiting_work, 0U);
}

// MBX-6.3
TEST(WorkGateTest, BeyondTheBudgetStrangersHearBusyAndTheNextWelcomeAsksForMore) {
  WorkGate gate(4);
  Instant now{1'000'000};
  EXPECT_EQ(gate.bits(now), 4U);
  std::uint32_t entered = 0;
  for (std::uint32_t i = 0; i < 2 * kArgonChecksPerSecond; ++i) {
    if (gate.enter(now) == WorkGate::Entry::kBusy) continue;
    ++entered;
    gate.leave();
  }
  EXPECT_EQ(entered, kArgonChecksPerSecond);
  now = milliseconds_after(now, 1'500);
  EXPECT_EQ(gate.bits(now), 5U);
  now = milliseconds_after(now, 60'000);
  EXPECT_EQ(gate.bits(now), 4U);
}

TEST(WorkGateTest, WaitingProofsAreBounded) {
  WorkGate gate(0);
  std::size_t entered = 0;
  for (int i = 0; i < 1'000; ++i)
    entered += gate.enter({1'000'000}) == WorkGate::Entry::kCheck ? 1U : 0U;
  EXPECT_EQ(entered, kMaxWaitingWork);
}

// STO-4.3, trap Z12: whatever a connection did, nothing of it is left.
TEST_F(EngineLimitsTest, TenThousandConnectAndLeaveCyclesLeaveNoState) {
  Peer steady(house_);
  const OwnedMailbox mailbox = steady.create();
  for (int cycle = 0; cycle < 10'000; ++cycle) {
    Peer peer(house_);
    if (cycle % 100 == 0) {
      house_.now = milliseconds_after(house_.now, 1'000);  // MBX-9.6
      EXPECT_EQ(peer.subscribe(mailbox), Answer::kOk);
      EXPECT_EQ(peer.answer_to(WatchBoard{house_.rng().draw<BoardId>()}), Answer::kOk);
    }
    peer.leave();
  }
  steady.leave();
  const EngineFigures figures = house_.figures();
  EXPECT_EQ(figures.connections, 0U);
  EXPECT_EQ(figures.subscriptions, 0U);
  EXPECT_EQ(figures.watches, 0U);
  EXPECT_EQ(figures.waiting_work, 0U);
  EXPECT_EQ(figures.cached_mailboxes, 1U);
}

}  // namespace
}  // namespace tocsin
