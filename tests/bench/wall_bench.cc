// tests/bench/wall_bench.cc: the inner session alone on one thread, in microseconds per message.
// Usage: wall_bench [--json]
#include <chrono>
#include <cstdio>
#include <string_view>

#include "crypto/box/box.h"
#include "crypto/ratchet/identity.h"
#include "crypto/ratchet/wall.h"

namespace tocsin {
namespace {

constexpr std::size_t kPlaintextBytes = 3679;  // what an envelope without a KEM block carries
constexpr int kRounds = 200;
constexpr int kMessagesPerRound = 16;  // one turn of the outer ratchet

struct Party {
  IdentityPair identity;
  InnerRecord record;
};

// One message from one party to the other.
Status pass(const InnerParty& from, InnerRecord& sender, const InnerParty& to,
            InnerRecord& receiver) {
  static const Bytes plaintext(kPlaintextBytes, 0x20);
  InnerSealed sealed = TRY(inner_seal(from, sender, plaintext));
  sender = std::move(sealed.record);
  InnerOpened opened = TRY(inner_open(to, receiver, {sealed.message, InnerForm::kPlain, {}}));
  receiver = std::move(opened.record);
  return {};
}

struct Figures {
  double chain_us = 0;  // seal and open within one chain
  double turn_us = 0;   // the same when the direction changes
};

double microseconds_of(std::chrono::steady_clock::duration duration) {
  return std::chrono::duration<double, std::micro>(duration).count();
}

Result<Figures> measure() {
  SystemRng rng;
  const IdentityPair alice = make_identity_pair(rng);
  const IdentityPair bob = make_identity_pair(rng);
  const PrekeyPair prekey = make_prekey_pair(rng);
  const SessionId sid = rng.draw<SessionId>();
  const InnerParty a{{alice.public_key, alice.secret}, sid, rng};
  const InnerParty b{{bob.public_key, bob.secret}, sid, rng};
  const Signature signature = TRY(sign_prekey(bob.secret, prekey.public_key, rng));
  InnerRecord sender = TRY(inner_start(a, {bob.public_key, prekey.public_key, signature, 1}));
  InnerSealed first = TRY(inner_seal(a, sender, as_bytes("first")));
  sender = std::move(first.record);
  InnerFirstOpened begun = TRY(inner_open_first(
      b, {first.message, alice.public_key, {1, prekey.public_key, prekey.secret}}));
  InnerRecord receiver = std::move(begun.record);
  TRY(pass(b, receiver, a, sender));

  std::chrono::steady_clock::duration chain{};
  std::chrono::steady_clock::duration turn{};
  for (int round = 0; round < kRounds; ++round) {
    auto start = std::chrono::steady_clock::now();
    TRY(pass(a, sender, b, receiver));
    TRY(pass(b, receiver, a, sender));
    turn += std::chrono::steady_clock::now() - start;
    TRY(pass(a, sender, b, receiver));
    start = std::chrono::steady_clock::now();
    for (int i = 0; i < kMessagesPerRound; ++i) TRY(pass(a, sender, b, receiver));
    chain += std::chrono::steady_clock::now() - start;
  }
  return Figures{microseconds_of(chain) / (kRounds * kMessagesPerRound),
                 microseconds_of(turn) / (kRounds * 2)};
}

}  // namespace
}  // namespace tocsin

int main(int argc, char** argv) {
  const bool json = argc == 2 && std::string_view(argv[1]) == "--json";
  if (const auto started = tocsin::start_crypto(); !started.has_value()) {
    std::fprintf(stderr, "error: %s\n", started.error().where);
    return 1;
  }
  const auto figures = tocsin::measure();
  if (!figures.has_value()) {
    std::fprintf(stderr, "error: %s (%d)\n", figures.error().where,
                 static_cast<int>(figures.error().code));
    return 1;
  }
  std::printf(json ? "{\"inner_chain_us\": %.1f, \"inner_turn_us\": %.1f}\n"
                   : "inner seal and open, one chain      %6.1f us\n"
                     "inner seal and open, new direction  %6.1f us\n",
              figures->chain_us, figures->turn_us);
  return 0;
}
