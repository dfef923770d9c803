#include "client/net/lanes.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace tocsin::net {
namespace {

// New mailboxes become due within this time before now: a random order among them.
constexpr std::uint32_t kShuffleMs = 1'000;

bool is_active(const OwnMailbox& mailbox, Hour now) {
  const bool open_invitation =
      mailbox.mailbox_class != MailboxClass::kContact && !mailbox.last_day.has_value();
  // An hour that lies ahead was written under another clock.
  return open_invitation || mailbox.active >= now ||
         now.value - mailbox.active.value <= kActiveHours;
}

}  // namespace

std::vector<MailboxId> standing_mailboxes(std::span<const OwnMailbox> mailboxes, Hour now) {
  std::vector<const OwnMailbox*> active;
  for (const OwnMailbox& mailbox : mailboxes) {
    if (is_active(mailbox, now)) active.push_back(&mailbox);
  }
  std::ranges::sort(active, std::ranges::greater(), [](const OwnMailbox* mailbox) {
    return std::tuple(mailbox->active, mailbox->id);
  });
  if (active.size() > kStandingLanes) active.resize(kStandingLanes);
  std::vector<MailboxId> standing;
  standing.reserve(active.size());
  for (const OwnMailbox* mailbox : active) standing.push_back(mailbox->id);
  return standing;
}

Milliseconds Lanes::soon(Milliseconds now) { return now - rng_->below(kShuffleMs); }

Milliseconds Lanes::next_visit(Milliseconds begun) {
  constexpr auto kReach = static_cast<std::uint32_t>(kLatestVisitMs - kSoonestVisitMs);
  return begun + kSoonestVisitMs + rng_->below(kReach + 1);
}

std::size_t Lanes::count(State state) const {
  return static_cast<std::size_t>(std::ranges::count_if(
      places_, [state](const auto& entry) { return entry.second.state == state; }));
}

bool Lanes::has_lane() const { return count(State::kStanding) + count(State::kVisited) < kLanes; }

// What keeps a lane and does not have it yet gets the next that is free.
bool Lanes::has_lane_for_visit() const {
  const auto kept = static_cast<std::size_t>(
      std::ranges::count_if(places_, [](const auto& entry) { return entry.second.keeps_lane; }));
  return has_lane() && kept + count(State::kVisited) < kLanes;
}

void Lanes::end_visit(Place& place, Milliseconds due) {
  place.state = State::kWaiting;
  place.at = due;
}

void Lanes::watch(std::span<const MailboxId> mailboxes, std::span<const MailboxId> standing,
                  Milliseconds now) {
  std::map<MailboxId, Place> wanted;
  for (const MailboxId mailbox : mailboxes) {
    auto known = places_.extract(mailbox);
    Place place = known.empty() ? Place{.at = soon(now)} : known.mapped();
    place.keeps_lane = std::ranges::find(standing, mailbox) != standing.end();
    if (place.keeps_lane && place.state == State::kVisited) place.state = State::kStanding;
    if (!place.keeps_lane && place.state == State::kStanding) {
      // What its line had not taken is fetched at once.
      end_visit(place, place.read ? next_visit(now) : soon(now));
    }
    wanted.emplace(mailbox, place);
  }
  places_ = std::move(wanted);
}

void Lanes::visit_all(Milliseconds now) {
  for (auto& [mailbox, place] : places_) {
    if (place.state == State::kStanding) continue;
    place.read = false;
    if (place.state == State::kWaiting) place.at = soon(now);
  }
}

void Lanes::step(Milliseconds now) {
  for (auto& [mailbox, place] : places_) {
    if (place.state == State::kVisited && now - place.at >= kLongestVisitMs) on_lost(mailbox, now);
  }
  for (auto& [mailbox, place] : places_) {
    if (place.state == State::kWaiting && place.keeps_lane && has_lane()) {
      place.state = State::kStanding;
    }
  }
  // Whoever waits longest comes first; a relay that cannot be reached keeps nobody from the others.
  const auto order = [](const Place& place) { return std::tuple(place.lost, place.at); };
  while (now >= rests_until_ && has_lane_for_visit()) {
    Place* next = nullptr;
    for (auto& [mailbox, place] : places_) {
      if (place.state != State::kWaiting || place.keeps_lane || place.at > now) continue;
      if (next == nullptr || order(place) < order(*next)) next = &place;
    }
    if (next == nullptr) return;
    next->state = State::kVisited;
    next->at = now;
  }
}

Milliseconds Lanes::due() const {
  Milliseconds due = std::numeric_limits<Milliseconds>::max();
  for (const auto& [mailbox, place] : places_) {
    if (place.state == State::kVisited) due = std::min(due, place.at + kLongestVisitMs);
    if (place.state != State::kWaiting) continue;
    if (place.keeps_lane && has_lane()) return 0;
    if (!place.keeps_lane && has_lane_for_visit())
      due = std::min(due, std::max(place.at, rests_until_));
  }
  return due;
}

std::vector<MailboxId> Lanes::open() const {
  std::vector<MailboxId> open;
  for (const auto& [mailbox, place] : places_) {
    if (place.state != State::kWaiting) open.push_back(mailbox);
  }
  return open;
}

void Lanes::on_heard(MailboxId mailbox) {
  const auto found = places_.find(mailbox);
  if (found != places_.end() && found->second.state == State::kStanding) found->second.read = true;
}

void Lanes::on_read(MailboxId mailbox) {
  const auto found = places_.find(mailbox);
  if (found == places_.end()) return;
  Place& place = found->second;
  place.read = true;
  if (place.state != State::kVisited) return;
  place.lost = false;
  pacer_.reset();
  end_visit(place, next_visit(place.at));
}

void Lanes::on_lost(MailboxId mailbox, Milliseconds now) {
  const auto found = places_.find(mailbox);
  if (found == places_.end()) return;
  Place& place = found->second;
  place.read = false;
  if (place.state != State::kVisited) return;
  place.lost = true;
  rests_until_ = pacer_.on_lost(now, -1, *rng_);
  end_visit(place, now);
}

std::vector<MailboxId> Lanes::unread() const {
  std::vector<MailboxId> unread;
  for (const auto& [mailbox, place] : places_) {
    if (!place.read) unread.push_back(mailbox);
  }
  return unread;
}

}  // namespace tocsin::net
