#include "crypto/ratchet/fingerprint.h"

#include <signal/fingerprint.h>

#include "crypto/box/agree.h"
#include "crypto/ratchet/libsignal/context.h"
#include "crypto/ratchet/libsignal/errors.h"

namespace tocsin {
namespace {

using namespace libsignal;

constexpr int kIterations = 5200;
// Version 1 makes the raw fingerprints readable; the digits are the same in both versions.
constexpr int kScannableVersion = 1;

struct FreeGenerator {
  void operator()(fingerprint_generator* generator) const { fingerprint_generator_free(generator); }
};
using Generator = std::unique_ptr<fingerprint_generator, FreeGenerator>;

Result<Ref<fingerprint>> fingerprint_of(const IdentityPublic& own, const IdentityPublic& peer) {
  TRY(check_x25519_public(own.view()));
  TRY(check_x25519_public(peer.view()));
  Context& context = *TRY(Context::of_this_thread());
  Generator generator;
  TRY(local(fingerprint_generator_create(Out(generator), kIterations, kScannableVersion,
                                         context.library()),
            "fingerprint generator"));
  const auto own_key = TRY(public_key_of(own.view()));
  const auto peer_key = TRY(public_key_of(peer.view()));
  // libsignal takes the stable identifiers as C strings, so the key's bytes go in as hexadecimal.
  const std::string own_name = to_hex(own.view());
  const std::string peer_name = to_hex(peer.view());
  Ref<fingerprint> result;
  TRY(local(fingerprint_generator_create_for(generator.get(), own_name.c_str(), own_key.get(),
                                             peer_name.c_str(), peer_key.get(), Out(result)),
            "fingerprint"));
  return result;
}

std::uint32_t bits_at(BytesView bytes, std::size_t first) {
  std::uint32_t value = 0;
  for (std::size_t bit = first; bit < first + kWordBits; ++bit)
    value = value << 1 | (std::uint32_t{bytes[bit / 8]} >> (7 - bit % 8) & 1U);
  return value;
}

}  // namespace

Result<std::string> safety_number(const IdentityPublic& own, const IdentityPublic& peer) {
  const auto both = TRY(fingerprint_of(own, peer));
  return std::string(displayable_fingerprint_text(fingerprint_get_displayable(both.get())));
}

Result<std::string> safety_half(const IdentityPublic& party) {
  const auto both = TRY(fingerprint_of(party, party));
  return std::string(displayable_fingerprint_local(fingerprint_get_displayable(both.get())));
}

Result<std::array<std::string, kVerificationWords>> verification_words(
    const IdentityPublic& party) {
  const auto both = TRY(fingerprint_of(party, party));
  const BytesView bytes =
      view_of(scannable_fingerprint_get_local_fingerprint(fingerprint_get_scannable(both.get())));
  if (bytes.size() * 8 < kVerificationWords * kWordBits)
    return fail(kLibraryFault, "fingerprint length", static_cast<std::int64_t>(bytes.size()));
  std::array<std::string, kVerificationWords> words;
  for (std::size_t i = 0; i < words.size(); ++i)
    words[i] = verification_word(bits_at(bytes, i * kWordBits));
  return words;
}

}  // namespace tocsin
