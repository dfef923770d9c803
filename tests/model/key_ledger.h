// tests/model/key_ledger.h: every envelope that left a client, and the number it was sealed under.
//
// No message key is used twice: one (session, direction, epoch, counter) always carries the same
// inner message, whatever was repeated, restarted or sealed anew.
#pragma once

#include <map>
#include <set>
#include <vector>

#include "client/store/session_rows.h"

namespace tocsin::model {

class KeyLedger {
 public:
  // `client` tells vaults apart. A vault out of a copy is another one of the same person, whose
  // numbers count together: their clients' numbers are equal modulo this.
  static constexpr int kPeople = 1'000;
  void on_deposit(int client, Database& db, ContactId contact, const Envelope& envelope);

  std::size_t envelopes() const { return envelopes_; }
  // Different bodies under one number.
  std::size_t reused() const { return reused_; }
  // Envelopes that no session of the client's explains, beyond one first contact per contact.
  std::size_t unexplained() const;

 private:
  struct Known {
    SessionId sid;
    Epoch epoch;
    HeaderKey header;
  };
  bool note(int client, const std::vector<Known>& known, const Envelope& envelope);
  static void learn(Database& db, ContactId contact, std::vector<Known>& known);

  using Correspondence = std::pair<int, std::int64_t>;  // client, contact
  std::map<Correspondence, std::vector<Known>> keys_;
  std::map<Correspondence, std::set<EnvelopeDigest>> first_contacts_;
  std::map<std::tuple<int, SessionId, MessageNumber>, BodyHash> bodies_;
  std::size_t envelopes_ = 0;
  std::size_t reused_ = 0;
};

}  // namespace tocsin::model
