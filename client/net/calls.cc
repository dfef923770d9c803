#include "client/net/calls.h"

#include "protocol/mailbox/password.h"
#include "protocol/mailbox/work.h"

namespace tocsin::net {
namespace {

// Argon2id runs between two looks at the solver; one costs about 0.3 ms.
constexpr std::uint32_t kAttemptsPerStep = 256;

SessionFacts facts_of(const Welcome& welcome) {
  return {.relay = welcome.curve, .session = welcome.session, .nonce = welcome.nonce};
}

Result<Bytes> work_for(const Welcome& welcome, RequestId id, BytesView command) {
  WorkSolver solver(work_challenge(facts_of(welcome), id, command), welcome.work_bits);
  while (!TRY(solver.step(kAttemptsPerStep))) continue;
  return encode_work(solver.proof());
}

Result<Bytes> access_for(const Welcome& welcome, RequestId id, BytesView command,
                         const SecretBytes& password) {
  switch (welcome.access) {
    case AccessPolicy::kOpen:
      return work_for(welcome, id, command);
    case AccessPolicy::kPassword: {
      const AccessKey key = TRY(access_key_of(password, store_pin_of(welcome.store)));
      return prove_access(
          key, facts_of(welcome),
          {.id = id, .command = to_bytes(command), .tag = std::nullopt, .access = {}});
    }
    case AccessPolicy::kToken:
      break;
  }
  return fail(kRelayRefused, "access policy", static_cast<std::int64_t>(welcome.access));
}

Result<Tag> tag_for(const Welcome& welcome, RequestId id, BytesView command,
                    const OwnerKeys& owner) {
  const OwnerKey key = TRY(owner_key(owner.secret, owner.public_key, facts_of(welcome)));
  return owner_tag(key, id, command);
}

}  // namespace

Authorise as_owner(const OwnerKeys& owner) {
  return [owner](const Welcome& welcome, RequestId id, BytesView command) -> Result<Authorisation> {
    return Authorisation{.tag = TRY(tag_for(welcome, id, command, owner)), .access = {}};
  };
}

Authorise as_guest(const SecretBytes& password) {
  return [&password](const Welcome& welcome, RequestId id,
                     BytesView command) -> Result<Authorisation> {
    Bytes access = TRY(access_for(welcome, id, command, password));
    return Authorisation{.tag = std::nullopt, .access = std::move(access)};
  };
}

Authorise as_new_owner(const OwnerKeys& owner, const SecretBytes& password) {
  return [owner, &password](const Welcome& welcome, RequestId id,
                            BytesView command) -> Result<Authorisation> {
    const Tag tag = TRY(tag_for(welcome, id, command, owner));
    Bytes access = TRY(access_for(welcome, id, command, password));
    return Authorisation{.tag = tag, .access = std::move(access)};
  };
}

DepositAnswer deposit_answer(Answer answer) {
  switch (answer) {
    case Answer::kOk:
      return DepositAnswer::kOk;
    case Answer::kFull:
      return DepositAnswer::kFull;
    case Answer::kBusy:
    case Answer::kExpired:  // the proof came too late: the same bytes again, later
      return DepositAnswer::kBusy;
    case Answer::kRefused:
      return DepositAnswer::kRefused;
    case Answer::kTooLargeCommand:
    case Answer::kMalformedCommand:
    case Answer::kUnsupported:
    case Answer::kSuperseded:
      return DepositAnswer::kImpossible;
  }
  return DepositAnswer::kImpossible;
}

}  // namespace tocsin::net
