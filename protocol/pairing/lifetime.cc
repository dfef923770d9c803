#include "protocol/pairing/lifetime.h"

#include <algorithm>

namespace tocsin {

Day renewal_day(const Card& card) {
  switch (card.kind) {
    case CardKind::kPublic:
      return days_after(card.from, kPublicCardRenewalDays);
    case CardKind::kContact:
      return days_after(card.from, kContactCardRenewalDays);
    case CardKind::kInvitation:
      break;
  }
  return days_after(card.until, 1);
}

Day secrets_kept_until(const Card& card) { return days_after(card.until, kCardSecretsGraceDays); }

Day replaced_secrets_kept_until(const Card& card, Day replaced) {
  return std::min(secrets_kept_until(card), days_after(replaced, kReplacedContactSecretsDays));
}

Day used_invitation_kept_until(Day used) { return days_after(used, kUsedInvitationDays); }

// What is under way to it was sealed under secrets that live as long.
Day replaced_mailbox_kept_until(Day replaced) {
  return days_after(replaced, kReplacedContactSecretsDays);
}

Day board_expiry(const Card& card) { return card.until; }

}  // namespace tocsin
