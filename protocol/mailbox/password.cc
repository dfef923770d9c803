#include "protocol/mailbox/password.h"

#include "crypto/base/codec.h"
#include "crypto/box/argon2.h"
#include "crypto/box/hash.h"
#include "crypto/box/labels.h"
#include "protocol/codes.h"
#include "protocol/limits.h"

namespace tocsin {
namespace {

constexpr std::uint8_t kPasswordKind = 2;
constexpr Argon2Cost kPasswordCost{.memory_kibibytes = kPasswordMemoryKibibytes,
                                   .passes = kPasswordPasses};
using AccessProof = Fixed<struct AccessProofTag, 32>;

// MBX-7.2
AccessProof proof_of(const AccessKey& key, const SessionFacts& facts, const Request& request) {
  return keyed_blake2b_of<AccessProof>(
      key.expose(kExpose), {label_bytes(Label::kAccess), facts.relay.view(), facts.nonce.view(),
                            Writer().integer(request.id.value).view(), request.command});
}

}  // namespace

Result<AccessKey> access_key_of(const SecretBytes& password, const StorePin& relay) {
  const auto salt = TRY(Argon2Salt::from(relay.view()));
  SecretBytes key = TRY(argon2id(password.expose(kExpose), salt, kPasswordCost, AccessKey::kBytes));
  return AccessKey::take(key.expose_mutable(kExpose));
}

Bytes prove_access(const AccessKey& key, const SessionFacts& facts, const Request& request) {
  Writer access;
  access.integer(kPasswordKind).raw(proof_of(key, facts, request).view());
  return std::move(access).take();
}

Status check_access_proof(const AccessKey& key, const SessionFacts& facts, const Request& request) {
  Reader reader(request.access);
  const auto kind = reader.integer<std::uint8_t>();
  const auto given = reader.fixed<AccessProof>();
  TRY(reader.finish("password proof"));
  if (kind != kPasswordKind) return fail(kMalformed, "password proof kind", kind);
  if (!equal_in_constant_time(given.view(), proof_of(key, facts, request).view()))
    return fail(kRefusedAccess, "password proof");
  return {};
}

}  // namespace tocsin
