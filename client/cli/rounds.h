// client/cli/rounds.h: working for a while without staying: what `sync` does, and other commands
// after they queued something.
//
// Threads: the engine's
#pragma once

#include <string>
#include <vector>

#include "client/engine/engine.h"

namespace tocsin {

enum class Goal : std::uint8_t {
  kSent = 1,  // everything of ours is at a relay
  kCaughtUp,  // the relays were asked, and what waited there has come
  kWholeTime  // no goal: the time is used up
};
struct RoundsLimit {
  Goal goal;
  std::int64_t longest_ms;  // at most; kCaughtUp: longer while mailboxes are still being heard
  std::int64_t reach_ms;    // without an answer of any relay for so long: given up
};
inline constexpr RoundsLimit kAfterCommand{Goal::kSent, 10'000, 4'000};
inline constexpr RoundsLimit kSync{Goal::kCaughtUp, 60'000, 15'000};

struct RoundsOutcome {
  std::size_t waiting = 0;  // messages not yet at a relay
  // "host:port" of relays that have mailboxes of ours which were not read; each once.
  std::vector<std::string> silent;
};
// Rounds of the engine until the goal, then what acknowledgements are held back.
Result<RoundsOutcome> run_rounds(Engine& engine, RoundsLimit limit);

}  // namespace tocsin
