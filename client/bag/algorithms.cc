#include "client/bag/algorithms.h"

#include <array>

namespace tocsin::bag {
namespace {

constexpr std::array kAlgorithms{
    Algorithm{"md5", "MD5", 16, false},
    Algorithm{"sha1", "SHA1", 20, false},
    Algorithm{"sha224", "SHA2-224", 28, true},
    Algorithm{"sha256", "SHA2-256", 32, true},
    Algorithm{"sha384", "SHA2-384", 48, true},
    Algorithm{"sha512", "SHA2-512", 64, true},
    Algorithm{"sha512256", "SHA2-512/256", 32, true},
    Algorithm{"sha3224", "SHA3-224", 28, true},
    Algorithm{"sha3256", "SHA3-256", 32, true},
    Algorithm{"sha3384", "SHA3-384", 48, true},
    Algorithm{"sha3512", "SHA3-512", 64, true},
    Algorithm{"blake2b512", "BLAKE2B-512", 64, true},
};

}  // namespace

const Algorithm* algorithm_named(std::string_view name) {
  std::string plain;
  for (const char sign : name) {
    if (sign == '-' || sign == '_' || sign == '/') continue;
    plain += sign >= 'A' && sign <= 'Z' ? static_cast<char>(sign - 'A' + 'a') : sign;
  }
  for (const Algorithm& each : kAlgorithms) {
    if (each.name == plain) return &each;
  }
  return nullptr;
}

Result<DigestSet> DigestSet::create(std::span<const Algorithm* const> algorithms) {
  std::vector<NamedDigest> streams;
  for (const Algorithm* each : algorithms)
    streams.push_back(TRY(NamedDigest::create(each->openssl)));
  return DigestSet(std::move(streams));
}

Status DigestSet::update(BytesView data) {
  for (NamedDigest& stream : streams_) TRY(stream.update(data));
  return {};
}

Result<std::vector<Bytes>> DigestSet::finish() {
  std::vector<Bytes> digests;
  for (NamedDigest& stream : streams_) digests.push_back(TRY(stream.finish()));
  return digests;
}

}  // namespace tocsin::bag
