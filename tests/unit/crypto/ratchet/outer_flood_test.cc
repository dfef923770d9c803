// Trap S1 at the level of the session: forged cells never reach libsignal.
#include <gtest/gtest.h>

#include "tests/support/ratchet_people.h"

// The linker sends the wall's calls of these functions here (see CMakeLists.txt).
namespace {
thread_local int g_library_calls = 0;  // other tests of this program run threads
}
extern "C" {
struct signal_message;
struct pre_key_signal_message;
struct session_cipher;
struct signal_buffer;
struct signal_context;
int __real_signal_message_deserialize(signal_message**, const unsigned char*, std::size_t,
                                      signal_context*);
int __wrap_signal_message_deserialize(signal_message** message, const unsigned char* data,
                                      std::size_t length, signal_context* context) {
  ++g_library_calls;
  return __real_signal_message_deserialize(message, data, length, context);
}
int __real_session_cipher_decrypt_signal_message(session_cipher*, signal_message*, void*,
                                                 signal_buffer**);
int __wrap_session_cipher_decrypt_signal_message(session_cipher* cipher, signal_message* message,
                                                 void* user, signal_buffer** plaintext) {
  ++g_library_calls;
  return __real_session_cipher_decrypt_signal_message(cipher, message, user, plaintext);
}
}

namespace tocsin {
namespace {

using namespace testing_support;

// SES-8.12
TEST(OuterFloodTest, TenThousandForgedCellsNeverReachLibsignal) {
  SeededRng rng(31);
  auto pair = make_talking_pair(rng);
  End& a = *pair->a;
  End& b = *pair->b;
  std::vector<Envelope> honest;
  for (int i = 0; i < 100; ++i) honest.push_back(a.seal("honest " + std::to_string(i)));
  g_library_calls = 0;
  int forged = 0;
  for (std::size_t i = 0; i < honest.size(); ++i) {
    for (int k = 0; k < 100; ++k, ++forged) {
      // A third noise, two thirds honest bytes with one bit turned, in any part.
      Envelope bad = k % 3 == 0 ? rng.draw<Envelope>() : honest[i];
      bad.mutable_view()[rng.below(kEnvelopeBytes)] ^= 1;
      const OpenOutcome outcome = b.open(bad);
      ASSERT_TRUE(std::holds_alternative<Unopenable>(outcome)) << name_of(outcome);
      ASSERT_EQ(commit_of(outcome), OpenCommit::kNothing);
    }
    ASSERT_EQ(g_library_calls, static_cast<int>(2 * i)) << "before the honest one";
    ASSERT_EQ(text_of(b.open(honest[i])), "honest " + std::to_string(i));
  }
  EXPECT_EQ(forged, 10'000);
  EXPECT_EQ(g_library_calls, 200) << "one parse and one decryption per honest envelope";
}

}  // namespace
}  // namespace tocsin
