#include "client/engine/engine.h"

#include "client/store/message_rows.h"
#include "client/store/setting.h"
#include "crypto/box/sign.h"
#include "crypto/ratchet/identity.h"

namespace tocsin {
namespace {
constexpr std::int64_t kRelayPause = 30 * kSecond;
}  // namespace

Status Engine::found(Database& db, Rng& rng) {
  if (TRY(find_setting(db, setting::kIdentitySecret)).has_value())
    return fail(kConstraint, "identity exists");
  const IdentityPair identity = make_identity_pair(rng);
  const SigningSecret signing = SigningSecret::random(rng);
  Transaction transaction = TRY(db.begin());
  TRY(save_setting(db, setting::kIdentitySecret, identity.secret.expose(kExpose)));
  TRY(save_setting(db, setting::kSigningSecret, signing.expose(kExpose)));
  return std::move(transaction).commit();
}

Result<std::unique_ptr<Engine>> Engine::open(const EngineParts& parts) {
  const SecretBytes kept_identity = TRY(load_setting(parts.db, setting::kIdentitySecret));
  const SecretBytes kept_signing = TRY(load_setting(parts.db, setting::kSigningSecret));
  IdentitySecret identity = TRY(IdentitySecret::from(kept_identity.expose(kExpose)));
  SigningSecret signing = TRY(SigningSecret::from(kept_signing.expose(kExpose)));
  std::unique_ptr<Engine> engine(new Engine(parts, std::move(identity), std::move(signing)));
  TRY(engine->reload());
  return engine;
}

Engine::Engine(const EngineParts& parts, IdentitySecret identity, SigningSecret signing)
    : parts_(parts),
      identity_secret_(std::move(identity)),
      signing_secret_(std::move(signing)),
      identity_(identity_public_of(identity_secret_)),
      signing_(signing_public_of(signing_secret_)) {
  if (Result<KemPool> pool = KemPool::create(); pool.has_value()) kem_pool_ = std::move(*pool);
}

bool Engine::may_ask(RelayId relay) const {
  const auto asked = unhelpful_.find(relay);
  if (asked == unhelpful_.end()) return true;
  // A clock set back does not make the pause longer.
  return now() < asked->second || now() >= milliseconds_after(asked->second, kRelayPause);
}

Status Engine::reload() {
  outbox_ = TRY(Outbox::restore(TRY(all_outbox_rows(db()))));
  assembler_ = Assembler::restore(TRY(all_fragments(db())));
  return {};
}

Status Engine::save_outbox_changes() {
  const OutboxChanges changes = outbox_.take_changes();
  for (const MessageId& id : changes.written) {
    const OutboxRow* row = outbox_.find(id);
    if (row == nullptr) continue;
    TRY(save_outbox_row(db(), *row));
    TRY(save_sent_progress(db(), *row, attention_of(*row, now()) == Attention::kUndelivered));
  }
  for (const MessageId& id : changes.erased) TRY(erase_outgoing(db(), id));
  return {};
}

}  // namespace tocsin
