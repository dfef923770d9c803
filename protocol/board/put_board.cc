#include <algorithm>

#include "protocol/mailbox/commands.h"

namespace tocsin {
namespace {

// BRD-3.2: what stands in the way of a record whose signature holds, or ok.
Answer judge_put(const BoardContent& content, BytesView record, const Situation& situation) {
  const Day today = situation.ground.today;
  const BoardRow* const board = situation.board;
  if (content.expiry < today) return Answer::kExpired;
  if (content.expiry > days_after(today, kMaxBoardDays)) return Answer::kRefused;
  if (board == nullptr) return Answer::kOk;
  if (content.version < board->version) return Answer::kRefused;
  if (content.version == board->version && !std::ranges::equal(record, board->record))
    return Answer::kRefused;
  return Answer::kOk;
}

}  // namespace

Effects decide_put_board(const PutBoard& put, const Situation& situation) {
  const Ground& ground = situation.ground;
  if (ground.room == Room::kFull) return answered(situation, Answer::kBusy);
  if (situation.board == nullptr) {
    if (ground.life == RelayLife::kClosing) return answered(situation, Answer::kRefused);
    if (ground.room == Room::kNearlyFull) return answered(situation, Answer::kBusy);
    if (const auto lacking = lacks_access(situation.access)) return answered(situation, *lacking);
  }
  const auto record = open_board(put.record);
  if (!record.has_value()) {
    return answered(situation, record.error().code == kMalformed ? Answer::kMalformedCommand
                                                                 : Answer::kRefused);
  }
  const BoardContent& content = record->content;
  const Answer answer = judge_put(content, put.record, situation);
  if (answer != Answer::kOk) return answered(situation, answer);

  const BoardId board = board_id_of(record->writer);
  Effects effects;
  effects.push_back(
      PutBoardRow{{board, content.version, content.expiry, ground.today, put.record}});
  const bool is_news = situation.board == nullptr || situation.board->version < content.version;
  effects.push_back(reply(situation, Answer::kOk));
  if (!is_news) return effects;
  for (const BoardWatch& watch : situation.watches) {
    effects.push_back(SendPush{watch.connection, {watch.request, {content.version}, put.record}});
  }
  return effects;
}

}  // namespace tocsin
