// protocol/mailbox/work.h: what a stranger pays: hashcash first, then memory-hard work.
//
// Spec:    protocol/spec/mailbox.md MBX-6
// Source:  hashcash over SHA-256; Argon2id (RFC 9106), 1 MiB, one pass, one lane
// Shape:   the challenge binds relay, connection, request id and command; a proof fits one request
//          on one connection and cannot be stockpiled
// Layout:  access bytes of a Request: kind 1 | u64 hashcash counter | u64 Argon2id counter
// Errors:  malformed, refused_work
// Threads: values only; WorkSolver belongs to one
// Cost:    cheap check one SHA-256; dear check one Argon2id (about 0.3 ms)
#pragma once

#include "protocol/limits.h"
#include "protocol/mailbox/owner_tag.h"

namespace tocsin {

struct WorkProof {
  std::uint64_t hashcash = 0;
  std::uint64_t argon = 0;
  bool operator==(const WorkProof&) const = default;
};
Bytes encode_work(const WorkProof& proof);
Result<WorkProof> decode_work(BytesView access);

WorkChallenge work_challenge(const SessionFacts& facts, RequestId id, BytesView command);

// The verifier's two parts; the second only after the first.
Status check_hashcash(const WorkChallenge& challenge, const WorkProof& proof);
Status check_argon(const WorkChallenge& challenge, const WorkProof& proof, std::uint32_t bits);

// The client's side: call step() until it is done; stop calling to cancel.
class WorkSolver {
 public:
  WorkSolver(const WorkChallenge& challenge, std::uint32_t bits);
  // Tries at most `attempts` Argon2id runs (or as many thousand hashes); true once solved.
  Result<bool> step(std::uint32_t attempts);
  const WorkProof& proof() const { return proof_; }

 private:
  WorkChallenge challenge_;
  std::uint32_t bits_;
  WorkProof proof_;
  bool hashcash_done_ = false;
  bool done_ = false;
};

}  // namespace tocsin
