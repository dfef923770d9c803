// The transcript of one session, from its first contact to a fork and a rollback.
#include <gtest/gtest.h>

#include "crypto/ratchet/session_state.h"
#include "tests/vectors/vector_people.h"

namespace tocsin::vectors {
namespace {

using namespace testing_support;

class Transcriber {
 public:
  Transcriber() : pair_{Person(rng_), Person(rng_), std::nullopt, std::nullopt} {
    const Psk psk = no_psk();
    write_person(text_, "initiator", pair_.alice);
    write_person(text_, "responder", pair_.bob);
    Meeting meeting = meet(pair_.alice, pair_.bob, psk, "first", rng_);
    Responded responded = answer(pair_.bob, meeting, psk, rng_).value();
    text_.block("first contact")
        .bytes("psk", psk.expose(kExpose))
        .bytes("envelope", meeting.initiated.envelope.view())
        .bytes("transcript (th)", meeting.initiated.transcript.view())
        .bytes("record", meeting.record.view())
        .word("content, without padding", to_hex(as_bytes("first")));
    pair_.a.emplace(pair_.alice, std::move(meeting.initiated.session), rng_);
    pair_.b.emplace(pair_.bob, std::move(responded.session), rng_);
    write_state("initiator afterwards", *pair_.a);
    write_state("responder afterwards", *pair_.b);
  }

  std::string run() && {
    dialogue();
    gap();
    reorder();
    alarms();
    return std::move(text_).take();
  }

 private:
  End& a() { return *pair_.a; }
  End& b() { return *pair_.b; }

  static void turn_when_possible(End& end) { end.since_unlock = SinceUnlock::kFirstSeal; }

  void write_state(std::string_view name, End& end) {
    const SessionState& state = state_of(end.session());
    text_.block(name).bytes("sid", state.sid.view()).bytes("root (R)", state.root.expose(kExpose));
    if (state.sending) {
      text_.number("sending epoch", state.sending->epoch.value)
          .bytes("sending CK", state.sending->chain.expose(kExpose))
          .bytes("sending HK", state.sending->header.expose(kExpose))
          .bytes("sending KK", state.sending->block.expose(kExpose));
    }
    if (state.receiving) {
      text_.number("receiving epoch", state.receiving->epoch.value)
          .bytes("receiving CK", state.receiving->chain.expose(kExpose))
          .bytes("receiving HK", state.receiving->header.expose(kExpose))
          .bytes("receiving KK", state.receiving->block.expose(kExpose));
    }
    const auto* waiting = std::get_if<Waiting>(&state.turn);
    const NextKeys& next = waiting != nullptr ? waiting->next : std::get<Entitled>(state.turn).next;
    text_.bytes("next HK", next.header.expose(kExpose))
        .bytes("next KK", next.block.expose(kExpose));
    write_offer(state);
  }

  // With it the next turn's secret follows from that turn's ciphertext.
  void write_offer(const SessionState& state) {
    const auto* waiting = std::get_if<Waiting>(&state.turn);
    if (waiting == nullptr) return;
    text_.bytes("offered KEM secret", waiting->offered.secret.expose(kExpose))
        .bytes("offered KEM public", waiting->offered.public_key.view());
  }

  Envelope sealed(std::string_view name, End& from, std::string_view words) {
    const Envelope envelope = from.seal(words);
    from.since_unlock = SinceUnlock::kLaterSeal;
    const SessionState& state = state_of(from.session());
    const auto header = open_header(state.sid, state.sending->header, envelope).value();
    text_.block(name)
        .word("from", &from == &*pair_.a ? "initiator" : "responder")
        .bytes("content, without padding", as_bytes(words))
        .bytes("header", header.view())
        .bytes("HK", state.sending->header.expose(kExpose));
    if (state.sending->offer) {
      text_.bytes("KK", state.sending->block.expose(kExpose))
          .bytes("root after", state.root.expose(kExpose));
      write_offer(state);
    }
    text_.bytes("CK after", state.sending->chain.expose(kExpose))
        .bytes("envelope", envelope.view());
    return envelope;
  }

  void opened(std::string_view what, End& to, const Envelope& envelope, std::string_view outcome) {
    const OpenOutcome got = to.open(envelope);
    EXPECT_EQ(name_of(got), outcome) << what;
    text_.word(what, name_of(got));
  }
  // Sealed and opened at once.
  void passed(std::string_view name, End& from, End& to, std::string_view words) {
    opened("outcome", to, sealed(name, from, words), "Opened");
  }

  void dialogue() {
    passed("prekey form, epoch 0", a(), b(), "before any answer");
    passed("turn 1: epoch 1", b(), a(), "an answer");
    passed("epoch 0 again, with proof of epoch 1", a(), b(), "thanks");
    turn_when_possible(a());
    passed("turn 2: epoch 2", a(), b(), "second turn");
    turn_when_possible(b());
    passed("turn 3: epoch 3", b(), a(), "third turn");
  }

  void gap() {
    turn_when_possible(a());
    passed("turn 4: epoch 4", a(), b(), "before the gap");
    std::vector<Envelope> lost;
    for (int i = 0; i < 300; ++i) lost.push_back(a().seal("lost " + std::to_string(i)));
    const Envelope after = sealed("after a gap of 300", a(), "after the gap");
    const OpenOutcome outcome = b().open(after);
    text_.word("outcome", name_of(outcome)).number("lost", std::get<Opened>(outcome).lost);
    text_.block("from the gap, counter 44: its key was not kept")
        .bytes("envelope", lost[43].view());
    opened("outcome", b(), lost[43], "Unopenable message-key");
    text_.block("from the gap, counter 45: the oldest key kept").bytes("envelope", lost[44].view());
    opened("outcome", b(), lost[44], "Opened");
  }

  void reorder() {
    const Envelope overtaken = sealed("overtaken, epoch 4", a(), "overtaken");
    turn_when_possible(b());
    passed("turn 5: epoch 5", b(), a(), "answer to the gap");
    turn_when_possible(a());
    passed("turn 6: epoch 6", a(), b(), "overtakes");
    text_.block("the overtaken envelope of epoch 4 arrives");
    opened("outcome", b(), overtaken, "Opened");

    const auto copies = b().try_seal("to two relays", 2).value().copies;
    text_.block("two copies of one message")
        .bytes("first envelope", copies[0].view())
        .bytes("second envelope", copies[1].view());
    opened("outcome of the second, arriving first", a(), copies[1], "Opened");
    opened("outcome of the first", a(), copies[0], "Duplicate");
    opened("outcome of the second again", a(), copies[1], "Duplicate");
  }

  void alarms() {
    End copy = a().restored();
    passed("the original continues", a(), b(), "original");
    text_.block("a copy of its state continues as well");
    const Envelope twin = copy.seal("copy");
    text_.bytes("envelope of the copy", twin.view());
    opened("outcome", b(), twin, "Forked");

    End old = b().restored();
    turn_when_possible(b());
    passed("turn 7: epoch 7", b(), a(), "seventh turn");
    const Envelope seen = sealed("the peer has seen epoch 7", a(), "seen");
    text_.comment("opened by a responder restored from before turn 7:");
    opened("outcome", old, seen, "RolledBack");
    text_.comment("opened by the responder itself:");
    opened("outcome", b(), seen, "Opened");
  }

  SeededRng rng_{0x70C51};
  VectorText text_{
      "Vectors of protocol/spec/session.md. Bytes in hexadecimal, numbers in decimal. Contents are "
      "any "
      "bytes here, without the header of content.md."};
  Pair pair_;
};

}  // namespace

VectorFile session_vectors() { return {"session.txt", Transcriber().run()}; }

}  // namespace tocsin::vectors
