// tests/bench/session_bench.cc: whole sessions on one thread: content of a full cell in, envelope,
// content out; both ratchets, key generation counted.
//
// Ping-pong is compared with the sum of its parts: what the same cryptography costs when nothing
// else is done, measured in the same run, one after the other. Time is this thread's processor
// time: another process on the machine costs both sides nothing.
//
// One JSON object to standard output. Usage: session_bench [--quick]
#include <time.h>

#include <string_view>

#include "crypto/box/aead.h"
#include "crypto/box/box.h"
#include "crypto/box/hash.h"
#include "crypto/box/openssl.h"
#include "crypto/ratchet/libsignal/donna.h"
#include "crypto/ratchet/limits.h"
#include "tests/bench/figures.h"
#include "tests/support/ratchet_people.h"

namespace tocsin::bench {
namespace {

using namespace testing_support;

// Processor time of this thread, in seconds.
double processor_seconds() {
  timespec now{};
  if (::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now) != 0) give_up("processor clock");
  return static_cast<double>(now.tv_sec) + static_cast<double>(now.tv_nsec) * 1e-9;
}

// Signal's libsignal (with its post-quantum ratchet) through its Node binding, same work, as
// measured when the design was made; it is not installed here, so this is no ceiling of this run.
constexpr double kSignalPingPong = 2'800;
constexpr double kSignalHandshake = 640;
constexpr double kOneWayGoal = 12'000;
constexpr double kPartsGoal = 0.85;

// Seals what fits and opens it.
void pass(const Person& from, Session& sender, const Person& to, Session& receiver, Rng& rng,
          Hour hour) {
  const SealTiming timing{hour};
  const Bytes content(must(sender.capacity(timing), "capacity"), 0x20);
  const Sealed sealed =
      must(sender.seal(content, {.identity = from.inner(), .rng = rng, .timing = timing}), "seal");
  if (!std::holds_alternative<Opened>(
          receiver.open(sealed.copies.front(), {to.inner(), rng, Day{20'000}})))
    give_up("a message did not open");
}

class Talk {
 public:
  double one_way(int rounds) {
    constexpr int kRun = 200;  // of one side, before the other answers
    const double start = processor_seconds();
    for (int round = 0; round < rounds; ++round) {
      for (int i = 0; i < kRun; ++i) there();
      back();
    }
    return rounds * kRun / (processor_seconds() - start);
  }
  // Each answers the other; `hours` between two trips make every message turn the outer ratchet.
  double ping_pong(int trips, std::uint32_t hours) {
    const double start = processor_seconds();
    for (int i = 0; i < trips; ++i) {
      hour_.value += hours;
      there();
      back();
    }
    return 2 * trips / (processor_seconds() - start);
  }
  double handshake(int contacts) {
    const double start = processor_seconds();
    for (int i = 0; i < contacts; ++i) {
      const Meeting meeting = approach(pair_->alice, pair_->bob, no_psk(), rng_);
      must(answer(pair_->bob, meeting, no_psk(), rng_), "first contact");
    }
    return contacts / (processor_seconds() - start);
  }

 private:
  void there() {
    pass(pair_->alice, pair_->a->session(), pair_->bob, pair_->b->session(), rng_, hour_);
  }
  void back() {
    pass(pair_->bob, pair_->b->session(), pair_->alice, pair_->a->session(), rng_, hour_);
  }
  SystemRng rng_;
  std::unique_ptr<Pair> pair_ = make_talking_pair(rng_);
  Hour hour_{500'000};
};

// The cryptography of one ping-pong message, sealed and opened, as protocol/spec/inner.md and
// session.md write it; nothing parsed, stored, copied or checked besides.
class Parts {
 public:
  double messages_per_second(int messages) {
    const double start = processor_seconds();
    for (int i = 0; i < messages; ++i) message();
    return messages / (processor_seconds() - start);
  }

 private:
  // INN turn: the receiver's new ratchet key, and an agreement for either chain.
  static constexpr int kAgreements = 2;
  // Two root keys (extract, two blocks each); on either side two steps of the chain and the message
  // keys (extract, three blocks).
  static constexpr int kSmallHmacs = 2 * 3 + 2 * (2 + 4);
  // On either side a step of the outer chain.
  static constexpr int kSmallHashes = 2 * 2;

  void message() {
    rng_.fill(scalar_);
    donna(scalar_, base_);
    for (int i = 0; i < kAgreements; ++i) donna(scalar_, point_);
    for (int i = 0; i < kSmallHmacs; ++i) hmac_sha256(key_, {key_});
    const AesKeyView aes{AesMode::kCbcPkcs7, key_, BytesView(key_).first(16)};
    const SecretBytes cipher = must(aes256_encrypt(aes, content_), "aes");
    const BytesView inner = cipher.expose(kExpose);
    hmac_sha256(key_, {inner});
    blake2b_of<BodyHash>({inner});
    const AeadParameters outer{key_, rng_.draw<Nonce>(), associated_};
    const Bytes header = seal(outer, header_);
    const Bytes body = seal(outer, inner);
    for (int i = 0; i < kSmallHashes; ++i) derive<ChainKey>(key_, {associated_});
    must(open(outer, header), "header");
    const SecretBytes opened = must(open(outer, body), "body");
    blake2b_of<BodyHash>({opened.expose(kExpose)});
    hmac_sha256(key_, {opened.expose(kExpose)});
    must(aes256_decrypt(aes, opened.expose(kExpose)), "aes");
  }
  using Raw = std::array<std::uint8_t, 32>;
  static void donna(const Raw& scalar, const Raw& point) {
    Raw result{};
    if (curve25519_donna(result.data(), scalar.data(), point.data()) != 0) give_up("X25519");
  }

  SystemRng rng_;
  Raw scalar_{}, base_{9}, key_{7}, point_ = [] {
    Raw point{};
    const Raw scalar{0x40, 1}, base{9};
    curve25519_donna(point.data(), scalar.data(), base.data());
    return point;
  }();
  Bytes content_ = Bytes(kContentPlain, 0x20);
  Bytes header_ = Bytes(kOuterHeaderBytes);
  Bytes associated_ = Bytes(48);
};

Row at_least(const std::string& figure, double value, double goal, const std::string& why) {
  return {figure, "/s", value, why, value >= goal};
}

nlohmann::json measure(int scale) {
  Talk talk;
  Parts parts;
  // As the parts count it: one new key and two agreements a message.
  const std::uint64_t before = libsignal::multiplications_on_this_thread();
  talk.ping_pong(50, 0);
  const double each =
      static_cast<double>(libsignal::multiplications_on_this_thread() - before) / 100;
  if (each < 2.9 || each > 3.1) give_up("a message costs another number of multiplications");

  std::vector<double> one_way, turning, handshake;
  bench::Pairs ping_pong;
  for (int pair = 0; pair < 7; ++pair) {
    const double ceiling = parts.messages_per_second(400 * scale);
    ping_pong.add(ceiling, talk.ping_pong(200 * scale, 0));
    one_way.push_back(talk.one_way(5 * scale));
    turning.push_back(talk.ping_pong(50 * scale, 1));
    handshake.push_back(talk.handshake(25 * scale));
  }
  nlohmann::json rows;
  rows.push_back(
      to_json(at_least("session: one way", median(one_way), kOneWayGoal, ">= 12,000 /s")));
  rows.push_back(to_json("session: ping-pong", "sum of its parts", ping_pong, kPartsGoal));
  rows.push_back(to_json(at_least("session: ping-pong, beside Signal's", ping_pong.ours(),
                                  kSignalPingPong, "> 2,800 /s (not of this run)")));
  rows.push_back(to_json(at_least("session: ping-pong, every message turns the outer ratchet",
                                  median(turning), 0, "none")));
  rows.push_back(to_json(at_least("session: first contact, made and accepted", median(handshake),
                                  kSignalHandshake, "> 640 /s (not of this run)")));
  return rows;
}

}  // namespace
}  // namespace tocsin::bench

int main(int argc, char** argv) {
  if (!tocsin::start_crypto()) return 1;
  const bool quick = argc > 1 && std::string_view(argv[1]) == "--quick";
  const nlohmann::json result{{"rows", tocsin::bench::measure(quick ? 2 : 5)}};
  std::printf("%s\n", result.dump().c_str());
  return 0;
}
