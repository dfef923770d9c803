// client/net/lanes.h: through a proxy, which mailboxes have a line now: standing, or visited in
// turn.
//
// Spec:    protocol/spec/wire.md WIR-12
// Shape:   in   the mailboxes there are, the time, what became of a line
//          out  the mailboxes that are to have a line of their own now
// Threads: values only
#pragma once

#include <map>
#include <span>
#include <vector>

#include "client/net/pacer.h"
#include "client/store/relay_rows.h"

namespace tocsin::net {

// Every line is a circuit of its own; more than these would cost the proxy's network too much.
inline constexpr std::size_t kLanes = 8;
inline constexpr std::size_t kStandingLanes = kLanes - 1;  // one is always left for visits
// Between the beginnings of two visits. Two of the twenty minutes are kept for waiting for a lane.
inline constexpr Milliseconds kSoonestVisitMs = 10 * 60'000;
inline constexpr Milliseconds kLatestVisitMs = 18 * 60'000;
// A visit that took not everything by then gives its lane to the next.
inline constexpr Milliseconds kLongestVisitMs = 120'000;
inline constexpr std::uint32_t kActiveHours = 24;

// Those that keep a lane, the most recently active first: at most kStandingLanes of the mailboxes
// in which something came, or to whose contact something left, within kActiveHours, and of the open
// invitations, which count as active when they were made.
std::vector<MailboxId> standing_mailboxes(std::span<const OwnMailbox> mailboxes, Hour now);

class Lanes {
 public:
  explicit Lanes(Rng& rng) : rng_(&rng) {}

  // The mailboxes to read from now on, and those of them that keep a lane (at most
  // kStandingLanes). New ones are due at once.
  void watch(std::span<const MailboxId> mailboxes, std::span<const MailboxId> standing,
             Milliseconds now);
  // Everything that is not standing is due now, whenever it was visited last.
  void visit_all(Milliseconds now);
  // Begins what is due, as far as there are lanes, and ends what took too long.
  void step(Milliseconds now);
  // When step() has something to do if nothing is told before.
  Milliseconds due() const;

  // Who has a line: at most kLanes, each for one mailbox alone.
  std::vector<MailboxId> open() const;
  // It is subscribed: a standing line has heard, or will hear, all that waits.
  void on_heard(MailboxId mailbox);
  // What waited there was taken, which ends a visit.
  void on_read(MailboxId mailbox);
  // The line broke, which ends a visit: it is repeated when those had their turn that were not
  // lost.
  void on_lost(MailboxId mailbox, Milliseconds now);
  // Mailboxes of which nobody knows yet what waits there.
  std::vector<MailboxId> unread() const;

 private:
  enum class State : std::uint8_t { kWaiting, kVisited, kStanding };
  struct Place {
    State state = State::kWaiting;
    bool keeps_lane = false;
    bool read = false;
    bool lost = false;    // its last visit
    Milliseconds at = 0;  // waiting: when it is due; visited: since when
  };

  Milliseconds soon(Milliseconds now);
  Milliseconds next_visit(Milliseconds begun);
  std::size_t count(State state) const;
  bool has_lane() const;
  bool has_lane_for_visit() const;
  void end_visit(Place& place, Milliseconds due);

  Rng* rng_;
  std::map<MailboxId, Place> places_;
  Pacer pacer_;
  Milliseconds rests_until_ = 0;  // after a visit that was lost: no new one before
};

}  // namespace tocsin::net
