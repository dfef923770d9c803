#include "tests/model/model_line.h"

#include "protocol/wire/cell.h"

namespace tocsin::model {

Result<std::unique_ptr<ModelLine>> ModelLine::dial(ModelRelay& relay, Faults& faults, Bits bits) {
  if (relay.is_dead()) return fail(kNoRelay, "dead");
  std::unique_ptr<ModelLine> line(new ModelLine(relay, faults, bits));
  TRY(line->say(Hello{{kProtocolVersion}}));
  while (std::optional<Bytes> cell = relay.next_cell(line->line_)) {
    for (const Bytes& arrived : line->on_the_way(std::move(*cell), line->held_in_)) {
      const Result<Message> message = decode(arrived);
      if (!message.has_value()) return fail(kNoRelay, "welcome");
      const auto* welcome = std::get_if<SignedWelcome>(&*message);
      if (welcome == nullptr) return fail(kNoRelay, "welcome");
      line->welcome_ = TRY(verify_welcome(*welcome, relay.address()));
      return line;
    }
  }
  return fail(kNoRelay, "no welcome");
}

void ModelLine::drop() {
  if (line_ != 0) relay_.close(line_);
  line_ = 0;
}

std::vector<Bytes> ModelLine::on_the_way(Bytes cell, std::vector<Bytes>& held) {
  const FaultRates& rates = faults_.rates();
  std::vector<Bytes> arriving;
  if (bits_ == Bits::kMayFlip && faults_.happens(rates.corrupt)) {
    const std::uint32_t bit = faults_.below(static_cast<std::uint32_t>(cell.size() * 8));
    cell[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
  }
  if (faults_.happens(rates.reorder)) {
    held.push_back(std::move(cell));
    return arriving;
  }
  if (!faults_.happens(rates.drop)) arriving.push_back(cell);
  if (faults_.happens(rates.duplicate)) arriving.push_back(cell);
  for (Bytes& late : std::exchange(held, {})) arriving.push_back(std::move(late));
  return arriving;
}

Status ModelLine::say(const Message& message) {
  for (const Bytes& arrived : on_the_way(to_bytes(TRY(encode(message))), held_out_))
    relay_.take(line_, arrived);
  return {};
}

Result<RequestId> ModelLine::request(const Command& command, const net::Authorise& authorise) {
  if (!is_up()) return fail(kNoRelay, "line");
  last_id_.value += 1;
  Bytes bytes = TRY(encode_command(command));
  Request request{.id = last_id_, .command = std::move(bytes)};
  if (authorise) {
    net::Authorisation authorisation = TRY(authorise(welcome_, request.id, request.command));
    request.tag = authorisation.tag;
    request.access = std::move(authorisation.access);
  }
  TRY(say(Requests{{request}}));
  return last_id_;
}

ModelLine::Heard ModelLine::hear() {
  Heard heard;
  if (!is_up()) {
    drop();
    return heard;
  }
  if (faults_.happens(faults_.rates().line_loss)) {
    drop();
    return heard;
  }
  while (std::optional<Bytes> cell = relay_.next_cell(line_)) {
    for (const Bytes& arrived : on_the_way(std::move(*cell), held_in_)) {
      Result<Message> message = decode(arrived);
      auto* replies = message.has_value() ? std::get_if<Replies>(&*message) : nullptr;
      auto* pushes = message.has_value() ? std::get_if<Pushes>(&*message) : nullptr;
      if (replies != nullptr) {
        for (Reply& reply : replies->list) heard.replies.push_back(std::move(reply));
      } else if (pushes != nullptr) {
        for (Push& push : pushes->list) heard.pushes.push_back(std::move(push));
      } else {
        drop();
        return heard;
      }
    }
  }
  return heard;
}

}  // namespace tocsin::model
