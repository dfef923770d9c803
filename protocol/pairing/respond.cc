#include "protocol/pairing/respond.h"

namespace tocsin {

Result<GuestLetter> GuestLetter::read(const Envelope& envelope, const ResponderKeys& keys,
                                      Rng& rng) {
  FirstContactOpened opened = TRY(FirstContactOpened::open(envelope, keys, rng));
  FirstContactRecord record = TRY(check_record(opened.record()));
  return GuestLetter(std::move(opened), std::move(record));
}

Result<Responded> GuestLetter::accept(const ResponderKeys& keys, Rng& rng) && {
  const RecordClaims claims = claims_of(record_);
  return std::move(opened_).accept({.identity = keys.identity,
                                    .card = keys.card,
                                    .secrets = keys.secrets,
                                    .claims = claims,
                                    .rng = rng});
}

}  // namespace tocsin
