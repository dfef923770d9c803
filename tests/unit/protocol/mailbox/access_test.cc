#include "protocol/mailbox/access.h"

#include <gtest/gtest.h>

#include "protocol/codes.h"
#include "tests/support/wire_samples.h"

namespace tocsin {
namespace {

const SessionFacts kFacts{samples::filled<CurvePublic>(1), samples::filled<StoreSessionPublic>(2),
                          samples::filled<WelcomeNonce>(3)};

WorkProof solved(const WorkChallenge& challenge, std::uint32_t bits) {
  WorkSolver solver(challenge, bits);
  while (!solver.step(16).value()) continue;
  return solver.proof();
}

// MBX-6.1, MBX-6.2, MBX-6.3
TEST(AccessTest, SolvedWorkPassesBothParts) {
  Request request = samples::request(7, Ping{});
  const WorkChallenge challenge = work_challenge(kFacts, request.id, request.command);
  const WorkProof proof = solved(challenge, 3);
  EXPECT_TRUE(check_hashcash(challenge, proof).has_value());
  EXPECT_TRUE(check_argon(challenge, proof, 3).has_value());
  EXPECT_EQ(check_argon(challenge, proof, kMaxWorkBits).error().code, kRefusedWork);

  request.access = encode_work(proof);
  EXPECT_EQ(request.access.size(), 17u);
  EXPECT_EQ(decode_work(request.access).value(), proof);
  const auto judged = judge_access({.work_bits = 3}, kFacts, request);
  ASSERT_TRUE(std::holds_alternative<DearCheck>(judged));
  const DearCheck& dear = std::get<DearCheck>(judged);
  EXPECT_TRUE(check_argon(dear.challenge, dear.proof, dear.bits).has_value());
  EXPECT_EQ(std::get<AccessVerdict>(judge_access({.work_bits = 0}, kFacts, request)),
            AccessVerdict::kGranted);
}

// MBX-6.1: nothing of it can be moved.
TEST(AccessTest, WorkIsBoundToRelayConnectionRequestAndCommand) {
  const Bytes command = encode_command(Ping{}).value();
  const WorkChallenge challenge = work_challenge(kFacts, {7}, command);
  SessionFacts other = kFacts;
  other.relay = samples::filled<CurvePublic>(9);
  EXPECT_NE(work_challenge(other, {7}, command), challenge);
  other = kFacts;
  other.nonce = samples::filled<WelcomeNonce>(9);
  EXPECT_NE(work_challenge(other, {7}, command), challenge);
  EXPECT_NE(work_challenge(kFacts, {8}, command), challenge);
  EXPECT_NE(work_challenge(kFacts, {7}, Bytes(8)), challenge);
}

// MBX-6.2, MBX-6.3: the dear part is never reached by a wrong cheap part.
TEST(AccessTest, WrongHashcashIsRefusedBeforeAnythingDear) {
  Request request = samples::request(7, Ping{});
  const WorkChallenge challenge = work_challenge(kFacts, request.id, request.command);
  WorkProof proof = solved(challenge, 0);
  proof.hashcash += 1;
  ASSERT_EQ(check_hashcash(challenge, proof).error().code, kRefusedWork);
  request.access = encode_work(proof);
  EXPECT_EQ(std::get<AccessVerdict>(judge_access({.work_bits = 20}, kFacts, request)),
            AccessVerdict::kRefused);
}

// MBX-6.4: the bits are the connection's, not those of the hour.
TEST(AccessTest, TheDearPartAsksForTheBitsTheConnectionWasTold) {
  Request request = samples::request(7, Ping{});
  request.access = encode_work(solved(work_challenge(kFacts, request.id, request.command), 0));
  EXPECT_EQ(std::get<DearCheck>(judge_access({.work_bits = 5}, kFacts, request)).bits, 5u);
}

TEST(AccessTest, SolvingIsBoundedPerStepAndGoesOnWhereItStopped) {
  const WorkChallenge challenge = work_challenge(kFacts, {7}, Bytes(8));
  WorkSolver solver(challenge, 0);
  int steps = 1;
  while (!solver.step(1).value()) ++steps;
  EXPECT_GT(steps, 1) << "16 bits take more than a thousand hashes";
  EXPECT_EQ(solver.proof(), solved(challenge, 0));
  EXPECT_TRUE(solver.step(1).value()) << "done stays done";
}

// MBX-7.1, MBX-7.2
TEST(AccessTest, APasswordProofHoldsForItsPasswordRelayAndRequestOnly) {
  const auto pin = samples::filled<StorePin>(1);
  const auto key = access_key_of(SecretBytes::copy_of(as_bytes("correct horse")), pin);
  const auto wrong = access_key_of(SecretBytes::copy_of(as_bytes("correct house")), pin);
  const auto elsewhere =
      access_key_of(SecretBytes::copy_of(as_bytes("correct horse")), samples::filled<StorePin>(2));
  ASSERT_TRUE(key.has_value() && wrong.has_value() && elsewhere.has_value());
  Request request = samples::request(7, Ping{});
  request.access = prove_access(*key, kFacts, request);
  EXPECT_EQ(request.access.size(), 33u);
  EXPECT_TRUE(check_access_proof(*key, kFacts, request).has_value());
  EXPECT_EQ(check_access_proof(*wrong, kFacts, request).error().code, kRefusedAccess);
  EXPECT_EQ(check_access_proof(*elsewhere, kFacts, request).error().code, kRefusedAccess);
  Request later = request;
  later.id = {8};
  EXPECT_EQ(check_access_proof(*key, kFacts, later).error().code, kRefusedAccess);
  Request other = request;
  other.command.back() ^= 1;
  EXPECT_EQ(check_access_proof(*key, kFacts, other).error().code, kRefusedAccess);

  const AccessRule rule{.policy = AccessPolicy::kPassword, .password = &*key};
  EXPECT_EQ(std::get<AccessVerdict>(judge_access(rule, kFacts, request)), AccessVerdict::kGranted);
  EXPECT_EQ(std::get<AccessVerdict>(judge_access(rule, kFacts, later)), AccessVerdict::kRefused);
}

// WIR-5.1
TEST(AccessTest, ProofsOfAnotherKindOrLengthAreRefused) {
  SeededRng rng(1);
  const AccessKey key = AccessKey::random(rng);
  Request request = samples::request(7, Ping{});
  const AccessRule open{.work_bits = 0};
  const AccessRule password{.policy = AccessPolicy::kPassword, .password = &key};
  const AccessRule token{.policy = AccessPolicy::kToken};
  for (const AccessRule& rule : {open, password, token}) {
    request.access = {};
    EXPECT_EQ(std::get<AccessVerdict>(judge_access(rule, kFacts, request)), AccessVerdict::kNone);
    for (const std::size_t size : {1u, 16u, 17u, 18u, 32u, 33u, 34u, 104u}) {
      for (const unsigned kind : {0u, 1u, 2u, 3u, 255u}) {
        request.access = Bytes(size, 0);
        request.access[0] = static_cast<std::uint8_t>(kind);
        EXPECT_EQ(std::get<AccessVerdict>(judge_access(rule, kFacts, request)),
                  AccessVerdict::kRefused);
      }
    }
  }
}

// MBX-5.1
TEST(AccessTest, OnlyStrangersCommandsNeedAccess) {
  const auto commands = samples::commands();
  MailboxRow mailbox;
  for (const Command& command : commands) {
    const bool always = std::holds_alternative<CreateMailbox>(command);
    const bool new_board = std::holds_alternative<PutBoard>(command);
    const bool deposit = std::holds_alternative<Deposit>(command);
    const BoardRow board;
    for (const MailboxClass mailbox_class :
         {MailboxClass::kContact, MailboxClass::kInvitation, MailboxClass::kPublic}) {
      mailbox.mailbox_class = mailbox_class;
      const bool needs = always || new_board || (deposit && mailbox_class == MailboxClass::kPublic);
      EXPECT_EQ(access_need(command, &mailbox, nullptr) == AccessNeed::kYes, needs);
      EXPECT_EQ(access_need(command, &mailbox, &board) == AccessNeed::kYes, needs && !new_board);
    }
    EXPECT_EQ(access_need(command, nullptr, nullptr) == AccessNeed::kYes, always || new_board);
  }
}

}  // namespace
}  // namespace tocsin
