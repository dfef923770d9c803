// client/cli/rounds.h: working for a while without staying: what `sync` does, and other commands
// after they queued something.
//
// Threads: the engine's
#pragma once

#include "client/engine/engine.h"

namespace tocsin {

struct RoundsLimit {
  std::int64_t longest_ms;  // at most
  std::int64_t quiet_ms;    // until nothing moved for so long; 0: use all of the time
};
inline constexpr RoundsLimit kAfterCommand{.longest_ms = 10'000, .quiet_ms = 600};
inline constexpr RoundsLimit kSync{.longest_ms = 60'000, .quiet_ms = 2'500};

// Rounds of the engine, then what acknowledgements are held back. Messages not yet at a relay
// afterwards.
Result<std::size_t> run_rounds(Engine& engine, RoundsLimit limit);

}  // namespace tocsin
