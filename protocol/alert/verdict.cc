#include "protocol/alert/verdict.h"

#include <algorithm>

namespace tocsin {
namespace {

using Link = CharterChain::Link;

// Every key of a charter that may still be named (the newest and the one before, of each known
// organisation) and that signed the raw body; found before the body is read.
std::vector<SigningPublic> signing_keys(const AlertView& view) {
  std::vector<SigningPublic> known;
  for (const KnownOrganisation& organisation : view.organisations) {
    const std::vector<Link>& links = organisation.chain->links();
    for (std::size_t i = links.size() - std::min<std::size_t>(links.size(), 2); i < links.size();
         ++i)
      for (const Holder& holder : links[i].charter.holders) known.push_back(holder.alert_key);
  }
  std::vector<SigningPublic> signing;
  for (const std::size_t index : valid_signers(view.message.envelope, known))
    signing.push_back(known[index]);
  return signing;
}

bool contains(const std::vector<SigningPublic>& keys, const SigningPublic& key) {
  return std::ranges::find(keys, key) != keys.end();
}

std::vector<SigningPublic> holders_among(const Charter& charter,
                                         const std::vector<SigningPublic>& keys) {
  std::vector<SigningPublic> found;
  for (const Holder& holder : charter.holders)
    if (contains(keys, holder.alert_key)) found.push_back(holder.alert_key);
  return found;
}

std::vector<std::string> names_of(const Charter& charter, const std::vector<SigningPublic>& keys) {
  std::vector<std::string> names;
  for (const Holder& holder : charter.holders)
    if (contains(keys, holder.alert_key)) names.push_back(holder.name);
  return names;
}

// A signature that claims to be a holder's and is not.
bool has_false_signature(const Dsse& envelope, const Charter& charter,
                         const std::vector<SigningPublic>& valid) {
  return std::ranges::any_of(charter.holders, [&](const Holder& holder) {
    return !contains(valid, holder.alert_key) &&
           std::ranges::find(envelope.signatures, key_hint(holder.alert_key),
                             &DsseSignature::hint) != envelope.signatures.end();
  });
}

bool within_grace(const CharterChain& chain, const Link& named, Day today) {
  const Link& newest = chain.newest();
  if (named.hash == newest.hash) return true;
  return named.charter.version + 1 == newest.charter.version &&
         today <= days_after(newest.accepted, kOldCharterDays);
}

// ALT-7: what stands between this message and k signatures that count today.
NotVerifiedReason first_check(const AlertView& view, const CharterChain& chain, const Link& named,
                              const std::vector<SigningPublic>& valid) {
  const std::size_t needed = named.charter.threshold;
  if (!within_grace(chain, named, view.today)) return NotVerifiedReason::kCharterTooOld;
  if (valid.size() < needed) {
    return has_false_signature(view.message.envelope, named.charter, valid)
               ? NotVerifiedReason::kAltered
               : NotVerifiedReason::kTooFewSignatures;
  }
  if (holders_among(chain.newest().charter, valid).size() < needed)
    return NotVerifiedReason::kSignerRemoved;
  return NotVerifiedReason::kNone;
}

// Another fully signed body with the same number under the same organisation.
bool in_conflict(std::span<const FirstVerdict> history, const AlertId& id,
                 const CharterId& organisation, const AlertBodyHash& body) {
  return std::ranges::any_of(history, [&](const FirstVerdict& other) {
    return other.id == id && other.charter_id == organisation && other.body != body;
  });
}

bool counts(std::span<const FirstVerdict> history, const FirstVerdict& record) {
  return !in_conflict(history, record.id, record.charter_id, record.body);
}

// ALT-8. A withdrawal itself is never withdrawn; neither hides a line.
Life life_of(const AlertView& view, const AlertBody& body) {
  const bool withdrawn =
      body.kind != AlertKind::kWithdrawal &&
      std::ranges::any_of(view.history, [&](const FirstVerdict& record) {
        return record.kind == AlertKind::kWithdrawal && record.withdraws == body.id &&
               record.charter_id == body.charter_id && counts(view.history, record);
      });
  if (withdrawn) return Life::kWithdrawn;
  return view.today > body.valid_until ? Life::kExpired : Life::kCurrent;
}

std::optional<AlertId> superseded_by(const AlertView& view, const AlertBody& body) {
  const auto found = std::ranges::find_if(view.history, [&](const FirstVerdict& record) {
    return record.supersedes == body.id && record.charter_id == body.charter_id &&
           counts(view.history, record);
  });
  return found == view.history.end() ? std::nullopt : std::optional(found->id);
}

FirstVerdict record_of(const AlertBody& body, const AlertBodyHash& hash, Day today,
                       std::vector<SigningPublic> signers) {
  return {.id = body.id,
          .body = hash,
          .charter_id = body.charter_id,
          .charter_hash = body.charter_hash,
          .kind = body.kind,
          .supersedes = body.supersedes,
          .withdraws = body.withdraws,
          .verified_on = today,
          .signers = std::move(signers)};
}

// The signature side of the verdict, for a message that is this person's and names a known
// organisation. Fills in who signed, and the record to remember.
NotVerifiedReason check_signatures(const AlertView& view, const CharterChain& chain,
                                   const std::vector<SigningPublic>& signing, Evaluation& result) {
  const AlertBody& body = *result.body;
  const AlertBodyHash hash = alert_body_hash(view.message.envelope.body);
  const Link* named = chain.find(body.charter_hash);
  if (named == nullptr || named->charter.version != body.charter_version)
    return NotVerifiedReason::kUnknownCharter;
  result.threshold = named->charter.threshold;
  result.holders = named->charter.holders.size();
  std::vector<SigningPublic> valid = holders_among(named->charter, signing);

  const auto known = std::ranges::find_if(view.history, [&](const FirstVerdict& record) {
    return record.body == hash && record.id == body.id && record.charter_id == body.charter_id;
  });
  if (known != view.history.end()) {
    // What was found right once is not judged again by later charters; who left since is named.
    valid = known->signers;
    result.first_verified = known->verified_on;
    std::vector<SigningPublic> gone = valid;
    std::erase_if(gone, [&](const SigningPublic& key) {
      return !holders_among(chain.newest().charter, {key}).empty();
    });
    result.removed_since = names_of(named->charter, gone);
  }
  result.signers = valid.size();
  result.signer_names = names_of(named->charter, valid);
  if (named->charter.threshold < 2) return NotVerifiedReason::kSingleSigner;
  if (known == view.history.end()) {
    if (chain.newest().charter.threshold < 2) return NotVerifiedReason::kSingleSigner;
    const NotVerifiedReason reason = first_check(view, chain, *named, valid);
    if (reason != NotVerifiedReason::kNone) return reason;
    result.first_verified = view.today;
    result.remember = record_of(body, hash, view.today, std::move(valid));
  }
  return in_conflict(view.history, body.id, body.charter_id, hash) ? NotVerifiedReason::kConflict
                                                                   : NotVerifiedReason::kNone;
}

NotVerifiedReason judge(const AlertView& view, const std::vector<SigningPublic>& signing,
                        Evaluation& result) {
  const AlertBody& body = *result.body;
  const auto organisation = std::ranges::find_if(view.organisations, [&](const auto& candidate) {
    return candidate.chain->id() == body.charter_id;
  });
  if (organisation != view.organisations.end())
    result.organisation = static_cast<std::size_t>(organisation - view.organisations.begin());
  if (recipient_digest(view.message.nonce, view.recipient) != body.recipient)
    return NotVerifiedReason::kNotForThisPerson;
  if (!result.organisation) return NotVerifiedReason::kUnknownOrganisation;
  return check_signatures(view, *organisation->chain, signing, result);
}

}  // namespace

Evaluation evaluate(const AlertView& view) {
  Evaluation result;
  const std::vector<SigningPublic> signing = signing_keys(view);
  auto body = decode_alert_body(view.message.envelope.body);
  if (!body.has_value()) return result;
  result.body = std::move(*body);
  result.life = life_of(view, *result.body);
  result.superseded_by = superseded_by(view, *result.body);
  result.reason = judge(view, signing, result);
  if (result.reason != NotVerifiedReason::kNone) return result;
  const bool confirmed =
      view.organisations[*result.organisation].confirmed_by != ConfirmedBy::kNothing;
  result.verdict = confirmed ? Verdict::kAuthentic : Verdict::kSignedUnconfirmed;
  return result;
}

}  // namespace tocsin
