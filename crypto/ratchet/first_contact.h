// crypto/ratchet/first_contact.h: the sealed hybrid first contact: its key schedule and its one
// envelope, from both sides.
//
// Spec:    protocol/spec/first-contact.md
// Source:  X3DH (Signal) inside; ephemeral X25519 and sntrup761 to the card's keys outside
// Shape:   initiator  FirstContactDraft::create → kem_offer() into the record → seal
//          responder  FirstContactOpened::open → check record and replay table → accept
// Layout:  e 32 B | ct 1,039 B | sealed: record 1,504 B, u16 length, inner message, zeros
// Secrets: kEnv and the agreed secrets live inside one call or one step; the rest is the Session's
// Errors:  bad_key, bad_signature (the card), unopenable (responder, one answer for every cause),
//          forbidden_message, too_large, cannot_now (local fault: commit nothing, no
//          acknowledgement)
// Threads: values only
// Cost:    about 0.1 ms to find that an envelope is not a first contact; about 0.4 ms in full
#pragma once

#include "crypto/ratchet/envelope.h"
#include "crypto/ratchet/session.h"

namespace tocsin {

// What the handshake needs of a card that the caller has checked (I1).
struct CardKeys {
  CardId card;  // BLAKE2b-256 of the card's bytes
  IdentityPublic identity;
  SigningPublic signing;  // zero when the card has none
  std::uint32_t prekey_id = 0;
  PrekeyPublic prekey;
  Signature prekey_signature;  // libsignal form
  KemPublic kem;
};
struct CardSecrets {
  PrekeySecret prekey;
  KemSecret kem;
};

// The 1,504-byte record as opaque bytes; protocol/pairing/record.h knows what is in it.
using RecordBytes = Fixed<struct RecordBytesTag, kFirstContactRecordBytes>;

// What both sides derive, in the order of derivation.
struct FirstContactKeys {
  EnvelopeKey envelope;
  RootKey root;
  ChainKey chain;
  HeaderKey header0;
  KemBlockKey block0;
  HeaderKey header1;
  KemBlockKey block1;
};

// A psk of zeros, for contact without a link.
Psk no_psk();
// psk = BLAKE2b-256(key L, "tocsin/1 psk").
Psk psk_of(const InvitationSecret& secret);

struct Initiated {
  Envelope envelope;
  Session session;
  Transcript transcript;
};

struct InitiatorInput {
  InnerIdentity identity;  // one's own
  SigningPublic signing;   // one's own, as in the record; zero when there is none
  const RecordBytes& record;
  BytesView content;  // at most kContentFirst, header included; padded with zeros
  Hour hour;
  Rng& rng;
};

class FirstContactDraft {
 public:
  // Fresh e, encapsulation and KEM offer, and the keys (I3). bad_key: the card's keys.
  static Result<FirstContactDraft> create(const CardKeys& card, const Psk& psk, Rng& rng);

  // Goes into the record.
  const KemPublic& kem_offer() const { return offer_.public_key; }

  // Builds the inner session and seals (I4, I5); the outer state is SES-6.3's. Commit the session
  // and the envelope before the envelope leaves (I6).
  Result<Initiated> seal(const InitiatorInput& input) &&;

 private:
  FirstContactDraft(const CardKeys& card, FirstContactKeys keys, KemPair offer);

  CardKeys card_;
  EphemeralPublic ephemeral_;
  KemCiphertext ciphertext_;
  Transcript transcript_;
  FirstContactKeys keys_;
  KemPair offer_;
};

struct Responded {
  Session session;
  SecretBytes content;  // kContentFirst bytes, padding included
};

// What the caller read from the record and checked (R2).
struct RecordClaims {
  IdentityPublic identity;
  SigningPublic signing;  // zero when there is none
  KemPublic kem_offer;
};
struct ResponderInput {
  InnerIdentity identity;  // one's own
  const CardKeys& card;
  const CardSecrets& secrets;
  const RecordClaims& claims;
  Rng& rng;
};
struct ResponderKeys {
  InnerIdentity identity;  // one's own
  const CardKeys& card;
  const CardSecrets& secrets;
  const Psk& psk;
};

class FirstContactOpened {
 public:
  // Derives and opens (R1): unopenable whatever the cause, in about the same time.
  static Result<FirstContactOpened> open(const Envelope& envelope, const ResponderKeys& keys,
                                         Rng& rng);

  // Check the record (R2), then look the transcript up in the replay table (R3), then accept.
  const RecordBytes& record() const { return record_; }
  const Transcript& transcript() const { return transcript_; }

  // The inner message (R4, R5), and the session of SES-6.3. unopenable or forbidden_message:
  // nothing of it may be kept.
  Result<Responded> accept(const ResponderInput& input) &&;

 private:
  FirstContactOpened(const Transcript& transcript, FirstContactKeys keys);

  Transcript transcript_;
  FirstContactKeys keys_;
  RecordBytes record_;
  SecretBytes inner_;
};

}  // namespace tocsin
