// client/engine/carrying.h: holders whose vault was never online: questions and answers as files.
//
// Spec:    protocol/spec/carried.md
// Errors:  no_such_alert, no_such_organisation, no_such_seat, not_a_holder, not_ready,
//          not_confirmed, requester_left, other_file, bad_signature,
//          organisation_not_confirmed, those of protocol/alert and
//          crypto/db
// Threads: the engine's
#pragma once

#include <string>
#include <variant>

#include "client/engine/engine.h"
#include "client/engine/organisation.h"
#include "client/store/alert_rows.h"
#include "protocol/alert/carried.h"

namespace tocsin {

// Online: the question, for a draft of ours that carries our signature.
Result<CarriedAlert> carry_draft(Engine& engine, std::int64_t draft);
// Online: what the seat of this name, or the holder of this name, is asked next: its key, or to
// sign the proposed charter. not_ready: neither yet.
Result<CarriedCharter> carry_founding(Engine& engine, const FoundingId& id,
                                      std::string_view holder);

// Offline: an alert as its co-signer must see it. A charter that grew meanwhile is taken in; an
// unknown one is kept only when it names a key of this vault; with `key` it is only looked at.
struct CarriedPage {
  CheckedRequest checked;
  CharterChain chain;
  std::string asked_by;    // as the charter names who asks
  bool confirmed = false;  // its organisation, in this vault
};
Result<CarriedPage> open_carried(Engine& engine, const CarriedAlert& carried,
                                 const SigningSecret* key);
// Offline: the answer to carry back. organisation_not_confirmed: confirm it first, or give its
// words.
struct CarriedSigner {
  const SigningSecret* key = nullptr;  // none: this vault's own
  std::vector<std::string> words;      // of an organisation that is not confirmed here
};
// The label typed must be the request's.
Result<CarriedAnswer> sign_carried(Engine& engine, const CarriedAlert& carried,
                                   std::string_view typed_label, const CarriedSigner& signer);
Result<CarriedAnswer> refuse_carried(Engine& engine, const CarriedAlert& carried,
                                     std::string_view words, const CarriedSigner& signer);
// Offline: a founding's or a succession's question, kept as if a contact had asked it.
struct CarriedFounding {
  FoundingRow founding;
  bool seen = false;  // it was kept, and so shown, before this
};
Result<CarriedFounding> keep_carried(Engine& engine, const CarriedCharter& carried);

// Online again: what came back.
struct CollectedAlert {
  std::int64_t draft = 0;
  std::string holder;  // as the charter names who answers
  bool is_signed = false;
};
struct CollectedSeat {
  FoundingId founding;
};
// A key whose words were not given, or differ: nothing is changed.
struct CollectedKey {
  FoundingId founding;
  SigningPublic key;
};
using Collected = std::variant<CollectedAlert, CollectedSeat, CollectedKey>;
// `key_words`: read from the screen of the vault that made the key.
// no_such_alert, no_such_organisation: nothing here asked for it. other_file: it is a question.
Result<Collected> collect(Engine& engine, const Carried& carried,
                          const std::vector<std::string>& key_words);

}  // namespace tocsin
