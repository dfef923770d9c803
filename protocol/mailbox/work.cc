#include "protocol/mailbox/work.h"

#include <bit>

#include "crypto/base/codec.h"
#include "crypto/box/argon2.h"
#include "crypto/box/hash.h"
#include "crypto/box/labels.h"
#include "protocol/codes.h"

namespace tocsin {
namespace {

constexpr std::uint8_t kWorkKind = 1;
constexpr Argon2Cost kWorkCost{.memory_kibibytes = kWorkMemoryKibibytes, .passes = 1};
constexpr std::size_t kWorkHashBytes = 32;
constexpr std::uint32_t kHashesPerAttempt = 1'000;  // of SHA-256, about one Argon2id run

std::uint32_t leading_zero_bits(BytesView hash) {
  std::uint32_t bits = 0;
  for (const std::uint8_t byte : hash) {
    bits += static_cast<std::uint32_t>(std::countl_zero(byte));
    if (byte != 0) break;
  }
  return bits;
}

}  // namespace

Bytes encode_work(const WorkProof& proof) {
  Writer access;
  access.integer(kWorkKind).integer(proof.hashcash).integer(proof.argon);
  return std::move(access).take();
}

Result<WorkProof> decode_work(BytesView access) {
  Reader reader(access);
  const auto kind = reader.integer<std::uint8_t>();
  WorkProof proof;
  proof.hashcash = reader.integer<std::uint64_t>();
  proof.argon = reader.integer<std::uint64_t>();
  TRY(reader.finish("work proof"));
  if (kind != kWorkKind) return fail(kMalformed, "work proof kind", kind);
  return proof;
}

WorkChallenge work_challenge(const SessionFacts& facts, RequestId id, BytesView command) {
  return blake2b_of<WorkChallenge>({label_bytes(Label::kWork), facts.relay.view(),
                                    facts.nonce.view(), Writer().integer(id.value).view(),
                                    command});
}

Status check_hashcash(const WorkChallenge& challenge, const WorkProof& proof) {
  const Sha256 hash = sha256({challenge.view(), Writer().integer(proof.hashcash).view()});
  if (leading_zero_bits(hash.view()) < kHashcashBits) return fail(kRefusedWork, "hashcash");
  return {};
}

Status check_argon(const WorkChallenge& challenge, const WorkProof& proof, std::uint32_t bits) {
  if (bits == 0) return {};
  Writer password;
  password.raw(challenge.view()).integer(proof.hashcash).integer(proof.argon);
  const auto salt = TRY(Argon2Salt::from(challenge.view().first(Argon2Salt::kBytes)));
  const SecretBytes hash = TRY(argon2id(password.view(), salt, kWorkCost, kWorkHashBytes));
  if (leading_zero_bits(hash.expose(kExpose)) < bits) return fail(kRefusedWork, "Argon2id", bits);
  return {};
}

WorkSolver::WorkSolver(const WorkChallenge& challenge, std::uint32_t bits)
    : challenge_(challenge), bits_(bits) {}

Result<bool> WorkSolver::step(std::uint32_t attempts) {
  const std::uint64_t hashes = std::uint64_t{attempts} * kHashesPerAttempt;
  for (std::uint64_t i = 0; i < hashes && !hashcash_done_; ++i) {
    hashcash_done_ = check_hashcash(challenge_, proof_).has_value();
    if (!hashcash_done_) ++proof_.hashcash;
  }
  if (!hashcash_done_) return false;
  for (std::uint32_t i = 0; i < attempts && !done_; ++i) {
    const Status tried = check_argon(challenge_, proof_, bits_);
    done_ = tried.has_value();
    if (done_) break;
    if (tried.error().code != kRefusedWork) return fail(tried.error());  // no memory, say
    ++proof_.argon;
  }
  return done_;
}

}  // namespace tocsin
