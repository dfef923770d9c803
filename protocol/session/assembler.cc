#include "protocol/session/assembler.h"

#include <algorithm>
#include <limits>

#include "crypto/base/codec.h"

namespace tocsin {
namespace {

IncomingMessage message_of(const OpenMessage& which, ContentKind kind, BytesView whole) {
  Reader reader(whole);
  IncomingMessage message;
  message.contact = which.contact;
  message.kind = kind;
  message.id = which.id;
  message.prefix.stream = reader.integer<std::uint32_t>();
  message.prefix.sequence = reader.integer<std::uint32_t>();
  message.prefix.sent_minute = reader.integer<std::uint32_t>();
  message.body = SecretBytes::copy_of(reader.rest());
  return message;
}

}  // namespace

Assembler Assembler::restore(std::vector<FragmentRow> rows) {
  Assembler assembler;
  std::ranges::sort(rows, {}, &FragmentRow::day);
  for (const FragmentRow& row : rows) {
    // A damaged row is a lost fragment; its message expires and is reported as lost.
    if (!assembler.take(row.contact, row.content.expose(kExpose), row.day)) continue;
  }
  return assembler;
}

Result<Taken> Assembler::take(ContactId contact, BytesView content, Day today) {
  const ContentView view = TRY(decode_content(content));
  const ContentHeader& header = view.header;
  const OpenMessage which{contact, header.message};
  Taken taken;
  if (header.count == 1) {
    taken.message = message_of(which, header.kind, view.body);
    return taken;
  }
  if (view.body.empty()) return taken;  // padding of the count

  auto place = open_.find(which);
  if (place != open_.end() && !fits(place->second, view)) {
    taken.dropped.push_back({which, DropCause::kContradiction});
    drop(place);
    place = open_.end();
  }
  if (place == open_.end()) {
    place =
        open_
            .emplace(which,
                     Open{header.kind, header.total, header.count, today, arrivals_++, 0, 0, {}})
            .first;
  }
  Open& open = place->second;
  if (open.parts.contains(header.index)) return taken;  // duplicate

  const std::size_t cost = view.body.size() + kFragmentOverheadBytes;
  open.parts.emplace(header.index, std::pair(header.offset, SecretBytes::copy_of(view.body)));
  open.received += view.body.size();
  open.cost += cost;
  held_ += cost;
  held_by_contact_[contact] += cost;

  if (open.received == open.total) {
    taken.message = finish(which, open);
    if (!taken.message) taken.dropped.push_back({which, DropCause::kContradiction});
    drop(place);
    return taken;
  }
  if (make_room(which, taken.dropped))
    taken.store = FragmentRow{contact, today, encode_content(header, view.body)};
  return taken;
}

// False for what cannot belong to the same splitting of the same message.
bool Assembler::fits(const Open& open, const ContentView& part) {
  const ContentHeader& header = part.header;
  if (open.kind != header.kind || open.total != header.total || open.count != header.count)
    return false;
  const std::size_t end = header.offset + part.body.size();
  for (const auto& [index, other] : open.parts) {
    const auto& [offset, bytes] = other;
    const std::size_t other_end = offset + bytes.size();
    if (index == header.index) {
      if (offset != header.offset || !std::ranges::equal(bytes.expose(kExpose), part.body))
        return false;
    } else if (index < header.index) {
      if (other_end > header.offset || (index + 1 == header.index && other_end != header.offset))
        return false;
    } else if (end > offset || (header.index + 1 == index && end != offset)) {
      return false;
    }
  }
  return true;
}

// The parts in the order of their index, end to end: anything else is a contradiction.
std::optional<IncomingMessage> Assembler::finish(const OpenMessage& which, const Open& open) {
  Bytes whole;
  whole.reserve(open.total);
  for (const auto& [index, part] : open.parts) {
    if (part.first != whole.size()) return {};
    const BytesView bytes = part.second.expose(kExpose);
    whole.insert(whole.end(), bytes.begin(), bytes.end());
  }
  const SecretBytes boxed(std::move(whole));
  return message_of(which, open.kind, boxed.expose(kExpose));
}

void Assembler::drop(OpenMap::iterator place) {
  const auto held = held_by_contact_.find(place->first.contact);
  held_ -= place->second.cost;
  if (held != held_by_contact_.end()) {
    held->second -= place->second.cost;
    if (held->second == 0) held_by_contact_.erase(held);
  }
  open_.erase(place);
}

// The oldest open message of whoever is over a bound goes. True when `keep` is still there.
bool Assembler::make_room(const OpenMessage& keep, std::vector<DroppedMessage>& dropped) {
  const auto evict = [&](ContactId contact) {
    auto oldest = open_.end();
    for (auto place = open_.lower_bound({contact, {}});
         place != open_.end() && place->first.contact == contact; ++place) {
      if (oldest == open_.end() || place->second.arrival < oldest->second.arrival) oldest = place;
    }
    dropped.push_back({oldest->first, DropCause::kBounds});
    drop(oldest);
  };
  // The bound in bytes per contact follows from this one: no message exceeds kMaxMessageBytes.
  while (open_messages(keep.contact) > kMaxOpenPerContact) evict(keep.contact);
  // Whoever holds most pays, so that many hostile contacts cannot push out an honest one.
  while (held_ > kMaxOpenBytesPerClient) {
    evict(std::ranges::max_element(held_by_contact_, {}, [](const auto& entry) {
            return entry.second;
          })->first);
  }
  return open_.contains(keep);
}

std::vector<DroppedMessage> Assembler::expire(Day today) {
  std::vector<DroppedMessage> dropped;
  for (auto place = open_.begin(); place != open_.end();) {
    const auto next = std::next(place);
    if (today > days_after(place->second.first_day, kOpenMessageDays)) {
      dropped.push_back({place->first, DropCause::kExpired});
      drop(place);
    }
    place = next;
  }
  return dropped;
}

void Assembler::forget(ContactId contact) {
  for (auto place = open_.lower_bound({contact, {}});
       place != open_.end() && place->first.contact == contact;) {
    const auto next = std::next(place);
    drop(place);
    place = next;
  }
}

std::size_t Assembler::open_messages(ContactId contact) const {
  std::size_t count = 0;
  for (auto place = open_.lower_bound({contact, {}});
       place != open_.end() && place->first.contact == contact; ++place) {
    ++count;
  }
  return count;
}

std::size_t Assembler::held_bytes(ContactId contact) const {
  const auto held = held_by_contact_.find(contact);
  return held == held_by_contact_.end() ? 0 : held->second;
}

}  // namespace tocsin
