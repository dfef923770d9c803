#include "tests/model/client.h"

#include <gtest/gtest.h>

#include "client/engine/upkeep.h"
#include "client/store/schema.h"

namespace tocsin::model {
namespace {

// A round looks at its clock some dozens of times; a crash falls anywhere in it, or behind it.
constexpr std::uint32_t kCrashSpan = 60;
constexpr int kMostSteps = 400;

}  // namespace

DatabaseOptions model_database_options() {
  DatabaseOptions options = vault_database_options();
  options.wiping = MemoryWiping::kOff;
  return options;
}

std::unique_ptr<Client> Client::create(const Parts& parts) {
  Database db = Database::create_in_memory(model_database_options()).value();
  SeededRng rng(parts.seed ^ 0x1d);
  Engine::found(db, rng).value();
  Transaction transaction = db.begin().value();
  for (const ModelRelay* relay : parts.relays)
    save_relay(db, relay->address(), ModelRelay::password(), RelayUse::kCommon).value();
  std::move(transaction).commit().value();
  return resume(parts, std::move(db));
}

std::unique_ptr<Client> Client::resume(const Parts& parts, Database db) {
  return std::unique_ptr<Client>(new Client(parts, std::move(db)));
}

Client::Client(const Parts& parts, Database db)
    : parts_(parts), rng_(parts.seed), db_(std::move(db)) {
  restart();
}

void Client::restart() {
  crash_in_ = 0;
  engine_.reset();
  port_ = std::make_unique<ModelPort>(
      ModelPort::Parts{parts_.relays, parts_.faults, parts_.ledger, parts_.number, db_});
  engine_ = Engine::open({db_, *port_, rng_, [this] { return clock(); }}).value();
}

Instant Client::clock() {
  if (crash_in_ > 0 && --crash_in_ == 0) throw ClientCrash{};
  return milliseconds_after(parts_.now, parts_.skew);
}

bool Client::run(const std::function<void(Engine&)>& work) {
  if (parts_.faults.happens(parts_.faults.rates().client_crash))
    crash_in_ = 1 + parts_.faults.below(kCrashSpan);
  try {
    work(*engine_);
  } catch (const ClientCrash&) {
    ++crashes_;
    restart();
    return false;
  }
  crash_in_ = 0;
  return true;
}

bool Client::step() {
  bool moved = true;
  run([&](Engine& engine) {
    const Result<bool> stepped = tocsin::step(engine, parts_.now);
    ASSERT_TRUE(stepped.has_value())
        << "client " << parts_.number << ": " << static_cast<int>(stepped.error().code) << " "
        << stepped.error().where << " " << stepped.error().detail;
    moved = *stepped;
  });
  return moved;
}

void Client::settle() {
  for (int i = 0; i < kMostSteps && step() && !testing::Test::HasFatalFailure(); ++i) continue;
}

}  // namespace tocsin::model
