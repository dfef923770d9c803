// One of every message and command, filled with recognisable bytes; shared by unit, vector and fuzz
// tests.
#pragma once

#include <algorithm>

#include "crypto/box/sign.h"
#include "protocol/wire/cell.h"
#include "protocol/wire/command.h"
#include "protocol/wire/welcome.h"

namespace tocsin::samples {

template <class FixedValue>
FixedValue filled(std::uint8_t byte) {
  FixedValue value;
  std::ranges::fill(value.mutable_view(), byte);
  return value;
}

inline Bytes bytes_of(std::size_t size, std::uint8_t byte) { return Bytes(size, byte); }

inline std::vector<Command> commands() {
  return {
      Ping{},
      CreateMailbox{filled<OwnerPublic>(0x11), MailboxClass::kInvitation, 64},
      Subscribe{filled<ReadId>(0x22), 16},
      Ack{filled<ReadId>(0x22), {0x0000'0007'0000'0003}, 5},
      RotateDrop{filled<ReadId>(0x22), OldDropId::kDiesNow},
      DeleteMailbox{filled<ReadId>(0x22)},
      Deposit{filled<DropId>(0x33), bytes_of(kEnvelopeBytes, 0x44)},
      PutBoard{bytes_of(kMaxBoardRecordBytes, 0x55)},
      DeleteBoard{filled<WriterPublic>(0x66), filled<Signature>(0x77)},
      GetBoard{filled<BoardId>(0x88)},
      WatchBoard{filled<BoardId>(0x88)},
  };
}

inline Request request(std::uint64_t id, const Command& command) {
  return {{id}, encode_command(command).value()};
}

// The largest requests there are: every byte of their proofs used.
inline Request largest_deposit() {
  Request deposit = request(9, Deposit{filled<DropId>(0x33), bytes_of(kEnvelopeBytes, 0x44)});
  deposit.access = bytes_of(kMaxAccessBytes, 0x99);
  return deposit;
}
inline Request largest_put() {
  Request put = request(10, PutBoard{bytes_of(kMaxBoardRecordBytes, 0x55)});
  put.access = bytes_of(kMaxAccessBytes, 0x99);
  return put;
}

inline std::vector<Message> messages() {
  Request tagged = request(3, Ack{filled<ReadId>(0x22), {0x0000'0007'0000'0003}, 5});
  tagged.tag = filled<Tag>(0xaa);
  return {
      Hello{{1}},
      Hello{{1, 2, 7}},
      SignedWelcome{bytes_of(193, 0xbb), filled<Signature>(0xcc)},
      Requests{{request(1, Ping{})}},
      Requests{{request(2, GetBoard{filled<BoardId>(0x88)}), tagged, request(4, Ping{})}},
      Requests{{largest_deposit()}},
      Requests{{largest_put()}},
      Replies{
          {{{1}, Answer::kOk}, {{2}, Answer::kSuperseded}, {{3}, Answer::kOk, bytes_of(64, 1)}}},
      Pushes{{{{2}, {0x0000'0007'0000'0004}, bytes_of(kEnvelopeBytes, 0x44)}}},
      Malformed{},
  };
}

inline RelayAddress address(const SigningSecret& store) {
  return {filled<CurvePublic>(0x12), store_pin_of(signing_public_of(store)), "relay.example.org",
          4242};
}

inline Welcome welcome(const SigningSecret& store) {
  return {.store = signing_public_of(store),
          .curve = filled<CurvePublic>(0x12),
          .session = filled<StoreSessionPublic>(0x13),
          .nonce = filled<WelcomeNonce>(0x14),
          .limits = default_limits(),
          .bulk_port = 4243,
          .work_bits = 3,
          .rough_day = {20'000},
          .notice = Notice{{20'100}, address(store)}};
}

}  // namespace tocsin::samples
