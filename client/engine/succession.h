// client/engine/succession.h: the next version of an organisation's charter: a holder goes, another
// comes.
//
// Spec:    protocol/spec/charter.md CHA-4.2, CHA-6.4
// Errors:  no_such_organisation, not_a_holder, not_found (a holder of that name), bad_charter,
//          not_ready, those of crypto/db
// Threads: the engine's
#pragma once

#include "client/engine/organisation.h"

namespace tocsin {

struct SuccessionOrder {
  CharterId organisation;
  std::string removed;             // how the charter names the holder who goes
  std::optional<SeatOrder> added;  // none: nobody comes
  std::vector<ContactId> ask;      // holders to be asked beside the colleagues known
};
// Proposes it to the remaining holders, once a new one has given a key. k holders of the version
// before must sign.
Result<FoundingId> begin_succession(Engine& engine, const SuccessionOrder& order);

// Whether this vault has signed another next version of the same charter: one who signs two makes a
// fork that everybody is warned of.
Result<bool> signed_another(Engine& engine, const FoundingRow& founding);

// Gives up every next version of this organisation that is still open here, signed or not: whose
// signatures are out may be completed by others all the same. How many there were.
Result<std::size_t> withdraw_successions(Engine& engine, const CharterId& organisation);

// After the chain grew: holders who are in it no more are sent nothing more.
Status forget_colleagues_who_left(Engine& engine, const CharterChain& chain,
                                  const std::vector<Holder>& before);

// That a signature by this key came from this contact. One contact is one holder: who is known by a
// key of their own becomes nobody else by passing on what that one signed, and nobody takes a
// place.
Status learn_colleague(Engine& engine, const CharterId& charter, const SigningPublic& key,
                       ContactId contact);

// The pieces of a founding that differ when there is a version before.
// Writes, signs and sends the next charter when every seat has its key.
Status propose_succession(Engine& engine, FoundingRow& founding);
// With enough signatures: the chain grows, and everybody who had it hears of it.
Status conclude_succession(Engine& engine, const FoundingRow& founding);
// What can be signed as the next version of this chain: not_ready (of another version),
// bad_charter, too_few_signers.
Status check_succession(const CharterChain& chain, const Dsse& proposal);
// Somebody asks us to sign the next version of an organisation in which we hold a key.
Status take_succession(Engine& engine, const Sender& from, const CharterProposal& proposal);

}  // namespace tocsin
