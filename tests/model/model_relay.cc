#include "tests/model/model_relay.h"

namespace tocsin::model {
namespace {

constexpr std::uint64_t kRelaySeed = 0x7e1a;
constexpr std::uint64_t kBudgetCells = 1'000'000;

struct Identity {
  KeyPair<SigningPublic, SigningSecret> signing;
  RelayAddress address;
};

const Identity& identity() {
  static const Identity made = [] {
    SeededRng rng(kRelaySeed);
    Identity fresh{make_signing_pair(rng), {}};
    fresh.address = {.curve = rng.draw<CurvePublic>(),
                     .store_pin = store_pin_of(fresh.signing.public_key),
                     .host = "127.0.0.1",
                     .port = 4'096};
    return fresh;
  }();
  return made;
}

}  // namespace

BytesView ModelRelay::password() { return as_bytes("one password for every seed"); }

const AccessKey& ModelRelay::access_key() {
  static const AccessKey key =
      access_key_of(SecretBytes::copy_of(password()), identity().address.store_pin).value();
  return key;
}

ModelRelay::ModelRelay(std::uint64_t seed, AccessPolicy policy, Faults& faults, const Instant& now,
                       std::uint16_t number)
    : rng_(seed), policy_(policy), faults_(faults), now_(now), address_(identity().address) {
  address_.port = static_cast<std::uint16_t>(address_.port + number);
  address_.curve.mutable_view()[0] ^= static_cast<std::uint8_t>(number);
  start();
}

void ModelRelay::start() {
  EngineConfig config;
  config.access = policy_;
  if (policy_ == AccessPolicy::kPassword) config.password = access_key().duplicate();
  config.budget_cells = kBudgetCells;
  engine_ = StoreEngine::create(
                std::move(config),
                {.signing = identity().signing.secret.duplicate(), .curve = address_.curve}, store_,
                work_, rng_)
                .value();
}

EdgeConnection ModelRelay::open() {
  const EdgeConnection line = ++last_line_;
  lines_[line];
  StoreBatch out;
  engine_->take(std::vector<EdgeToStore>{{line, EdgeEvent::kOpened, {}}}, now_, out).value();
  deliver(out);
  return line;
}

void ModelRelay::close(EdgeConnection line) {
  if (lines_.erase(line) == 0) return;
  StoreBatch out;
  engine_->take(std::vector<EdgeToStore>{{line, EdgeEvent::kClosed, {}}}, now_, out).value();
  deliver(out);
}

void ModelRelay::take(EdgeConnection line, BytesView cell) {
  if (is_dead() || !is_up(line)) return;
  StoreBatch out;
  engine_->take(std::vector<EdgeToStore>{{line, EdgeEvent::kCell, to_bytes(cell)}}, now_, out)
      .value();
  deliver(out);
}

void ModelRelay::commit() {
  if (is_dead()) return;
  if (faults_.happens(faults_.rates().relay_crash)) return crash();
  StoreBatch out;
  engine_->tick(now_, out).value();
  engine_->commit(now_, out).value();
  deliver(out);
}

void ModelRelay::crash() {
  ++crashes_;
  engine_.reset();
  store_.rollback();
  lines_.clear();
  start();
}

void ModelRelay::die() {
  engine_.reset();
  lines_.clear();
}

void ModelRelay::deliver(const StoreBatch& out) {
  for (const StoreToEdge& order : out) {
    const auto line = lines_.find(order.connection);
    if (line == lines_.end()) continue;
    if (order.kind == StoreOrder::kKick) {
      lines_.erase(line);
    } else {
      line->second.push_back(order.frame);
    }
  }
}

std::optional<Bytes> ModelRelay::next_cell(EdgeConnection line) {
  const auto found = lines_.find(line);
  if (found == lines_.end() || found->second.empty()) return std::nullopt;
  Bytes cell = std::move(found->second.front());
  found->second.pop_front();
  return cell;
}

bool ModelRelay::has_cells(EdgeConnection line) const {
  const auto found = lines_.find(line);
  return found != lines_.end() && !found->second.empty();
}

}  // namespace tocsin::model
