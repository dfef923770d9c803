#include "tests/model/world.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "client/engine/pairing.h"
#include "client/engine/sending.h"
#include "client/engine/upkeep.h"
#include "client/store/message_rows.h"
#include "crypto/base/codes.h"
#include "protocol/session/bodies.h"

namespace tocsin::model {
namespace {

constexpr Instant kBegin{20'000LL * kDaySpan + 9 * kHourSpan};
constexpr std::size_t kLongText = 9'000;

std::int64_t skew_of(std::uint32_t draw) {
  // Most clocks are a little wrong, some by a day and more.
  const std::int64_t minutes = std::int64_t{draw % 21} - 10;
  if (draw % 10 == 0) return minutes * 3 * kHourSpan;
  return minutes * kMinute;
}

// What a broken relay or a bent cell may cause, and nothing of this device.
bool is_relays_fault(const Error& error) {
  return error.code == kNoRelay || error.code == kRelayRefused || error.code == kUsedOrWithdrawn ||
         error.code == kBadCard || error.code == kMalformed || error.code == kBadKey ||
         error.code == kBadSignature;
}

}  // namespace

World::World(const WorldPlan& plan)
    : plan_(plan),
      now_(kBegin),
      faults_(plan.seed * 3 + 1, plan.faults),
      choice_(plan.seed * 3 + 2, {}) {
  std::vector<ModelRelay*> relays;
  for (std::uint16_t i = 0; i < plan_.relays; ++i) {
    relays_.push_back(std::make_unique<ModelRelay>(plan.seed * 3 + 3 + i * 1'000'003, plan.policy,
                                                   faults_, now_, i));
    relays.push_back(relays_.back().get());
  }
  for (std::size_t i = 0; i < plan_.clients; ++i) {
    clients_.push_back(Client::create({.relays = relays,
                                       .faults = faults_,
                                       .ledger = ledger_,
                                       .now = now_,
                                       .number = static_cast<int>(i),
                                       .seed = plan_.seed * 1'000 + i,
                                       .skew = skew_of(choice_.below(1'000))}));
  }
  plan_friendships();
}

void World::plan_friendships() {
  std::vector<std::size_t> degree(plan_.clients);
  std::set<std::pair<std::size_t, std::size_t>> taken;
  const auto add = [&](std::size_t a, std::size_t b) {
    if (a == b || degree[a] >= plan_.most_contacts || degree[b] >= plan_.most_contacts) return;
    if (!taken.insert(std::minmax(a, b)).second) return;
    ++degree[a], ++degree[b];
    const bool crossing = choice_.below(4) == 0;
    friendships_.push_back(
        {.a = a,
         .b = b,
         .how = crossing ? Friendship::How::kCrossing : Friendship::How::kInvitation,
         .link_of_a = {},
         .link_of_b = {}});
  };
  // Nobody is alone; the rest is chance.
  for (std::size_t i = 0; i + 1 < plan_.clients; i += 2) add(i, i + 1);
  for (std::size_t tries = 0; friendships_.size() < plan_.friendships && tries < 1'000; ++tries) {
    add(choice_.below(static_cast<std::uint32_t>(plan_.clients)),
        choice_.below(static_cast<std::uint32_t>(plan_.clients)));
  }
}

bool World::knows(std::size_t owner, std::size_t other) {
  return find_contact_by_identity(client(owner).db(), client(other).engine().identity())
      .value()
      .has_value();
}

ContactId World::contact_of(std::size_t owner, std::size_t other) {
  return find_contact_by_identity(client(owner).db(), client(other).engine().identity())
      .value()
      .value()
      .id;
}

std::string World::invite(std::size_t from) {
  std::string link;
  client(from).run([&](Engine& engine) {
    const RelayRow relay = find_relay(engine.db(), this->relay().address()).value().value();
    Result<std::string> made =
        tocsin::invite(engine, {.petname = "guest",
                                .days = 20,
                                .relay = relay.id,
                                .relay_password = InvitationOrder::RelayPassword::kIncluded});
    if (made.has_value()) link = std::move(*made);
    ASSERT_TRUE(made.has_value() || is_relays_fault(made.error())) << made.error().where;
  });
  return link;
}

bool World::accept(std::size_t who, const std::string& link) {
  const Link parsed = parse_link(link).value();
  bool done = false;
  client(who).run([&](Engine& engine) {
    const auto accepted =
        tocsin::accept(engine, {.link = parsed, .petname = "host", .relay_day = std::nullopt});
    done = accepted.has_value() || accepted.error().error.code == kAlreadyKnown;
    if (done) return;
    ASSERT_TRUE(is_relays_fault(accepted.error().error)) << accepted.error().error.where;
  });
  return done;
}

void World::advance(Friendship& friendship) {
  if (friendship.done) return;
  const bool crossing = friendship.how == Friendship::How::kCrossing;
  if (friendship.link_of_a.empty()) friendship.link_of_a = invite(friendship.a);
  if (crossing && friendship.link_of_b.empty()) friendship.link_of_b = invite(friendship.b);
  if (friendship.link_of_a.empty() || (crossing && friendship.link_of_b.empty())) return;
  if (!knows(friendship.b, friendship.a)) accept(friendship.b, friendship.link_of_a);
  if (crossing && !knows(friendship.a, friendship.b)) accept(friendship.a, friendship.link_of_b);
  friendship.done =
      knows(friendship.b, friendship.a) && (!crossing || knows(friendship.a, friendship.b));
}

void World::befriend() {
  for (int round = 0; round < 200; ++round) {
    bool done = true;
    for (Friendship& friendship : friendships_) {
      advance(friendship);
      if (testing::Test::HasFatalFailure()) return;
      done &= friendship.done;
    }
    pass(kMinute);
    if (done) return;
  }
  FAIL() << "some never became friends";
}

void World::say(std::size_t from, std::size_t to, std::size_t bytes) {
  std::string text = "from " + std::to_string(from) + " to " + std::to_string(to) + " number " +
                     std::to_string(said_ever_++) + " ";
  text.resize(std::max(bytes, text.size()), 'x');
  const ContactId contact = contact_of(from, to);
  for (bool taken = false; !taken;) {
    client(from).run([&](Engine& engine) {
      ASSERT_TRUE(send_message(engine, contact, {ContentKind::kText, encode_text(text).value()})
                      .has_value());
    });
    // A client that died may have taken it all the same: its own history says so.
    const std::vector<SentRow> history = sent_to(client(from).db(), contact).value();
    for (const SentRow& row : history)
      taken |= std::ranges::equal(row.body.expose(kExpose), as_bytes(text));
    if (testing::Test::HasFatalFailure()) return;
  }
  said_.push_back({from, to, std::move(text)});
}

void World::step_all() {
  for (const std::unique_ptr<Client>& client : clients_) {
    client->step();
    if (testing::Test::HasFatalFailure()) return;
  }
}

void World::chatter() {
  for (std::size_t round = 0; round < plan_.rounds; ++round) {
    for (const Friendship& friendship : friendships_) {
      if (!knows(friendship.a, friendship.b) || !knows(friendship.b, friendship.a)) continue;
      if (choice_.below(4) != 0) continue;
      const bool forth = choice_.below(2) == 0;
      const std::size_t bytes = choice_.below(12) == 0 ? kLongText : 40;
      say(forth ? friendship.a : friendship.b, forth ? friendship.b : friendship.a, bytes);
      if (testing::Test::HasFatalFailure()) return;
    }
    for (const std::unique_ptr<Client>& client : clients_) {
      // Some sleep through a round, some are cut off for it.
      const std::uint32_t mood = choice_.below(10);
      if (mood == 0) continue;
      const bool any = faults_.rates().drop > 0;
      client->port().set_link(any && mood == 1 ? ModelPort::Link::kCut : ModelPort::Link::kWorks);
      client->step();
      if (testing::Test::HasFatalFailure()) return;
    }
    pass(choice_.below(5) == 0 ? kHourSpan : choice_.below(3 * kMinute));
  }
}

std::vector<std::string> World::texts_at(std::size_t number) {
  std::vector<std::string> texts;
  const std::vector<IncomingRow> rows =
      incoming_texts(client(number).db(), std::nullopt, Which::kAll).value();
  for (const IncomingRow& row : rows) {
    const BytesView body = row.body.expose(kExpose);
    texts.emplace_back(body.begin(), body.end());
  }
  return texts;
}

bool World::everything_arrived() {
  const bool acquainted = std::ranges::all_of(friendships_, [&](const Friendship& friendship) {
    return knows(friendship.a, friendship.b) && knows(friendship.b, friendship.a);
  });
  if (!acquainted) return false;
  std::vector<std::set<std::string>> texts(clients_.size());
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    const std::vector<std::string> all = texts_at(i);
    texts[i] = {all.begin(), all.end()};
  }
  return std::ranges::all_of(said_,
                             [&](const Said& said) { return texts[said.to].contains(said.text); });
}

void World::calm_down() {
  faults_.stop();
  for (const std::unique_ptr<Client>& client : clients_)
    client->port().set_link(ModelPort::Link::kWorks);
  // First minutes: retries. Then days: what a broken edge swallowed is deposited again on day 18,
  // and sealed anew on day 21.
  for (int round = 0; round < 60; ++round) {
    step_all();
    if (testing::Test::HasFatalFailure()) return;
    if (round % 4 == 3 && everything_arrived()) return;
    pass(round < 12 ? 10 * kMinute : kDaySpan);
  }
  ASSERT_TRUE(everything_arrived()) << missing();
}

// For a failure's message: who does not know whom, and whose outbox says what.
std::string World::missing() {
  std::string text;
  for (const Friendship& friendship : friendships_) {
    if (!knows(friendship.a, friendship.b) || !knows(friendship.b, friendship.a))
      text += std::to_string(friendship.a) + " and " + std::to_string(friendship.b) +
              " never became friends; ";
  }
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    const std::vector<OutboxRow> rows = all_outbox_rows(client(i).db()).value();
    for (const OutboxRow& row : rows) {
      if (row.progress >= Progress::kDelivered) continue;
      text += "client " + std::to_string(i) + " to contact " + std::to_string(row.contact.value) +
              ": kind " + std::to_string(static_cast<int>(row.kind)) + " progress " +
              std::to_string(static_cast<int>(row.progress)) + " sealings " +
              std::to_string(row.sealings) + (row.given_up ? " given up" : "") + "; ";
    }
  }
  return text;
}

void World::talk_once_more() {
  for (const Friendship& friendship : friendships_) {
    say(friendship.a, friendship.b, 40);
    say(friendship.b, friendship.a, 40);
    if (testing::Test::HasFatalFailure()) return;
  }
  for (int round = 0; round < 24 && !everything_arrived(); ++round) {
    step_all();
    if (testing::Test::HasFatalFailure()) return;
    pass(10 * kMinute);
  }
  for (const Said& said : said_) {
    const std::vector<std::string> texts = texts_at(said.to);
    EXPECT_EQ(std::ranges::count(texts, said.text), 1)
        << "lost at the end, or shown twice: " << said.text.substr(0, 60);
  }
}

void World::check() {
  EXPECT_EQ(ledger_.reused(), 0U);
  EXPECT_EQ(ledger_.unexplained(), 0U);
  std::size_t shown = 0;
  for (std::size_t i = 0; i < clients_.size(); ++i) shown += texts_at(i).size();
  EXPECT_EQ(shown, said_.size()) << "something was shown that nobody said, or twice";
  // What an outbox calls delivered was shown.
  std::vector<std::set<std::string>> texts(clients_.size());
  for (std::size_t i = 0; i < clients_.size(); ++i) {
    const std::vector<std::string> all = texts_at(i);
    texts[i] = {all.begin(), all.end()};
  }
  for (const Said& said : said_) {
    const std::vector<SentRow> history =
        sent_to(client(said.from).db(), contact_of(said.from, said.to)).value();
    for (const SentRow& row : history) {
      const BytesView body = row.body.expose(kExpose);
      const std::string text(body.begin(), body.end());
      EXPECT_TRUE(row.progress < Progress::kDelivered || texts[said.to].contains(text))
          << "delivered, never shown";
    }
  }
}

}  // namespace tocsin::model
