// tests/bench/relay_bench.cc: the real tocsin-relay on loopback under load, against the ceilings of
// what it is built from, measured in the same run.
//
// Every ratio is a median of interleaved pairs: ceiling, ours, ceiling, ours …
//
//   online   512 deposits unanswered all the time, over 64 and over 1,024 connections (half of them
//            read), 1,024 mailboxes each; the reader acknowledges at once, or 50 ms later
//   p99      the same at half the rate just measured, paced, each cell timed from when it was due
//   offline  cells deposited while nobody reads, then read and acknowledged
//   memory   resident: 10,000 mailboxes and 100 connections; then 1,000 idle connections more
//
// Progress goes to standard error, one JSON object to standard output.
// Usage: relay_bench [--quick] [--only few,many,offline,memory,growth]
#include <CLI/CLI.hpp>
#include <fstream>
#include <memory>
#include <set>

#include "crypto/box/box.h"
#include "tests/bench/echo_ceiling.h"
#include "tests/bench/load.h"
#include "tests/bench/sqlcipher_ceiling.h"
#include "tests/support/relay_process.h"

namespace tocsin::bench {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kMailboxes = 1'024;
constexpr std::size_t kWindow = 512;
constexpr std::size_t kFew = 64, kMany = 1'024;  // connections
constexpr Nanoseconds kAtOnce{0};
constexpr Nanoseconds kLater = milliseconds(50);
constexpr double kPatience = 30;  // seconds
constexpr std::string_view kPassword = "bench password";
constexpr std::string_view kConfig =
    "access = \"password\"\n"
    "password_file = \"password\"\n"
    "connections = 4096\n"
    "deposits_per_second = 1000000\n"
    "drop_deposits_per_second = 1000000\n";

struct Plan {
  std::size_t pairs = 7;
  double seconds = 3;                    // of one measurement of the relay
  double echo_seconds = 1;               // of the echo
  std::size_t cells = 32'768;            // stored and drained
  std::size_t steady_cells = 1'000'000;  // over which memory stays flat
  std::set<std::string> parts = {"few", "many", "offline", "memory", "growth"};

  bool has(const std::string& part) const { return parts.contains(part); }
};

// The relay with the bench's configuration.
class Relay {
 public:
  Relay() : process_({.extra_config = std::string(kConfig)}) {
    std::ofstream(process_.folder() / "password") << kPassword << "\n";
    if (!process_.start()) give_up("the relay does not start:\n" + process_.logs());
    access_.emplace(
        must(access_key_of(SecretBytes::copy_of(as_bytes(kPassword)), process_.address().store_pin),
             "password"));
  }
  const RelayAddress& address() const { return process_.address(); }
  const AccessKey& access() const { return *access_; }
  double resident_mib() const { return static_cast<double>(process_.resident_bytes()) / (1 << 20); }
  // Seconds of processor time it has used.
  double processor_seconds() const {
    std::ifstream file("/proc/" + std::to_string(process_.pid()) + "/stat");
    std::string word;
    for (int i = 1; i < 14; ++i) file >> word;
    double user = 0, system = 0;
    file >> user >> system;
    return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
  }
  void wait_for_connections(std::int64_t number) {
    if (!test::holds_within(milliseconds(20'000),
                            [&] { return process_.figure("/connections/now") == number; }))
      give_up("connections stay");
  }

 private:
  test::RelayProcess process_;
  std::optional<AccessKey> access_;
};

void deadline(Clock::time_point start) {
  if (seconds_since(start) > kPatience) give_up("cells do not arrive");
}

// Writers and readers, online at once.
class Scene {
 public:
  Scene(const edge::ZmqContext& context, const Relay& relay, std::size_t connections)
      : relay_(relay),
        writing_(context, relay.address(), connections / 2),
        reading_(context, relay.address(), connections / 2),
        mailboxes_(create_mailboxes(reading_, kMailboxes, relay.access())),
        writers_(writing_, mailboxes_),
        readers_(reading_, mailboxes_) {
    readers_.subscribe();
  }

  // Cells deposited, delivered and acknowledged, per second.
  double throughput(double seconds, Nanoseconds acknowledge_after) {
    const auto deposit = [&] { return writers_.deposit(kWindow); };
    run(seconds / 5, acknowledge_after, deposit);
    const std::size_t before = readers_.acknowledged();
    const double relay_before = relay_.processor_seconds(), load_before = process_seconds();
    const std::size_t frames_before = frames();
    const auto start = Clock::now();
    run(seconds, acknowledge_after, deposit);
    const auto cells = static_cast<double>(readers_.acknowledged() - before);
    const double rate = cells / seconds_since(start);
    cost_ = {.relay_us = (relay_.processor_seconds() - relay_before) * 1e6 / cells,
             .load_us = (process_seconds() - load_before) * 1e6 / cells,
             .frames = static_cast<double>(frames() - frames_before) / cells};
    settle(acknowledge_after);
    return rate;
  }
  // What each cell of the last throughput() cost.
  struct Cost {
    double relay_us = 0;  // processor time of the relay
    double load_us = 0;   // of the load generator
    double frames = 0;    // full frames, both ways
  };
  const Cost& cost() const { return cost_; }

  Latencies latencies(double seconds, double rate) {
    Latencies latencies;
    readers_.recording = &latencies;
    writers_.rest();
    run(seconds, kAtOnce, [&] { return writers_.deposit_at(rate); });
    settle(kAtOnce);
    readers_.recording = nullptr;
    return latencies;
  }
  std::size_t cells() const { return readers_.acknowledged(); }

 private:
  template <class Deposit>
  void run(double seconds, Nanoseconds acknowledge_after, Deposit deposit) {
    const auto start = Clock::now();
    while (seconds_since(start) < seconds) turn(acknowledge_after, deposit);
  }
  template <class Deposit>
  void turn(Nanoseconds acknowledge_after, Deposit deposit) {
    bool busy = readers_.step(acknowledge_after);
    busy = writers_.hear() || busy;
    busy = deposit() || busy;
    if (!busy) Crowd::wait(writing_, reading_, milliseconds(1));
  }
  // Everything deposited must have come through.
  void settle(Nanoseconds acknowledge_after) {
    const auto start = Clock::now();
    while (readers_.acknowledged() < writers_.sent() || writers_.answered() < writers_.sent()) {
      turn(acknowledge_after, [] { return false; });
      deadline(start);
    }
    if (readers_.delivered() != writers_.sent()) give_up("a cell was delivered twice");
  }

  std::size_t frames() const { return writing_.frames() + reading_.frames(); }

  const Relay& relay_;
  Crowd writing_, reading_;
  std::vector<Mailbox> mailboxes_;
  Writers writers_;
  Readers readers_;
  Cost cost_;
};

// Readers who come after the cells.
class Offline {
 public:
  Offline(const edge::ZmqContext& context, Relay& relay, std::size_t others)
      : context_(context), relay_(relay), writing_(context, relay.address(), kFew / 2) {
    Crowd owners(context, relay.address(), kFew / 2);
    mailboxes_ = create_mailboxes(owners, kMailboxes, relay.access());
    connections_ = static_cast<std::int64_t>(others + kFew / 2);
  }

  double store(std::size_t cells) {
    relay_.wait_for_connections(connections_);
    const auto start = Clock::now();
    const std::size_t goal = writers_.sent() + cells;
    while (writers_.answered() < goal) {
      bool busy = writers_.hear();
      if (writers_.sent() < goal) busy = writers_.deposit(kWindow, goal - writers_.sent()) || busy;
      if (!busy) Crowd::wait(writing_, writing_, milliseconds(1));
      deadline(start);
    }
    return static_cast<double>(cells) / seconds_since(start);
  }
  double drain(std::size_t cells) {
    Crowd reading(context_, relay_.address(), kFew / 2);
    Readers readers(reading, mailboxes_);
    const auto start = Clock::now();
    readers.subscribe();
    while (readers.acknowledged() < cells) {
      if (!readers.step(kAtOnce)) Crowd::wait(reading, reading, milliseconds(1));
      deadline(start);
    }
    return static_cast<double>(cells) / seconds_since(start);
  }

 private:
  const edge::ZmqContext& context_;
  Relay& relay_;
  Crowd writing_;
  std::vector<Mailbox> mailboxes_;
  Writers writers_{writing_, mailboxes_};
  std::int64_t connections_ = 0;
};

// One scene's figures over all pairs.
struct OnlineFigures {
  explicit OnlineFigures(std::size_t number) : connections(number) {}
  std::size_t connections;
  Pairs at_once, later;
  std::vector<double> delivered_p99, acknowledged_p99;
  struct Costs {
    std::vector<double> relay_us, load_us, frames, echo_us;
    void add(const Scene::Cost& cost, const EchoCeiling& echo_now) {
      relay_us.push_back(cost.relay_us);
      load_us.push_back(cost.load_us);
      frames.push_back(cost.frames);
      echo_us.push_back(echo_now.us());
    }
    // An echo is two frames; a cell that takes more can reach no more than this of its rate.
    void tell(nlohmann::json& row) const {
      constexpr double kEchoFrames = 2;
      std::array<char, 160> note{};
      std::snprintf(note.data(), note.size(),
                    "%.1f frames a cell, an echo is 2: at most %.2f if all else were free; "
                    "processor us a cell: relay %.0f, load %.0f; an echo %.0f",
                    median(frames), kEchoFrames / median(frames), median(relay_us), median(load_us),
                    median(echo_us));
      row["note"] = note.data();
      row["relay_us"] = median(relay_us);
      row["load_us"] = median(load_us);
      row["echo_us"] = median(echo_us);
    }
  } at_once_cost, later_cost;

  void measure(Scene& scene, const Plan& plan, EchoCeiling& echo, double database) {
    const double first = echo.measure(plan.echo_seconds);
    const double fast = scene.throughput(plan.seconds, kAtOnce);
    at_once.add(first, fast);
    at_once_cost.add(scene.cost(), echo);
    const double second = echo.measure(plan.echo_seconds);
    const double slow = scene.throughput(plan.seconds, kLater);
    later.add(std::min(second, database), slow);
    later_cost.add(scene.cost(), echo);
    const Latencies latencies = scene.latencies(plan.seconds, fast / 2);
    delivered_p99.push_back(quantile(latencies.delivered, 0.99));
    acknowledged_p99.push_back(quantile(latencies.acknowledged, 0.99));
    std::fprintf(stderr,
                 "%5zu connections: echo %6.0f/s (%.0f us), online %6.0f/s (%.0f us of the relay, "
                 "%.0f us of "
                 "the load, %.1f frames) | "
                 "lower of echo and insert+delete %6.0f/s, online 50 ms %6.0f/s (%.0f us) | "
                 "p99 at half load %.1f ms delivered, %.1f ms acknowledged\n",
                 connections, first, at_once_cost.echo_us.back(), fast,
                 at_once_cost.relay_us.back(), at_once_cost.load_us.back(),
                 at_once_cost.frames.back(), std::min(second, database), slow,
                 later_cost.relay_us.back(), delivered_p99.back(), acknowledged_p99.back());
  }
  void rows(nlohmann::json& rows) const {
    const std::string name = "relay, " + std::to_string(connections) + " connections: ";
    rows.push_back(
        to_json(name + "deposit, deliver, acknowledge at once", "CURVE echo", at_once, 0.50));
    at_once_cost.tell(rows.back());
    rows.push_back(to_json(name + "acknowledged 50 ms later",
                           "lower of CURVE echo and SQLCipher insert + delete", later, 0.60));
    later_cost.tell(rows.back());
    const double p99 = median(acknowledged_p99);
    rows.push_back(to_json(Row{name + "p99 until delivered, half load", "ms", median(delivered_p99),
                               "< 20 ms", median(delivered_p99) < 20}));
    rows.push_back(
        to_json(Row{name + "p99 until acknowledged, half load", "ms", p99, "< 20 ms", p99 < 20}));
  }
};

// Scenes take turns with their ceilings and each other, so that the machine's moods meet all.
void measure_load(const Plan& plan, nlohmann::json& rows) {
  const edge::ZmqContext context = must(edge::ZmqContext::create(1), "context");
  Relay relay;
  EchoCeiling echo;
  SqlcipherCeiling database(kMailboxes, plan.cells / 2);
  std::optional<Scene> few, many;
  std::optional<Offline> offline;
  if (plan.has("few")) few.emplace(context, relay, kFew);
  if (plan.has("many")) many.emplace(context, relay, kMany);
  if (plan.has("offline")) offline.emplace(context, relay, (few ? kFew : 0) + (many ? kMany : 0));
  OnlineFigures few_figures(kFew), many_figures(kMany);
  Pairs store, drain;
  for (std::size_t pair = 0; pair < plan.pairs; ++pair) {
    const double insert = database.insert();
    const double erase = database.erase();
    const double both = 1 / (1 / insert + 1 / erase);
    if (few) few_figures.measure(*few, plan, echo, both);
    if (many) many_figures.measure(*many, plan, echo, both);
    if (!offline) continue;
    const double insert_again = database.insert();
    const double stored = offline->store(plan.cells);
    store.add(insert_again, stored);
    const double erase_again = database.erase();
    const double drained = offline->drain(plan.cells);
    drain.add(erase_again, drained);
    std::fprintf(
        stderr,
        "offline: insert %.0f/s, store %.0f/s | delete %.0f/s, drain %.0f/s | relay %.1f MiB\n",
        insert_again, stored, erase_again, drained, relay.resident_mib());
  }
  if (few) few_figures.rows(rows);
  if (many) many_figures.rows(rows);
  if (!offline) return;
  rows.push_back(to_json("relay, reader offline: store", "SQLCipher insert", store, 0.65));
  rows.push_back(to_json("relay, reader offline: drain", "SQLCipher delete", drain, 0.60));
}

// After every buffer on the way has been used to its full length once.
void measure_growth(const Plan& plan, nlohmann::json& rows) {
  constexpr double kMostGrowth = 1;  // MiB
  const edge::ZmqContext context = must(edge::ZmqContext::create(1), "context");
  Relay relay;
  Scene scene(context, relay, kFew);
  const auto pass = [&scene](std::size_t cells) {
    for (const std::size_t until = scene.cells() + cells; scene.cells() < until;)
      scene.throughput(1, kLater);
  };
  pass(plan.steady_cells / 2);
  const std::size_t before = scene.cells();
  const double resident = relay.resident_mib();
  pass(plan.steady_cells);
  const double growth = relay.resident_mib() - resident;
  rows.push_back(
      to_json(Row{"relay memory: growth over " + std::to_string((scene.cells() - before) / 1'000) +
                      ",000 cells more",
                  "MiB", growth, "flat (< 1 MiB)", growth < kMostGrowth}));
  std::fprintf(stderr, "growth: %.1f MiB, then %.1f MiB more over %zu cells\n", resident, growth,
               scene.cells() - before);
}

void measure_memory(nlohmann::json& rows) {
  constexpr std::size_t kOwned = 10'000, kConnections = 100, kIdle = 1'000;
  const edge::ZmqContext context = must(edge::ZmqContext::create(1), "context");
  Relay relay;
  Crowd owners(context, relay.address(), kConnections);
  create_mailboxes(owners, kOwned, relay.access());
  const double busy = relay.resident_mib();
  rows.push_back(to_json(Row{"relay memory: 10,000 mailboxes, 100 connections", "MiB", busy,
                             "<= 30 MiB", busy <= 30}));
  const Crowd idle(context, relay.address(), kIdle);
  const double each = (relay.resident_mib() - busy) * 1'024 / kIdle;
  rows.push_back(
      to_json(Row{"relay memory: one idle connection", "KiB", each, "<= 44 KiB", each <= 44}));
  std::fprintf(stderr, "memory: %.1f MiB, one idle connection %.1f KiB\n", busy, each);
}

}  // namespace
}  // namespace tocsin::bench

int main(int argc, char** argv) {
  using namespace tocsin::bench;
  CLI::App app{"The relay under load, against the ceilings of its parts"};
  Plan plan;
  bool quick = false;
  std::vector<std::string> only;
  app.add_flag("--quick", quick, "shorter measurements, five pairs");
  app.add_option("--only", only, "these parts alone")
      ->delimiter(',')
      ->check(CLI::IsMember(plan.parts));
  CLI11_PARSE(app, argc, argv);
  if (!tocsin::start_crypto().has_value()) return 1;
  if (quick)
    plan = {
        .pairs = 5, .seconds = 1, .echo_seconds = 0.5, .cells = 16'384, .steady_cells = 100'000};
  if (!only.empty()) plan.parts = {only.begin(), only.end()};
  std::fprintf(stderr, "the relay's configuration:\n%s\n", std::string(kConfig).c_str());
  nlohmann::json result{{"config", kConfig}, {"rows", nlohmann::json::array()}};
  if (plan.has("memory")) measure_memory(result["rows"]);
  if (plan.has("growth")) measure_growth(plan, result["rows"]);
  if (plan.has("few") || plan.has("many") || plan.has("offline"))
    measure_load(plan, result["rows"]);
  std::printf("%s\n", result.dump().c_str());
  return 0;
}
