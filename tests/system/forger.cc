// A responder's vault in the wrong hands: sends alerts that the program itself refuses to send.
//
// Usage:  tocsin-forger VAULT KEY-FILE altered|single|expired DRAFT [OFFLINE-KEY]
//   altered   the alert of DRAFT as it was signed, with another telephone number in it
//   single    a new alert after DRAFT, signed with this vault's key alone
//   expired   a new alert after DRAFT, signed with this vault's key and OFFLINE-KEY, valid until
//             yesterday
// What it sends travels like any other message: same session, same engine, same relay.
#include <charconv>
#include <cstdio>
#include <span>
#include <string_view>

#include "client/cli/rounds.h"
#include "client/cli/unlock.h"
#include "client/engine/alerts.h"
#include "client/engine/sending.h"
#include "client/store/organisation_rows.h"
#include "crypto/box/box.h"

namespace tocsin {
namespace {

constexpr std::uint32_t kDaysAgo = 10;

struct Order {
  Path vault;
  Path key_file;
  std::string_view kind;
  std::int64_t draft = 0;
  Path offline_key;
};

Result<SigningSecret> offline_secret(const Path& path) {
  const VaultKeyFile key = TRY(read_key_file(path));
  return SigningSecret::from(key.expose(kExpose));
}

Result<AlertMessage> signed_by(std::span<const SigningSecret* const> secrets, const AlertBody& body,
                               const RecipientNonce& nonce) {
  Bytes signed_body = TRY(encode_alert_body(body));
  Dsse envelope{.kind = DocumentKind::kAlert, .body = std::move(signed_body), .signatures = {}};
  for (const SigningSecret* secret : secrets) {
    envelope.signatures.push_back(sign_document(*secret, DocumentKind::kAlert, envelope.body));
  }
  return AlertMessage{nonce, std::move(envelope)};
}

Result<AlertMessage> forge(Engine& engine, const DraftRow& draft, const Order& order) {
  AlertBody body = TRY(decode_alert_body(draft.request.body));
  if (order.kind == "altered") {
    AlertMessage message = TRY(TRY(assemble(engine, draft)).finish());
    body.call = "+0 000 000 0000";
    message.envelope.body = TRY(encode_alert_body(body));
    return message;
  }
  const std::optional<OrganisationRow> organisation =
      TRY(find_organisation(engine.db(), draft.charter));
  if (!organisation.has_value()) return fail(kNoSuchOrganisation, "forger");
  const std::optional<SigningSecret> ours =
      TRY(our_key_in(engine.db(), organisation->chain.newest().charter));
  if (!ours.has_value()) return fail(kNotAHolder, "forger");
  body.id = engine.rng().draw<AlertId>();
  body.text = "A new alert, " + std::string(order.kind) + ".";
  if (order.kind == "single") {
    const SigningSecret* const one[] = {&*ours};
    return signed_by(one, body, draft.request.nonce);
  }
  if (order.kind != "expired") return fail(kClientBadUsage, "kind");
  body.issued = Day{engine.today().value - kDaysAgo};
  body.valid_until = Day{engine.today().value - 1};
  const SigningSecret offline = TRY(offline_secret(order.offline_key));
  const SigningSecret* const two[] = {&*ours, &offline};
  return signed_by(two, body, draft.request.nonce);
}

Status carry_out(const Order& order) {
  TRY(start_crypto());
  SystemRng rng;
  const Credential credential = Credential::from_key_file(TRY(read_key_file(order.key_file)));
  const std::unique_ptr<Workplace> place =
      TRY(Workplace::enter(TRY(Vault::open(vault_setup(order.vault), credential, rng))));
  Engine& engine = place->engine();
  const std::optional<DraftRow> draft = TRY(find_draft(engine.db(), order.draft));
  if (!draft.has_value() || !draft->recipient.has_value()) return fail(kNoSuchAlert, "draft");
  const Bytes message = TRY(encode_alert_message(TRY(forge(engine, *draft, order))));
  TRY(send_message(engine, *draft->recipient, {ContentKind::kAlert, message}));
  const RoundsOutcome outcome = TRY(run_rounds(engine, kAfterCommand));
  if (outcome.waiting > 0) return fail(kNoRelay, "forger");
  return std::move(*place).leave();
}

int run(std::span<char*> arguments) {
  if (arguments.size() < 5 || arguments.size() > 6) {
    std::fputs("usage: tocsin-forger VAULT KEY-FILE altered|single|expired DRAFT [OFFLINE-KEY]\n",
               stderr);
    return 2;
  }
  Order order{arguments[1], arguments[2], arguments[3], 0,
              arguments.size() == 6 ? Path(arguments[5]) : Path()};
  const std::string_view number = arguments[4];
  std::from_chars(number.data(), number.data() + number.size(), order.draft);
  const Status done = carry_out(order);
  if (done.has_value()) return 0;
  std::fprintf(stderr, "error: %s, code %u, detail %lld\n", done.error().where,
               static_cast<unsigned>(done.error().code),
               static_cast<long long>(done.error().detail));
  return 1;
}

}  // namespace
}  // namespace tocsin

int main(int argc, char** argv) {
  return tocsin::run(std::span<char*>(argv, static_cast<std::size_t>(argc)));
}
