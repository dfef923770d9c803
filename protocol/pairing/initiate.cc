#include "protocol/pairing/initiate.h"

#include "crypto/box/sign.h"

namespace tocsin {

Result<Initiated> initiate(const CheckedCard& card, const Psk& psk, const InitiateOrder& order,
                           Rng& rng) {
  FirstContactDraft draft = TRY(FirstContactDraft::create(keys_of(card), psk, rng));
  const RecordBytes record = TRY(issue_record(order.record, order.author, draft.kem_offer(), rng));
  const SigningPublic signing =
      order.author.signing != nullptr ? signing_public_of(*order.author.signing) : SigningPublic{};
  return std::move(draft).seal({.identity = order.author.identity,
                                .signing = signing,
                                .record = record,
                                .content = order.content,
                                .hour = order.hour,
                                .rng = rng});
}

}  // namespace tocsin
