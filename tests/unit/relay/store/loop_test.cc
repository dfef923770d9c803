#include "relay/store/loop.h"

#include <gtest/gtest.h>
#include <poll.h>

#include <thread>

#include "relay/codes.h"
#include "relay/store/memory_store.h"
#include "tests/support/relay_house.h"

namespace tocsin {
namespace {

using Clock = std::chrono::steady_clock;

class LoopTest : public testing::Test {
 protected:
  LoopTest() {
    EngineConfig config;
    config.budget_cells = 1'000;
    config.work_bits = 1;
    engine_ = StoreEngine::create(std::move(config),
                                  {.signing = identity_.signing.secret.duplicate(),
                                   .curve = identity_.address.curve},
                                  store_, *work_, rng_)
                  .value();
    auto pipe = make_boundary_pipe();
    edge_.emplace(std::move(pipe->edge));
    loop_ = StoreLoop::create(*engine_, *work_, std::move(pipe->store)).value();
    thread_ = std::jthread([this] { ended_ = loop_->run(); });
  }
  ~LoopTest() override {
    loop_->stop();
    if (thread_.joinable()) thread_.join();
  }

  void send(const Message& message) {
    const EdgeBatch batch{{1, EdgeEvent::kCell, to_bytes(encode(message).value())}};
    ASSERT_TRUE(edge_->send(batch).has_value());
  }
  // The next cell for the edge, within a bound.
  std::optional<Message> next() {
    const auto until = Clock::now() + std::chrono::seconds(10);
    while (waiting_.empty() && Clock::now() < until) {
      pollfd fd{edge_->fd(), POLLIN, 0};
      ::poll(&fd, 1, 100);
      auto arrived = edge_->receive();
      if (!arrived.has_value()) return std::nullopt;
      for (StoreToEdge& order : *arrived) waiting_.push_back(std::move(order));
    }
    if (waiting_.empty()) return std::nullopt;
    Message message = decode(waiting_.front().frame).value();
    waiting_.erase(waiting_.begin());
    return message;
  }
  Welcome hello() {
    const EdgeBatch opened{{1, EdgeEvent::kOpened, {}}};
    EXPECT_TRUE(edge_->send(opened).has_value());
    send(Hello{{kProtocolVersion}});
    return verify_welcome(std::get<SignedWelcome>(next().value()), identity_.address).value();
  }

  SeededRng rng_{5};
  RelayIdentity identity_{rng_};
  MemoryStore store_;
  std::unique_ptr<WorkThread> work_ = WorkThread::create().value();
  std::unique_ptr<StoreEngine> engine_;
  std::optional<EdgeEnd> edge_;
  std::unique_ptr<StoreLoop> loop_;
  std::vector<StoreToEdge> waiting_;
  Status ended_;
  std::jthread thread_;
};

// STO-4.1: the batch ends with its window when nothing more comes.
TEST_F(LoopTest, ARequestIsAnsweredWithoutAnybodyWaitingForMore) {
  hello();
  send(Requests{{{.id = {1}, .command = encode_command(Ping{}).value()}}});
  const std::optional<Message> answer = next();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(std::get<Replies>(*answer).list.at(0).answer, Answer::kOk);
}

// MBX-6.3: the proof is checked on the other thread, and its verdict comes back by itself.
TEST_F(LoopTest, AStrangersProofIsCheckedOnTheSlowThreadAndAnswered) {
  const Welcome welcome = hello();
  const SessionFacts facts{
      .relay = welcome.curve, .session = welcome.session, .nonce = welcome.nonce};
  SeededRng rng(17);
  const OwnerPair owner = make_x25519_pair<OwnerPublic, OwnerSecret>(rng);
  Request request{
      .id = {1},
      .command =
          encode_command(CreateMailbox{owner.public_key, MailboxClass::kContact, 8}).value()};
  request.tag = owner_tag(owner_key(owner.secret, owner.public_key, facts).value(), request.id,
                          request.command);
  WorkSolver solver(work_challenge(facts, request.id, request.command), welcome.work_bits);
  while (!solver.step(64).value()) {
  }
  request.access = encode_work(solver.proof());
  send(Requests{{request}});
  const std::optional<Message> answer = next();
  ASSERT_TRUE(answer.has_value());
  EXPECT_EQ(std::get<Replies>(*answer).list.at(0).answer, Answer::kOk);
}

// Z9: SIGTERM to exit in less than two seconds; what was taken is answered.
TEST_F(LoopTest, AStoppedStoreAnswersWhatItTookAndLeavesInTime) {
  hello();
  send(Requests{{{.id = {1}, .command = encode_command(Ping{}).value()}}});
  ASSERT_TRUE(next().has_value());
  const auto before = Clock::now();
  loop_->stop();
  thread_.join();
  EXPECT_LT(Clock::now() - before, std::chrono::seconds(2));
  EXPECT_TRUE(ended_.has_value());
}

TEST_F(LoopTest, AnEdgeThatIsGoneEndsTheRunWithItsOwnError) {
  hello();
  edge_.reset();
  thread_.join();
  ASSERT_FALSE(ended_.has_value());
  EXPECT_EQ(ended_.error().code, kBoundaryClosed);
}

TEST_F(LoopTest, ManyMessagesOfOneSendAreAllServed) {
  hello();
  EdgeBatch flood;
  for (EdgeConnection connection = 100; connection < 1'100; ++connection)
    flood.push_back({connection, EdgeEvent::kOpened, {}});
  flood.push_back(
      {1, EdgeEvent::kCell,
       to_bytes(
           encode(Requests{{{.id = {1}, .command = encode_command(Ping{}).value()}}}).value())});
  ASSERT_TRUE(edge_->send(flood).has_value());
  ASSERT_TRUE(edge_->flush().has_value());
  ASSERT_TRUE(next().has_value());
}

}  // namespace
}  // namespace tocsin
