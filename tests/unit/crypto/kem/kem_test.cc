#include "crypto/kem/kem.h"

#include <gtest/gtest.h>

extern "C" void randombytes_internal_void_voidstar_longlong(void* target, long long length);

namespace tocsin {
namespace {

Bytes bytes_of(const KemShared& shared) { return to_bytes(shared.expose(kExpose)); }
Bytes bytes_of(const KemSecret& secret) { return to_bytes(secret.expose(kExpose)); }

TEST(KemTest, BothSidesGetTheSameSecret) {
  SystemRng rng;
  const KemPair pair = make_kem_pair(rng);
  const KemEncapsulation sent = kem_encapsulate(pair.public_key, rng);
  EXPECT_EQ(bytes_of(sent.shared), bytes_of(kem_decapsulate(pair.secret, sent.ciphertext)));
}

// K4: all randomness of the library comes from the argument.
TEST(KemTest, TheSameSeedGivesTheSamePairAndTheSameEncapsulation) {
  SeededRng first(1);
  SeededRng second(1);
  const KemPair a = make_kem_pair(first);
  const KemPair b = make_kem_pair(second);
  EXPECT_EQ(a.public_key, b.public_key);
  EXPECT_EQ(bytes_of(a.secret), bytes_of(b.secret));
  const KemEncapsulation to_a = kem_encapsulate(a.public_key, first);
  const KemEncapsulation to_b = kem_encapsulate(b.public_key, second);
  EXPECT_EQ(to_a.ciphertext, to_b.ciphertext);
  EXPECT_EQ(bytes_of(to_a.shared), bytes_of(to_b.shared));
}

TEST(KemTest, TwoSeedsGiveTwoPairs) {
  SeededRng first(1);
  SeededRng second(2);
  EXPECT_NE(make_kem_pair(first).public_key, make_kem_pair(second).public_key);
}

TEST(KemTest, TwoEncapsulationsToOneKeyDiffer) {
  SeededRng rng(3);
  const KemPair pair = make_kem_pair(rng);
  const KemEncapsulation first = kem_encapsulate(pair.public_key, rng);
  const KemEncapsulation second = kem_encapsulate(pair.public_key, rng);
  EXPECT_NE(first.ciphertext, second.ciphertext);
  EXPECT_NE(bytes_of(first.shared), bytes_of(second.shared));
}

// K1: a corrupt ciphertext yields another key, always the same one, and no error.
TEST(KemTest, ACorruptCiphertextGivesAnotherKeyEveryTimeTheSame) {
  SeededRng rng(4);
  const KemPair pair = make_kem_pair(rng);
  const KemEncapsulation sent = kem_encapsulate(pair.public_key, rng);
  for (const std::size_t place : {std::size_t{0}, std::size_t{500}, KemCiphertext::kBytes - 1}) {
    KemCiphertext corrupt = sent.ciphertext;
    corrupt.mutable_view()[place] ^= 1;
    const Bytes other = bytes_of(kem_decapsulate(pair.secret, corrupt));
    EXPECT_NE(other, bytes_of(sent.shared)) << place;
    EXPECT_EQ(other, bytes_of(kem_decapsulate(pair.secret, corrupt))) << place;
  }
}

TEST(KemTest, AnyBytesAsAKeyOrACiphertextAreBoundedWorkAndNoCrash) {
  SeededRng rng(5);
  const KemPair pair = make_kem_pair(rng);
  for (int i = 0; i < 50; ++i) {
    (void)kem_decapsulate(pair.secret, rng.draw<KemCiphertext>());
    (void)kem_encapsulate(rng.draw<KemPublic>(), rng);
  }
  const KemCiphertext zeros{};
  EXPECT_EQ(kem_decapsulate(pair.secret, zeros).expose(kExpose).size(), 32U);
}

TEST(KemDeathTest, RandomnessNobodyPassedInAborts) {
  std::array<std::uint8_t, 4> target{};
  EXPECT_DEATH(randombytes_internal_void_voidstar_longlong(target.data(), 4), "");
  SeededRng rng(6);
  (void)make_kem_pair(rng);  // and not left behind by an earlier call either
  EXPECT_DEATH(randombytes_internal_void_voidstar_longlong(target.data(), 4), "");
}

}  // namespace
}  // namespace tocsin
