// tests/unit/crypto/age/age_files.h: sealing and opening whole age files in memory.
#pragma once

#include <gtest/gtest.h>

#include "crypto/age/age.h"
#include "crypto/base/rng.h"

namespace tocsin::age {

inline Sink into(Bytes& place) {
  return [&place](BytesView part) -> Status {
    place.insert(place.end(), part.begin(), part.end());
    return {};
  };
}

// Anything with update and finish, fed in pieces.
template <class Machine>
Status feed(Machine& machine, BytesView bytes, std::size_t piece = 10'000) {
  for (; bytes.size() > piece; bytes = bytes.subspan(piece))
    TRY(machine.update(bytes.first(piece)));
  TRY(machine.update(bytes));
  return machine.finish();
}

inline Bytes sealed_for(const std::vector<Recipient>& recipients, BytesView plaintext, Rng& rng) {
  Bytes file;
  Sealer sealer = Sealer::create(recipients, rng, into(file)).value();
  EXPECT_TRUE(feed(sealer, plaintext).has_value());
  return file;
}

inline Keys keys_of(const Identity& identity) {
  Keys keys;
  keys.identities.push_back(identity.duplicate());
  return keys;
}

inline Result<Bytes> opened_by(Keys keys, BytesView file, std::size_t piece = 10'000) {
  Bytes plaintext;
  Opener opener(std::move(keys), into(plaintext));
  TRY(feed(opener, file, piece));
  return plaintext;
}

}  // namespace tocsin::age
