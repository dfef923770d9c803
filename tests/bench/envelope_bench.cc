// Measures whole sessions on one thread: content of a full cell in, envelope, content out, both
// ratchets, key generation counted.
// Usage: envelope_bench [--json]
#include <chrono>
#include <cstdio>
#include <string_view>

#include "crypto/box/box.h"
#include "tests/support/ratchet_people.h"

namespace tocsin {
namespace {

using namespace testing_support;
using Clock = std::chrono::steady_clock;

double seconds_since(Clock::time_point start) {
  return std::chrono::duration<double>(Clock::now() - start).count();
}

struct Figures {
  double one_way = 0;    // messages per second, sealed and opened
  double ping_pong = 0;  // messages per second when each answers the other within the hour
  double turning = 0;    // the same when every message turns the outer ratchet
  double handshake = 0;  // first contacts per second, made and accepted
};

// Seals what fits and opens it; false when it did not arrive.
bool pass(const Person& from, Session& sender, const Person& to, Session& receiver, Rng& rng,
          Hour hour) {
  const SealTiming timing{hour};
  const auto capacity = sender.capacity(timing);
  if (!capacity) return false;
  const Bytes content(*capacity, 0x20);
  const auto sealed =
      sender.seal(content, {.identity = from.inner(), .rng = rng, .timing = timing});
  if (!sealed) return false;
  return std::holds_alternative<Opened>(
      receiver.open(sealed->copies.front(), {to.inner(), rng, Day{20'000}}));
}

bool measure(Figures& figures) {
  SystemRng rng;
  const auto pair = make_talking_pair(rng);
  Session& a = pair->a->session();
  Session& b = pair->b->session();
  std::uint32_t hour = 500'000;

  constexpr int kRounds = 60;
  constexpr int kRun = 200;  // of one side, before the other answers
  Clock::time_point start = Clock::now();
  for (int round = 0; round < kRounds; ++round) {
    for (int i = 0; i < kRun; ++i)
      if (!pass(pair->alice, a, pair->bob, b, rng, Hour{hour})) return false;
    if (!pass(pair->bob, b, pair->alice, a, rng, Hour{hour})) return false;
  }
  figures.one_way = kRounds * kRun / seconds_since(start);

  constexpr int kTrips = 1000;
  const auto trips = [&](std::uint32_t hours_between) {
    start = Clock::now();
    for (int i = 0; i < kTrips; ++i) {
      hour += hours_between;
      if (!pass(pair->alice, a, pair->bob, b, rng, Hour{hour})) return 0.0;
      if (!pass(pair->bob, b, pair->alice, a, rng, Hour{hour})) return 0.0;
    }
    return 2 * kTrips / seconds_since(start);
  };
  figures.ping_pong = trips(0);
  figures.turning = trips(1);
  if (figures.ping_pong == 0 || figures.turning == 0) return false;

  constexpr int kContacts = 300;
  start = Clock::now();
  for (int i = 0; i < kContacts; ++i) {
    const Meeting meeting = approach(pair->alice, pair->bob, no_psk(), rng);
    if (!answer(pair->bob, meeting, no_psk(), rng)) return false;
  }
  figures.handshake = kContacts / seconds_since(start);
  return true;
}

}  // namespace
}  // namespace tocsin

int main(int argc, char** argv) {
  if (!tocsin::start_crypto()) return 1;
  tocsin::Figures figures;
  if (!tocsin::measure(figures)) return 1;
  const bool json = argc > 1 && std::string_view(argv[1]) == "--json";
  std::printf(json ? "{\"one_way_per_s\":%.0f,\"ping_pong_per_s\":%.0f,\"turning_per_s\":%.0f,"
                     "\"handshake_per_s\":%.0f}\n"
                   : "messages: one way %.0f/s, ping-pong %.0f/s, turning at each %.0f/s; "
                     "first contacts %.0f/s\n",
              figures.one_way, figures.ping_pong, figures.turning, figures.handshake);
  return 0;
}
