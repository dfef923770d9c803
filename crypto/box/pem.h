// crypto/box/pem.h: a public key as other programs read it.
//
// Source:  RFC 8410 (Ed25519 in SubjectPublicKeyInfo), RFC 7468 (PEM)
// Threads: any
#pragma once

#include <string>

#include "crypto/keys/keys.h"

namespace tocsin {

std::string public_key_pem(const SigningPublic& key);

}  // namespace tocsin
