// The engine's port against the real relay: who shares a line with whom through a proxy, and what a
// relay that falls silent costs the others.
#include <gtest/gtest.h>

#include <chrono>
#include <map>
#include <set>

#include "client/net/network_port.h"
#include "crypto/box/agree.h"
#include "tests/support/relay_process.h"
#include "tests/support/test_proxy.h"

namespace tocsin::test {
namespace {

Instant wall_clock() {
  using namespace std::chrono;
  return {duration_cast<std::chrono::milliseconds>(system_clock::now().time_since_epoch()).count()};
}

class PortTest : public testing::Test {
 protected:
  void SetUp() override { ASSERT_TRUE(relay_.start()) << relay_.logs(); }

  std::unique_ptr<net::NetworkPort> port(std::optional<net::Proxy> proxy = std::nullopt) {
    return net::NetworkPort::create({rng_, wall_clock, std::move(proxy)}).value();
  }
  RelayRow relay_at(std::uint16_t port, std::int64_t id = 1) const {
    RelayRow row{{id}, relay_.address(), {}};
    row.address.port = port;
    return row;
  }
  RelayRow home() const { return relay_at(relay_.address().port); }
  OwnMailbox make_mailbox(net::NetworkPort& port, std::int64_t id, Hour active = {}) {
    auto owner = make_x25519_pair<OwnerPublic, OwnerSecret>(rng_);
    const CreatedMailbox created =
        port.create_mailbox(home(), {owner.public_key, owner.secret}).value();
    return {.id = {id},
            .relay = {1},
            .mailbox_class = MailboxClass::kContact,
            .read_id = created.read_id,
            .drop_id = created.drop_id,
            .owner_secret = std::move(owner.secret),
            .last_day = {},
            .active = active};
  }
  DepositOrder order(const RelayRow& relay, const OwnMailbox& mailbox) {
    return {{rng_.draw<MessageId>(), 1, 0, 0}, {}, {relay.address, mailbox.drop_id}, envelope_};
  }
  // Until the relay has taken `cells` of them; it takes 50 a second in one mailbox.
  void fill(net::NetworkPort& port, const OwnMailbox& mailbox, std::size_t cells) {
    while (cells > 0) {
      const DepositOrder one[] = {order(home(), mailbox)};
      for (const Deposited& each : port.deposit(one)) cells -= each.answer == DepositAnswer::kOk;
    }
  }

  SystemRng rng_;
  RelayProcess relay_{{.extra_config = "work_bits = 2\n"}};
  const Envelope envelope_ = Envelope::from(Bytes(kEnvelopeBytes, 7)).value();
};

// WIR-12.1, WIR-12.4
TEST_F(PortTest, ThroughAProxyEveryMailboxIsReadToItsEndOverALineOfItsOwn) {
  constexpr std::int64_t kMailboxes = 20;
  constexpr std::int64_t kActive = 5;
  constexpr std::size_t kBacklog = 100;  // more than a relay pushes before it hears an ack
  const auto direct = port();
  std::vector<OwnMailbox> mailboxes;
  for (std::int64_t id = 1; id <= kMailboxes; ++id) {
    mailboxes.push_back(make_mailbox(*direct, id, id <= kActive ? wall_clock().hour() : Hour{0}));
    fill(*direct, mailboxes.back(), id == kMailboxes ? kBacklog : 1);
  }

  const TestProxy proxy(ProxyKind::kSocks, relay_.address().port);
  const auto reading = port(net::Proxy{"127.0.0.1", proxy.port()});
  std::map<MailboxId, std::size_t> cells;
  const RelayRow relays[] = {home()};
  ASSERT_TRUE(holds_within(milliseconds(60'000), [&] {
    reading->watch(relays, mailboxes);
    for (const Delivery& delivery : reading->receive(milliseconds_after(wall_clock(), 100))) {
      ++cells[delivery.mailbox];
      reading->acknowledge(delivery.mailbox, delivery.sequence);
    }
    return reading->unheard().empty();
  }));
  reading->settle(milliseconds_after(wall_clock(), 2'000));

  EXPECT_EQ(cells.size(), mailboxes.size());
  EXPECT_EQ(cells[MailboxId{kMailboxes}], kBacklog);
  EXPECT_TRUE(
      holds_within(milliseconds(5'000), [&] { return relay_.figure("/stored/cells") == 0; }));
  EXPECT_LE(proxy.most_at_once(), net::kLanes);
  std::set<std::string> users;
  for (const ProxiedLine& line : proxy.lines()) users.insert(line.user);
  EXPECT_EQ(proxy.lines().size(), mailboxes.size());
  EXPECT_EQ(users.size(), mailboxes.size());
}

TEST_F(PortTest, WithoutAProxyOneLineReadsThemAll) {
  const auto direct = port();
  std::vector<OwnMailbox> mailboxes;
  for (std::int64_t id = 1; id <= 10; ++id) mailboxes.push_back(make_mailbox(*direct, id));
  const TestProxy counting(ProxyKind::kPlain, relay_.address().port);
  const auto reading = port();
  const RelayRow relays[] = {relay_at(counting.port())};
  reading->watch(relays, mailboxes);
  ASSERT_TRUE(holds_within(milliseconds(20'000), [&] {
    reading->receive(milliseconds_after(wall_clock(), 100));
    return reading->unheard().empty();
  }));
  EXPECT_EQ(counting.accepted(), 1U);
}

// DLV-4.5
TEST_F(PortTest, ASilentRelayDelaysAnotherRelaysDepositByLessThanThreeSeconds) {
  const auto depositing = port();
  const OwnMailbox mailbox = make_mailbox(*depositing, 1);
  TestProxy proxy(ProxyKind::kPlain, relay_.address().port);
  const RelayRow silent = relay_at(proxy.port(), 2);
  const DepositOrder first[] = {order(silent, mailbox)};
  ASSERT_EQ(depositing->deposit(first)[0].answer, DepositAnswer::kOk);

  proxy.set(ProxyMood::kBlackHole);
  const DepositOrder both[] = {order(silent, mailbox), order(home(), mailbox)};
  const auto deposit = [&](std::span<const DepositOrder> orders) {
    const net::Milliseconds begun = net::steady_now();
    std::map<CopyKey, DepositAnswer> answers;
    for (const Deposited& each : depositing->deposit(orders)) answers[each.copy] = each.answer;
    return std::pair(std::move(answers), net::steady_now() - begun);
  };
  auto [answers, took] = deposit(both);
  EXPECT_EQ(answers.at(both[0].copy), DepositAnswer::kNoAnswer);
  EXPECT_EQ(answers.at(both[1].copy), DepositAnswer::kOk);
  EXPECT_LT(took, 3'000);

  // Known to be silent it is not waited for again, and is not given the same copy a second time.
  const DepositOrder again[] = {{both[0].copy, {}, both[0].target, envelope_},
                                order(home(), mailbox)};
  std::tie(answers, took) = deposit(again);
  EXPECT_EQ(answers.at(again[0].copy), DepositAnswer::kNoAnswer);
  EXPECT_EQ(answers.at(again[1].copy), DepositAnswer::kOk);
  EXPECT_LT(took, 1'000);

  // Its answer counts when it comes.
  proxy.set(ProxyMood::kHealthy);
  EXPECT_TRUE(holds_within(milliseconds(10'000), [&] {
    depositing->receive(milliseconds_after(wall_clock(), 100));
    const auto late = deposit({}).first;
    return late.contains(both[0].copy) && late.at(both[0].copy) == DepositAnswer::kOk;
  }));
  EXPECT_TRUE(
      holds_within(milliseconds(5'000), [&] { return relay_.figure("/stored/cells") == 4; }));
}

// DLV-4.5
TEST_F(PortTest, ARelayThatNeverWelcomesCostsTheOthersOneWait) {
  const auto depositing = port();
  const OwnMailbox mailbox = make_mailbox(*depositing, 1);
  TestProxy proxy(ProxyKind::kPlain, relay_.address().port);
  proxy.set(ProxyMood::kBlackHole);
  for (const net::Milliseconds bound : {3'000, 1'000, 1'000}) {
    const DepositOrder both[] = {order(relay_at(proxy.port(), 2), mailbox), order(home(), mailbox)};
    const net::Milliseconds begun = net::steady_now();
    std::size_t taken = 0;
    for (const Deposited& each : depositing->deposit(both))
      taken += each.answer == DepositAnswer::kOk;
    EXPECT_EQ(taken, 1U);
    EXPECT_LT(net::steady_now() - begun, bound);
  }
}

}  // namespace
}  // namespace tocsin::test
