// tests/fuzz/age/samples.h: the identity that the harnesses open with, and files for it.
#pragma once

#include "crypto/age/age.h"
#include "tests/fuzz/harness.h"

namespace tocsin {

inline age::Identity fuzz_identity() {
  SeededRng rng(1);
  return age::make_identity(rng);
}

inline Bytes fuzz_age_file(std::size_t size) {
  SeededRng rng(2);
  Bytes file;
  auto sealer = age::Sealer::create(std::vector{age::recipient_of(fuzz_identity())}, rng,
                                    [&](BytesView part) -> Status {
                                      file.insert(file.end(), part.begin(), part.end());
                                      return {};
                                    });
  fuzz_check(sealer.has_value() && sealer->update(Bytes(size, 7)).has_value() &&
                 sealer->finish().has_value(),
             "a sample is sealed");
  return file;
}

// What comes out of a machine (update, finish) and how it ends: code zero when it is whole.
struct FuzzOutcome {
  Bytes released;
  Code ended{};
  friend bool operator==(const FuzzOutcome&, const FuzzOutcome&) = default;
};
template <class Make>
FuzzOutcome fuzz_run(Make&& make, BytesView bytes, std::size_t piece) {
  FuzzOutcome outcome;
  auto machine = make([&](BytesView part) -> Status {
    outcome.released.insert(outcome.released.end(), part.begin(), part.end());
    return {};
  });
  const auto all = [&]() -> Status {
    for (; bytes.size() > piece; bytes = bytes.subspan(piece))
      TRY(machine.update(bytes.first(piece)));
    TRY(machine.update(bytes));
    return machine.finish();
  };
  if (const Status ended = all(); !ended.has_value()) outcome.ended = ended.error().code;
  return outcome;
}

}  // namespace tocsin
