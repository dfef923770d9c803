// tests/bench/store_bench.cc: what the store's engine reaches of what its database allows.
//
// Every figure is a median of interleaved pairs in one run: ceiling, ours, ceiling, ours … The
// ceiling is SQLCipher with the relay's own schema, settings and batch size and nothing around it;
// ours is the engine over the SQLCipher store: cells decoded, tags checked, decisions made, answers
// and pushes encoded. Only the time inside each is counted, not that of preparing requests.
//
//   store      deposits while nobody reads         against insert
//   drain      subscribe, push, acknowledge        against delete (8 cells an acknowledgement)
//   delayed    deposit, push; the acknowledgement comes a batch later   against insert + delete
//   at_once    the same, acknowledged inside the batch: nothing is written
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "crypto/base/codec.h"
#include "crypto/box/agree.h"
#include "crypto/box/box.h"
#include "crypto/box/hash.h"
#include "crypto/box/sign.h"
#include "protocol/mailbox/owner_tag.h"
#include "protocol/wire/cell.h"
#include "relay/store/engine.h"
#include "relay/store/sqlcipher_store.h"
#include "tests/bench/sqlcipher_ceiling.h"
#include "tests/support/temporary_folder.h"

namespace tocsin {
namespace {

using bench::SqlcipherCeiling;
using bench::Stopwatch;

constexpr std::size_t kBatch = kGroupCommitCells;
constexpr std::size_t kPerAck = SqlcipherCeiling::kPerAck;

struct Plan {
  std::size_t mailboxes = 1'000;  // in use
  std::size_t idle = 0;           // besides, rows only
  std::size_t cells = 16'000;
  std::size_t pairs = 5;
};

std::size_t resident_bytes() {
  std::ifstream statm("/proc/self/statm");
  std::size_t total = 0, resident = 0;
  statm >> total >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

// The engine over its store, and the two connections that use it.
class Ours {
 public:
  explicit Ours(const Plan& plan) : plan_(plan) {
    store_ = SqlcipherStore::create({folder_.file("store.db"), folder_.file("epoch")},
                                    DatabaseKey::random(rng_))
                 .value();
    fill();
    EngineConfig config;
    config.budget_cells = 100'000'000;
    config.limits.deposits_per_second = config.limits.drop_deposits_per_second = 100'000'000;
    config.limits.in_flight = 1'000'000;
    engine_ = StoreEngine::create(std::move(config),
                                  {.signing = signing_.secret.duplicate(), .curve = address_.curve},
                                  *store_, work_, rng_)
                  .value();
    // The retention of the first day is not what is measured.
    do {
      out_.clear();
      engine_->tick(now(), out_).value();
      engine_->commit(now(), out_).value();
    } while (sweeps_++ < (plan_.mailboxes + plan_.idle) / kMaintenanceRows + 4);
  }

  double store() {
    Stopwatch watch;
    connect(kSender);
    for (std::size_t done = 0; done < plan_.cells;) {
      const EdgeBatch batch = deposits(done, std::min(kBatch, plan_.cells - done));
      done += batch.size();
      turn(watch, batch);
      collect();
    }
    return watch.per_second(plan_.cells);
  }
  double drain() {
    Stopwatch watch;
    std::size_t drained = 0;
    for (std::size_t first = 0; first < plan_.mailboxes; first += kLane) {
      const std::size_t last = std::min(first + kLane, plan_.mailboxes);
      connect(kReader);
      subscribe(watch, first, last, kPerAck);
      while (!pushed_.empty()) drained += acknowledge(watch, kPerAck);
      leave(kReader);
    }
    return watch.per_second(drained);
  }
  // One lane of readers online; acknowledged a batch later, or inside the batch.
  enum class Acks : std::uint8_t { kDelayed, kAtOnce };
  double online(Acks acks) {
    Stopwatch watch;
    std::size_t done = 0;
    connect(kReader);
    connect(kSender);
    subscribe(watch, 0, std::min(kLane, plan_.mailboxes), kMaxCredit);
    while (done < plan_.cells) {
      const EdgeBatch batch = deposits(done, kInFlight, kLane);
      done += batch.size();
      if (acks == Acks::kDelayed)
        turn(watch, batch);
      else
        watch.run([&] { engine_->take(batch, now(), out_).value(); });
      collect();
      acknowledge(watch, 1);
    }
    leave(kReader);
    return watch.per_second(done);
  }

 private:
  static constexpr EdgeConnection kReader = 1, kSender = 2;
  static constexpr std::size_t kLane = kMaxSubscriptions;

  DropId drop_of(std::size_t index) const {
    return blake2b_of<DropId>({Writer().integer(std::uint64_t{index}).view()});
  }
  ReadId read_of(std::size_t index) const {
    return blake2b_of<ReadId>({Writer().integer(std::uint64_t{~index}).view()});
  }
  void fill() {
    const LookupKey lookup = lookup_key_of(signing_.secret);
    const std::size_t all = plan_.mailboxes + plan_.idle;
    for (std::size_t done = 0; done < all;) {
      store_->begin().value();
      for (const std::size_t end = std::min(done + 4'096, all); done < end; ++done) {
        MailboxRow row;
        row.read = lookup_of(lookup, read_of(done));
        row.drop = lookup_of(lookup, drop_of(done));
        row.owner = owner_.public_key;
        row.quota = kContactQuota;
        row.last_month = {100'000};
        store_->insert_mailbox(row).value();
      }
      store_->commit().value();
      store_->maintain(now()).value();
    }
  }
  // Mailboxes in use lie anywhere among the idle ones.
  std::size_t place(std::size_t index) const {
    return index * ((plan_.mailboxes + plan_.idle) / plan_.mailboxes);
  }

  static Instant now() {
    return {std::chrono::duration_cast<std::chrono::milliseconds>(
                std::chrono::system_clock::now().time_since_epoch())
                .count()};
  }
  static EdgeToStore cell_of(EdgeConnection connection, const Message& message) {
    return {connection, EdgeEvent::kCell, to_bytes(encode(message).value())};
  }
  void connect(EdgeConnection connection) {
    const EdgeBatch batch{{connection, EdgeEvent::kClosed, {}},
                          {connection, EdgeEvent::kOpened, {}},
                          cell_of(connection, Hello{{kProtocolVersion}})};
    out_.clear();
    engine_->take(batch, now(), out_).value();
    const auto signed_welcome = std::get<SignedWelcome>(decode(out_.back().frame).value());
    const Welcome welcome = verify_welcome(signed_welcome, address_).value();
    out_.clear();
    if (connection != kReader) return;
    facts_ = {.relay = welcome.curve, .session = welcome.session, .nonce = welcome.nonce};
    owner_key_.emplace(owner_key(owner_.secret, owner_.public_key, facts_).value());
    mailbox_of_.clear();
  }
  void leave(EdgeConnection connection) {
    engine_->take(EdgeBatch{{connection, EdgeEvent::kClosed, {}}}, now(), out_).value();
    engine_->commit(now(), out_).value();
    out_.clear();
  }

  EdgeBatch deposits(std::size_t first, std::size_t count, std::size_t over = SIZE_MAX) {
    EdgeBatch batch;
    for (std::size_t i = first; i < first + count; ++i) {
      const DropId drop = drop_of(place(i % std::min(over, plan_.mailboxes)));
      const Deposit deposit{drop, Bytes(kEnvelopeBytes, static_cast<std::uint8_t>(i))};
      batch.push_back(cell_of(
          kSender, Requests{{{.id = {++last_id_}, .command = encode_command(deposit).value()}}}));
    }
    return batch;
  }
  Request owned(const Command& command) {
    Request request{.id = {++last_id_}, .command = encode_command(command).value()};
    request.tag = owner_tag(*owner_key_, request.id, request.command);
    return request;
  }
  void subscribe(Stopwatch& watch, std::size_t first, std::size_t last, std::uint32_t credit) {
    std::vector<Request> requests;
    for (std::size_t i = first; i < last; ++i) {
      requests.push_back(owned(Subscribe{read_of(place(i)), credit}));
      mailbox_of_[requests.back().id.value] = i;
    }
    send(watch, std::move(requests));
  }
  std::size_t acknowledge(Stopwatch& watch, std::uint32_t credit) {
    std::map<std::uint64_t, std::pair<Sequence, std::uint32_t>> last;
    for (const auto& [subscription, sequence] : std::exchange(pushed_, {})) {
      last[subscription].first = sequence;
      ++last[subscription].second;
    }
    std::size_t cells = 0;
    std::vector<Request> requests;
    for (const auto& [subscription, what] : last) {
      requests.push_back(owned(Ack{read_of(place(mailbox_of_.at(subscription))), what.first,
                                   std::max(credit, what.second)}));
      cells += what.second;
    }
    send(watch, std::move(requests));
    return cells;
  }
  // Small requests share cells.
  void send(Stopwatch& watch, std::vector<Request> requests) {
    EdgeBatch batch;
    const std::vector<Cell> cells = pack(std::move(requests)).value();
    for (const Cell& cell : cells) batch.push_back({kReader, EdgeEvent::kCell, to_bytes(cell)});
    turn(watch, batch);
    collect();
  }
  void turn(Stopwatch& watch, const EdgeBatch& batch) {
    watch.run([&] {
      engine_->take(batch, now(), out_).value();
      engine_->commit(now(), out_).value();
      engine_->tick(now(), out_).value();
    });
  }
  void collect() {
    for (const StoreToEdge& order : std::exchange(out_, {})) {
      const Message message = decode(order.frame).value();
      if (const auto* pushes = std::get_if<Pushes>(&message); pushes != nullptr) {
        for (const Push& push : pushes->list)
          pushed_.emplace_back(push.subscription.value, push.sequence);
      }
      const auto* replies = std::get_if<Replies>(&message);
      if (replies == nullptr) continue;
      for (const Reply& reply : replies->list) {
        if (reply.answer == Answer::kOk) continue;
        std::fprintf(stderr, "a request was answered %s\n",
                     std::string(answer_name(reply.answer)).c_str());
        std::exit(1);
      }
    }
  }

  Plan plan_;
  TemporaryFolder folder_;
  SeededRng rng_{2};
  KeyPair<SigningPublic, SigningSecret> signing_ = make_signing_pair(rng_);
  RelayAddress address_{.curve = rng_.draw<CurvePublic>(),
                        .store_pin = store_pin_of(signing_.public_key),
                        .host = "127.0.0.1",
                        .port = 1};
  KeyPair<OwnerPublic, OwnerSecret> owner_ = make_x25519_pair<OwnerPublic, OwnerSecret>(rng_);
  InlineWorkExecutor work_;
  std::unique_ptr<SqlcipherStore> store_;
  std::unique_ptr<StoreEngine> engine_;
  StoreBatch out_;
  SessionFacts facts_;
  std::optional<OwnerKey> owner_key_;
  std::map<std::uint64_t, std::size_t> mailbox_of_;
  std::vector<std::pair<std::uint64_t, Sequence>> pushed_;
  std::uint64_t last_id_ = 0;
  std::size_t sweeps_ = 0;
};

double median(std::vector<double> values) {
  std::ranges::sort(values);
  return values[values.size() / 2];
}

nlohmann::json measure(const Plan& plan, bool quiet) {
  SqlcipherCeiling ceiling(plan.mailboxes, plan.cells);
  Ours ours(plan);
  std::map<std::string, std::vector<double>> runs;
  for (std::size_t pair = 0; pair < plan.pairs; ++pair) {
    const auto note = [&](const char* name, double value) {
      runs[name].push_back(value);
      if (!quiet) std::printf("%zu %-16s %9.0f cells/s\n", pair, name, value);
    };
    note("insert", ceiling.insert());
    note("store", ours.store());
    note("delete", ceiling.erase());
    note("drain", ours.drain());
    note("delayed", ours.online(Ours::Acks::kDelayed));
    note("at_once", ours.online(Ours::Acks::kAtOnce));
  }
  nlohmann::json result{{"mailboxes", plan.mailboxes + plan.idle},
                        {"cells", plan.cells},
                        {"resident_bytes", resident_bytes()}};
  for (const auto& [name, values] : runs) {
    result["cells_per_second"][name] = median(values);
    result["runs"][name] = values;
  }
  const auto& rate = result["cells_per_second"];
  const double both = 1 / (1 / rate["insert"].get<double>() + 1 / rate["delete"].get<double>());
  result["cells_per_second"]["insert_and_delete"] = both;
  result["ratio"] = {{"store", rate["store"].get<double>() / rate["insert"].get<double>()},
                     {"drain", rate["drain"].get<double>() / rate["delete"].get<double>()},
                     {"delayed", rate["delayed"].get<double>() / both}};
  return result;
}

}  // namespace
}  // namespace tocsin

int main(int argc, char** argv) {
  CLI::App app{"Throughput of the store's engine against SQLCipher alone"};
  tocsin::Plan plan;
  bool quick = false, json = false;
  app.add_flag("--quick", quick, "fewer cells and pairs");
  app.add_flag("--json", json, "one JSON object, nothing else");
  app.add_option("--idle", plan.idle, "mailboxes that exist besides those in use");
  CLI11_PARSE(app, argc, argv);
  if (!tocsin::start_crypto().has_value()) return 1;
  if (quick) {
    plan.cells = 8'000;
    plan.pairs = 3;
  }
  const nlohmann::json result = tocsin::measure(plan, json);
  std::printf("%s\n", result.dump(json ? -1 : 2).c_str());
  return 0;
}
