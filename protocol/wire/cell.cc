#include "protocol/wire/cell.h"

#include <algorithm>

#include "crypto/base/codec.h"
#include "crypto/base/overloaded.h"
#include "protocol/wire/capnp_codec.h"

namespace tocsin {
namespace {

std::size_t in_words(std::size_t bytes) {
  return (bytes + kWordBytes - 1) / kWordBytes * kWordBytes;
}

// WIR-3 … WIR-7: what a message may say beyond its layout.
Status check(const Hello& hello) {
  const auto& versions = hello.versions;
  const bool rising = std::adjacent_find(versions.begin(), versions.end(),
                                         std::greater_equal<>()) == versions.end();
  if (versions.empty() || versions.size() > kMaxVersions || !rising)
    return fail(kMalformed, "hello versions", static_cast<std::int64_t>(versions.size()));
  return {};
}
Status check(const SignedWelcome& welcome) {
  if (welcome.body.empty() || welcome.body.size() > kMaxWelcomeBodyBytes)
    return fail(kMalformed, "welcome body", static_cast<std::int64_t>(welcome.body.size()));
  return {};
}
Status check(const Requests& requests) {
  if (requests.list.empty()) return fail(kMalformed, "no requests");
  for (const Request& request : requests.list) {
    if (request.command.empty()) return fail(kMalformed, "request without command");
    if (request.access.size() > kMaxAccessBytes)
      return fail(kMalformed, "access", static_cast<std::int64_t>(request.access.size()));
  }
  return {};
}
Status check(const Replies& replies) {
  if (replies.list.empty()) return fail(kMalformed, "no replies");
  return {};
}
Status check(const Pushes& pushes) {
  if (pushes.list.empty()) return fail(kMalformed, "no pushes");
  for (const Push& push : pushes.list)
    if (push.body.empty()) return fail(kMalformed, "push without body");
  return {};
}
Status check(const Malformed&) { return {}; }

Status check_message(const Message& message) {
  return std::visit([](const auto& kind) { return check(kind); }, message);
}

template <class Many, class Element>
Result<std::vector<Cell>> pack_as(std::vector<Element> elements) {
  std::vector<Cell> cells;
  Many many;
  std::size_t used = kCellOverheadBytes;
  for (Element& element : elements) {
    const std::size_t size = encoded_size(element);
    if (!many.list.empty() && used + size > kCellBytes) {
      cells.push_back(TRY(encode(many)));
      many.list.clear();
      used = kCellOverheadBytes;
    }
    used += size;
    many.list.push_back(std::move(element));
  }
  if (!many.list.empty()) cells.push_back(TRY(encode(many)));
  return cells;
}

}  // namespace

// flow 3/8: what leaves for the relay is one cell, whatever it says.
Result<Cell> encode(const Message& message) {
  TRY(check_message(message));
  const Bytes segment = TRY(build_message(message));
  Writer frame;
  frame.integer(std::uint32_t{0})
      .integer(static_cast<std::uint32_t>(segment.size() / kWordBytes))
      .raw(segment);
  if (frame.size() > kCellBytes)
    return fail(kTooLarge, "cell", static_cast<std::int64_t>(frame.size()));
  Cell cell{};
  std::copy(frame.view().begin(), frame.view().end(), cell.begin());
  return cell;
}

Result<Message> decode(BytesView cell) {
  if (cell.size() != kCellBytes)
    return fail(kMalformed, "cell size", static_cast<std::int64_t>(cell.size()));
  Reader frame(cell);
  const auto more_segments = frame.integer<std::uint32_t>();
  const auto words = frame.integer<std::uint32_t>();
  if (more_segments != 0) return fail(kMalformed, "cell segments", more_segments);
  const BytesView segment = frame.raw(std::size_t{words} * kWordBytes);
  TRY(frame.finish_zero_padded("cell padding"));
  Message message = TRY(read_message(segment));
  TRY(check_message(message));
  // One message, one encoding: whatever else Cap'n Proto would have let pass ends here (C3, C4).
  // (Shared data may even read larger than a cell.)
  const auto again = build_message(message);
  if (!again.has_value() || !std::ranges::equal(*again, segment))
    return fail(kMalformed, "cell not as encoded");
  return message;
}

std::size_t encoded_size(const Request& request) {
  return kRequestStructBytes + in_words(request.command.size()) +
         (request.tag.has_value() ? kTagBytes : 0) + in_words(request.access.size());
}
std::size_t encoded_size(const Reply& reply) {
  return kReplyStructBytes + in_words(reply.body.size());
}
std::size_t encoded_size(const Push& push) { return kPushStructBytes + in_words(push.body.size()); }

Result<std::vector<Cell>> pack(std::vector<Request> requests) {
  return pack_as<Requests>(std::move(requests));
}
Result<std::vector<Cell>> pack(std::vector<Reply> replies) {
  return pack_as<Replies>(std::move(replies));
}
Result<std::vector<Cell>> pack(std::vector<Push> pushes) {
  return pack_as<Pushes>(std::move(pushes));
}

}  // namespace tocsin
