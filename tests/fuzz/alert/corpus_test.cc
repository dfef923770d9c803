// The corpus (every value of the alert vectors) and mutations of it, through every target, as a
// plain test.
#include <gtest/gtest.h>

#include <fstream>

#include "crypto/base/rng.h"
#include "tests/fuzz/alert/targets.h"

namespace tocsin::fuzz {
namespace {

std::vector<Bytes> corpus() {
  std::vector<Bytes> seeds{{}, to_bytes(as_bytes("{\"payload\":\"\",\"signatures\":[]}"))};
  std::ifstream file(TOCSIN_VECTORS "/alert.txt");
  for (std::string line; std::getline(file, line);) {
    const std::size_t at = line.find(" = ");
    if (at == std::string::npos) continue;
    if (auto bytes = from_hex(line.substr(at + 3)); bytes.has_value()) seeds.push_back(*bytes);
  }
  return seeds;
}

void mutate(Bytes& bytes, Rng& rng) {
  const auto at = [&] { return rng.below(static_cast<std::uint32_t>(bytes.size())); };
  for (std::uint32_t rounds = 1 + rng.below(4); rounds > 0 && !bytes.empty(); --rounds) {
    switch (rng.below(4)) {
      case 0:
        bytes[at()] ^= static_cast<std::uint8_t>(1U << rng.below(8));
        break;
      case 1:
        bytes[at()] = static_cast<std::uint8_t>(rng.below(256));
        break;
      case 2:
        bytes.resize(at());
        break;
      default:
        bytes.insert(bytes.begin() + at(), static_cast<std::uint8_t>(rng.below(256)));
    }
  }
}

TEST(AlertCorpusTest, SeedsAndMutationsPassEveryTarget) {
  const std::vector<Bytes> seeds = corpus();
  ASSERT_GT(seeds.size(), 25U);
  SeededRng rng(2026);
  for (const Target& target : kAlertTargets) {
    SCOPED_TRACE(target.name);
    for (const Bytes& seed : seeds) {
      target.run(seed);
      for (int i = 0; i < 100; ++i) {
        Bytes changed = seed;
        mutate(changed, rng);
        target.run(changed);
      }
    }
  }
}

}  // namespace
}  // namespace tocsin::fuzz
