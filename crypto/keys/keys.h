// crypto/keys/keys.h: the key and id types that rooms share, on one page.
//
// Shape:   …Secret  move-only box (crypto/keys/secret.h);  …Public, ids and digests  plain values
// Threads: values only
#pragma once

#include "crypto/base/strong.h"
#include "crypto/keys/secret.h"

namespace tocsin {

// Identity: Curve25519, libsignal's form without its leading type byte. Signing: Ed25519 (secret =
// 32-byte seed).
using IdentityPublic = Fixed<struct IdentityPublicTag, 32>;
using IdentitySecret = Secret<struct IdentitySecretTag, 32>;
using SigningPublic = Fixed<struct SigningPublicTag, 32>;
using SigningSecret = Secret<struct SigningSecretTag, 32>;
using Signature = Fixed<struct SignatureTag,
                        64>;  // Ed25519, or libsignal's XEdDSA-like form where the name says so

// Agreement keys, X25519, one type per role.
using PrekeyPublic = Fixed<struct PrekeyPublicTag, 32>;  // SPK of a card
using PrekeySecret = Secret<struct PrekeySecretTag, 32>;
using EphemeralPublic = Fixed<struct EphemeralPublicTag, 32>;  // e of a first contact
using EphemeralSecret = Secret<struct EphemeralSecretTag, 32>;
using OwnerPublic = Fixed<struct OwnerPublicTag, 32>;  // owner of a mailbox
using OwnerSecret = Secret<struct OwnerSecretTag, 32>;
using StoreSessionPublic =
    Fixed<struct StoreSessionPublicTag, 32>;  // the store's per-run agreement key
using StoreSessionSecret = Secret<struct StoreSessionSecretTag, 32>;
using AgreedSecret = Secret<struct AgreedSecretTag, 32>;  // result of an X25519

using InnerBaseKey = Fixed<struct InnerBaseKeyTag, 32>;  // baseKey of libsignal's first message

// sntrup761.
using KemPublic = Fixed<struct KemPublicTag, 1158>;
using KemSecret = Secret<struct KemSecretTag, 1763>;
using KemCiphertext = Fixed<struct KemCiphertextTag, 1039>;
using KemShared = Secret<struct KemSharedTag, 32>;

// Outer ratchet (session-protocol lines 6 … 20).
using RootKey = Secret<struct RootKeyTag, 32>;
using ChainKey = Secret<struct ChainKeyTag, 32>;
using HeaderKey = Secret<struct HeaderKeyTag, 32>;
using KemBlockKey = Secret<struct KemBlockKeyTag, 32>;
using MessageKey = Secret<struct MessageKeyTag, 32>;
using EnvelopeKey = Secret<struct EnvelopeKeyTag, 32>;            // kEnv of a first contact
using InvitationSecret = Secret<struct InvitationSecretTag, 32>;  // L of a link
using Psk = Secret<struct PskTag, 32>;
using SessionId = Fixed<struct SessionIdTag, 16>;
using BodyHash = Fixed<struct BodyHashTag, 16>;
using EnvelopeDigest = Fixed<struct EnvelopeDigestTag, 16>;
using KemDigest = Fixed<struct KemDigestTag, 32>;
using Transcript = Fixed<struct TranscriptTag, 64>;  // th
using Nonce = Fixed<struct NonceTag, 24>;            // XChaCha20-Poly1305

// Cards and organisations.
using CardId = Fixed<struct CardIdTag, 32>;                          // cid
using IdentityCommitment = Fixed<struct IdentityCommitmentTag, 32>;  // idCommit
using CharterId = Fixed<struct CharterIdTag, 32>;
using CharterHash = Fixed<struct CharterHashTag, 32>;
using AlertId = Fixed<struct AlertIdTag, 16>;
using RecipientDigest = Fixed<struct RecipientDigestTag, 32>;
using RecipientNonce = Fixed<struct RecipientNonceTag, 32>;
using MessageId = Fixed<struct MessageIdTag, 16>;
using AlertBodyHash = Fixed<struct AlertBodyHashTag, 32>;
using CatalogueHash = Fixed<struct CatalogueHashTag, 32>;
using KeyHint = Fixed<struct KeyHintTag, 8>;  // front of a signing key: which one to try
using ContactId = Strong<struct ContactIdTag, std::int64_t>;  // a row of this vault, never sent

// The relay.
using CurvePublic = Fixed<struct CurvePublicTag, 32>;  // CURVE (ZeroMQ), transport only
using CurveSecret = Secret<struct CurveSecretTag, 32>;
using StorePublic = SigningPublic;  // signs welcome
using StorePin = Fixed<struct StorePinTag, 16>;
using ReadId = Fixed<struct ReadIdTag, 32>;
using DropId = Fixed<struct DropIdTag, 32>;
using BoardId = Fixed<struct BoardIdTag, 32>;
using Locator = BoardId;                                 // a card lies on the board of this id
using WriterPublic = Fixed<struct WriterPublicTag, 32>;  // Ed25519, one per board
using WriterSecret = Secret<struct WriterSecretTag, 32>;
using WelcomeNonce = Fixed<struct WelcomeNonceTag, 32>;
using Tag = Fixed<struct OwnerTagTag, 32>;           // authorises an owner's command
using OwnerKey = Secret<struct OwnerKeyTag, 32>;     // what owner and store agree on for tags
using LookupKey = Secret<struct LookupKeyTag, 32>;   // keys the store's lookup hashes
using LookupHash = Fixed<struct LookupHashTag, 16>;  // a readId or dropId as the store keeps it
using AccessKey = Secret<struct AccessKeyTag, 32>;   // derived from a relay's password
using WorkChallenge = Fixed<struct WorkChallengeTag, 32>;  // what a proof of work is bound to

// Evidence.
using FileId = Fixed<struct FileIdTag, 16>;
using FileSecret = Secret<struct FileSecretTag, 32>;
using FileCommitment = Fixed<struct FileCommitmentTag, 32>;
using FrameKey = Secret<struct FrameKeyTag, 32>;
using FrameIvKey = Secret<struct FrameIvKeyTag, 32>;
using CaseId = Fixed<struct CaseIdTag, 16>;
using CustodyHash = Fixed<struct CustodyHashTag, 32>;    // of a record's body
using HandOverHash = Fixed<struct HandOverHashTag, 32>;  // of a hand-over's body

// At rest.
using DatabaseKey = Secret<struct DatabaseKeyTag, 32>;
using SlotKey = Secret<struct SlotKeyTag, 32>;
using SlotTableKey = Secret<struct SlotTableKeyTag, 32>;
using VaultKeyFile = Secret<struct VaultKeyFileTag, 32>;  // opens a vault without Argon2id
using VaultId = Fixed<struct VaultIdTag, 16>;

template <class Public, class SecretHalf>
struct KeyPair {
  Public public_key;
  SecretHalf secret;
};

}  // namespace tocsin
