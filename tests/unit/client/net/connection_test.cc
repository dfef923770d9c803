// What holds without a network: roles in the type, options of libzmq, bad proxies, nobody there.
#include "client/net/connection.h"

#include <gtest/gtest.h>

namespace tocsin::net {
namespace {

template <class Connection, class Command>
concept Takes =
    requires(Connection& connection, const Command& command) { connection.request(command); };

TEST(ConnectionTypeTest, AReadingConnectionCannotDepositAndADepositingOneCannotRead) {
  static_assert(Takes<ReadingConnection, Subscribe> && Takes<ReadingConnection, Ack> &&
                Takes<ReadingConnection, CreateMailbox> && Takes<ReadingConnection, RotateDrop> &&
                Takes<ReadingConnection, DeleteMailbox>);
  static_assert(!Takes<ReadingConnection, Deposit>);
  static_assert(Takes<DepositConnection, Deposit>);
  static_assert(!Takes<DepositConnection, Subscribe> && !Takes<DepositConnection, Ack> &&
                !Takes<DepositConnection, CreateMailbox> && !Takes<DepositConnection, RotateDrop> &&
                !Takes<DepositConnection, DeleteMailbox>);
  static_assert(Takes<ReadingConnection, WatchBoard> && Takes<DepositConnection, GetBoard>);
  static_assert(!std::is_convertible_v<ReadingConnection&, DepositConnection&>);
  static_assert(!std::is_constructible_v<DepositConnection, ReadingConnection&&>);
  SUCCEED();
}

TEST(ZmqTest, EveryErrnoHasACode) {
  EXPECT_EQ(zmq_code(EAGAIN), kNetWouldBlock);
  for (int number = 0; number < 4096; ++number)
    EXPECT_FALSE(client_code_name(zmq_code(number)).empty()) << number;
}

RelayAddress nobody() {
  SeededRng rng(1);
  RelayAddress address;
  rng.fill(address.curve.mutable_view());
  address.host = "127.0.0.1";
  address.port = 1;  // nothing listens there
  return address;
}

TEST(ConnectionTest, ABadProxyIsALossWithItsOwnCode) {
  const auto context = ZmqContext::create();
  ASSERT_TRUE(context.has_value());
  SeededRng rng(2);
  for (const Proxy& proxy : {Proxy{"", 9050}, Proxy{"proxy.example", 9050}, Proxy{"127.0.0.1", 0},
                             Proxy{"127.0.0.1", 9050, {{"", "x"}}},
                             Proxy{"127.0.0.1", 9050, {{"x", std::string(256, 'x')}}}}) {
    ReadingConnection connection(*context, {nobody(), proxy}, rng);
    const auto events = connection.step(0);
    ASSERT_EQ(events.size(), 1U);
    EXPECT_EQ(std::get<Lost>(events[0]).why.code, kNetBadProxy);
  }
}

// A name asked of a resolver tells its owner's provider where somebody hides.
TEST(ConnectionTest, AnOnionServiceIsNeverAskedForWithoutAProxy) {
  const auto context = ZmqContext::create();
  ASSERT_TRUE(context.has_value());
  SeededRng rng(2);
  RelayAddress onion = nobody();
  onion.host = std::string(56, 'a') + ".onion";
  ReadingConnection bare(*context, {onion, std::nullopt}, rng);
  const auto events = bare.step(0);
  ASSERT_EQ(events.size(), 1U);
  EXPECT_EQ(std::get<Lost>(events[0]).why.code, kOnionWithoutTor);
  // Through a proxy the name is the proxy's to resolve, and the loss, if any, is another.
  ReadingConnection through(*context, {onion, Proxy{"127.0.0.1", 1}}, rng);
  for (const auto& event : through.step(0))
    EXPECT_NE(std::get<Lost>(event).why.code, kOnionWithoutTor);
}

TEST(ConnectionTest, ARequestBeforeTheWelcomeIsRefused) {
  const auto context = ZmqContext::create();
  ASSERT_TRUE(context.has_value());
  SeededRng rng(2);
  DepositConnection connection(*context, {nobody()}, rng);
  EXPECT_EQ(connection.request(GetBoard{}).error().code, kNetNotReady);
}

TEST(ConnectionTest, WhereNobodyListensTheLineIsLostAtOnceAndDialledAgainLater) {
  const auto context = ZmqContext::create();
  ASSERT_TRUE(context.has_value());
  SeededRng rng(2);
  ReadingConnection connection(*context, {nobody()}, rng);
  std::vector<NetEvent> events;
  const Milliseconds begin = steady_now();
  while (events.empty() && steady_now() < begin + 5'000) {
    events = connection.step(steady_now());
    std::array<Connection*, 1> all{&connection};
    Sleep sleep{.longest = 100};
    ASSERT_TRUE(wait(all, sleep).has_value());
  }
  ASSERT_EQ(events.size(), 1U);
  const Lost& lost = std::get<Lost>(events[0]);
  EXPECT_EQ(lost.why.code, kNetUnreachable);
  EXPECT_GT(lost.dial_at, begin + 1'000);
  EXPECT_EQ(connection.due(), lost.dial_at);
  EXPECT_TRUE(connection.step(steady_now()).empty()) << "not before its time";
}

}  // namespace
}  // namespace tocsin::net
