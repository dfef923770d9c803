// protocol/wire/message.h: everything one cell can say, decoded.
//
// Spec:    protocol/spec/wire.md WIR-3 … WIR-7
// Shape:   Message is one of Hello, SignedWelcome, Requests, Replies, Pushes, Malformed
// Threads: values only
#pragma once

#include <optional>
#include <variant>
#include <vector>

#include "crypto/base/bytes.h"
#include "crypto/base/strong.h"
#include "crypto/keys/keys.h"

namespace tocsin {

// Chosen by the client, strictly rising over one connection; the reply echoes it.
using RequestId = Strong<struct RequestIdTag, std::uint64_t>;
// Order of a mailbox's cells: boot epoch in the high, counter in the low 32 bits. Zero is "none".
using Sequence = Strong<struct SequenceTag, std::uint64_t>;
using Version = std::uint16_t;
inline constexpr Version kProtocolVersion = 1;

// What a peer is told; coarse on purpose. Values are the wire's.
enum class Answer : std::uint16_t {
  kOk = 0,
  kRefused = 1,
  kFull = 2,
  kTooLargeCommand = 3,
  kMalformedCommand = 4,
  kBusy = 5,
  kExpired = 6,
  kUnsupported = 7,
  kSuperseded = 8,
};
inline constexpr std::uint16_t kAnswerCount = 9;
std::string_view answer_name(Answer answer);

struct Hello {
  std::vector<Version> versions;  // strictly rising, 1 … kMaxVersions of them
  bool operator==(const Hello&) const = default;
};

// The signed bytes and their signature; protocol/wire/welcome.h verifies, then parses.
struct SignedWelcome {
  Bytes body;
  Signature signature;
  bool operator==(const SignedWelcome&) const = default;
};

// The command stays as the bytes that tags and proofs are made over (protocol/wire/command.h).
struct Request {
  RequestId id;
  Bytes command;
  std::optional<Tag> tag = std::nullopt;  // owner's commands only
  Bytes access = {};                      // proof of work, password proof or token; may be empty
  bool operator==(const Request&) const = default;
};
struct Requests {
  std::vector<Request> list;
  bool operator==(const Requests&) const = default;
};

struct Reply {
  RequestId id;
  Answer answer = Answer::kOk;
  Bytes body = {};  // protocol/wire/reply.h
  bool operator==(const Reply&) const = default;
};
struct Replies {
  std::vector<Reply> list;
  bool operator==(const Replies&) const = default;
};

// A cell of a mailbox (body = envelope), or a board's new record (sequence = its version).
struct Push {
  RequestId subscription;  // the request that subscribed or watches
  Sequence sequence;
  Bytes body;
  bool operator==(const Push&) const = default;
};
struct Pushes {
  std::vector<Push> list;
  bool operator==(const Pushes&) const = default;
};

// The last cell did not decode.
struct Malformed {
  bool operator==(const Malformed&) const = default;
};

using Message = std::variant<Hello, SignedWelcome, Requests, Replies, Pushes, Malformed>;

}  // namespace tocsin
