// Runs a harness over its samples and seeded mutations of them as a plain test, on every compiler;
// `--write FOLDER` writes the samples as a corpus for libFuzzer; `--mutations N` makes so many of
// each sample where one input takes milliseconds; other arguments are inputs to replay.
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>

#include "crypto/base/rng.h"
#include "crypto/box/box.h"
#include "tests/fuzz/harness.h"

namespace tocsin {
namespace {

constexpr int kMutationsPerSample = 20'000;

void run(const Bytes& input) { LLVMFuzzerTestOneInput(input.data(), input.size()); }

std::uint32_t place_in(const Bytes& bytes, Rng& rng) {
  return bytes.empty() ? 0 : rng.below(static_cast<std::uint32_t>(bytes.size()));
}

Bytes mutate(Bytes bytes, const Bytes& other, Rng& rng) {
  for (std::uint32_t changes = 1 + rng.below(4); changes > 0; --changes) {
    const std::uint32_t at = place_in(bytes, rng);
    const auto place = bytes.begin() + at;
    switch (rng.below(6)) {
      case 0:
        if (!bytes.empty()) bytes[at] ^= static_cast<std::uint8_t>(1U << rng.below(8));
        break;
      case 1:
        if (!bytes.empty()) bytes[at] = static_cast<std::uint8_t>(rng.below(256));
        break;
      case 2:
        bytes.erase(place, bytes.end());
        break;
      case 3:
        bytes.insert(place, 1 + rng.below(16), static_cast<std::uint8_t>(rng.below(256)));
        break;
      case 4:
        if (!bytes.empty()) bytes.erase(place, place + 1);
        break;
      default: {
        const std::uint32_t from = place_in(other, rng);
        bytes.erase(place, bytes.end());
        bytes.insert(bytes.end(), other.begin() + from, other.end());
      }
    }
  }
  return bytes;
}

void replay_all(int mutations) {
  const std::vector<Bytes> samples = fuzz_samples();
  SeededRng rng(0xF022);
  run({});
  for (const Bytes& sample : samples) {
    run(sample);
    for (int i = 0; i < mutations; ++i) {
      const Bytes& other = samples[rng.below(static_cast<std::uint32_t>(samples.size()))];
      run(mutate(sample, other, rng));
    }
  }
  std::printf("%zu samples, %d mutations each\n", samples.size(), mutations);
}

void write_samples(const std::filesystem::path& folder) {
  std::filesystem::create_directories(folder);
  std::size_t number = 0;
  for (const Bytes& sample : fuzz_samples()) {
    std::ofstream file(folder / ("sample-" + std::to_string(number++)), std::ios::binary);
    file << as_text(sample);
  }
}

}  // namespace
}  // namespace tocsin

int main(int argc, char** argv) {
  if (!tocsin::start_crypto().has_value()) return 1;
  if (argc == 3 && std::string(argv[1]) == "--write") {
    tocsin::write_samples(argv[2]);
    return 0;
  }
  if (argc == 3 && std::string(argv[1]) == "--mutations") {
    const int mutations = std::atoi(argv[2]);
    if (mutations <= 0) return 1;
    tocsin::replay_all(mutations);
    return 0;
  }
  for (int i = 1; i < argc; ++i) {
    std::ifstream file(argv[i], std::ios::binary);
    if (!file) return 1;
    const std::string input{std::istreambuf_iterator<char>(file), {}};
    tocsin::run(tocsin::to_bytes(tocsin::as_bytes(input)));
  }
  if (argc == 1) tocsin::replay_all(tocsin::kMutationsPerSample);
  return 0;
}
