// Spec: protocol/spec/inner.md: the parts behind the wall (traps S6, S7, S8).
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "crypto/ratchet/libsignal/context.h"
#include "crypto/ratchet/libsignal/donna.h"
#include "crypto/ratchet/libsignal/errors.h"
#include "tests/unit/crypto/ratchet/wall_fixture.h"

namespace tocsin::libsignal {
namespace {

TEST(LibsignalErrorsTest, EveryCodeOfTheLibraryHasOneMeaning) {  // INN-6.1
  const std::array refusals{SG_ERR_UNKNOWN,
                            SG_ERR_DUPLICATE_MESSAGE,
                            SG_ERR_INVALID_KEY,
                            SG_ERR_INVALID_KEY_ID,
                            SG_ERR_INVALID_MAC,
                            SG_ERR_INVALID_MESSAGE,
                            SG_ERR_INVALID_VERSION,
                            SG_ERR_LEGACY_MESSAGE,
                            SG_ERR_STALE_KEY_EXCHANGE,
                            SG_ERR_UNTRUSTED_IDENTITY,
                            SG_ERR_VRF_SIG_VERIF_FAILED,
                            SG_ERR_INVALID_PROTO_BUF,
                            SG_ERR_FP_VERSION_MISMATCH,
                            SG_ERR_FP_IDENT_MISMATCH};
  for (const int code : refusals) EXPECT_EQ(code_of(code), kUnopenable) << code;
  for (const int code : {SG_ERR_NOMEM, SG_ERR_INVAL, SG_ERR_NO_SESSION})
    EXPECT_EQ(code_of(code), kCannotNow) << code;
  for (const int code : {kFaultMemory, kFaultNoRandomness, kFaultLibrary, kFaultUnexpected}) {
    EXPECT_LT(code, SG_ERR_MINIMUM);
    EXPECT_EQ(code_of(code), kCannotNow) << code;
  }
}

TEST(LibsignalErrorsTest, TheMappingIsTotal) {  // INN-6.1
  int local_faults = 0;
  for (int code = SG_ERR_MINIMUM - 100; code < 0; ++code) {
    const Code meaning = code_of(code);
    EXPECT_TRUE(meaning == kUnopenable || meaning == kCannotNow);
    if (meaning == kCannotNow) ++local_faults;
    EXPECT_EQ(judged(code, "x").error().code, meaning);
    EXPECT_EQ(judged(code, "x").error().detail, code);
    EXPECT_EQ(local(code, "x").error().code, kCannotNow);
    EXPECT_EQ(parsed(code, "x").error().code,
              code == SG_ERR_NOMEM ? kCannotNow : kForbiddenMessage);
  }
  EXPECT_EQ(local_faults, 100 + 3);
  for (const int code : {0, 1, 32}) {
    EXPECT_TRUE(judged(code, "x").has_value());
    EXPECT_TRUE(local(code, "x").has_value());
    EXPECT_TRUE(parsed(code, "x").has_value());
  }
}

TEST(LibsignalProviderTest, AllTwelveCallbacksAreSet) {  // trap S7, INN-1.4
  const signal_crypto_provider provider = crypto_provider(**Context::of_this_thread());
  EXPECT_NE(provider.random_func, nullptr);
  EXPECT_NE(provider.hmac_sha256_init_func, nullptr);
  EXPECT_NE(provider.hmac_sha256_update_func, nullptr);
  EXPECT_NE(provider.hmac_sha256_final_func, nullptr);
  EXPECT_NE(provider.hmac_sha256_cleanup_func, nullptr);
  EXPECT_NE(provider.sha512_digest_init_func, nullptr);
  EXPECT_NE(provider.sha512_digest_update_func, nullptr);
  EXPECT_NE(provider.sha512_digest_final_func, nullptr);
  EXPECT_NE(provider.sha512_digest_cleanup_func, nullptr);
  EXPECT_NE(provider.encrypt_func, nullptr);
  EXPECT_NE(provider.decrypt_func, nullptr);
  EXPECT_NE(provider.user_data, nullptr);
}

// Origin: RFC 4231 test case 2, FIPS 180-4 example "abc", SP 800-38A F.2.5 (first block).
TEST(LibsignalProviderTest, TheCallbacksComputeThePublishedValues) {  // INN-1.4
  const signal_crypto_provider provider = crypto_provider(**Context::of_this_thread());
  void* state = nullptr;
  const BytesView key = as_bytes("Jefe");
  const BytesView data = as_bytes("what do ya want for nothing?");
  ASSERT_EQ(provider.hmac_sha256_init_func(&state, key.data(), key.size(), provider.user_data), 0);
  EXPECT_EQ(provider.hmac_sha256_update_func(state, data.data(), 10, provider.user_data), 0);
  EXPECT_EQ(provider.hmac_sha256_update_func(state, data.data() + 10, data.size() - 10,
                                             provider.user_data),
            0);
  Buffer output;
  EXPECT_EQ(provider.hmac_sha256_final_func(state, Out(output), provider.user_data), 0);
  provider.hmac_sha256_cleanup_func(state, provider.user_data);
  EXPECT_EQ(to_hex(view_of(output.get())),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");

  ASSERT_EQ(provider.sha512_digest_init_func(&state, provider.user_data), 0);
  const BytesView abc = as_bytes("abc");
  for (int i = 0; i < 2; ++i) {  // usable again after the final call
    EXPECT_EQ(provider.sha512_digest_update_func(state, abc.data(), 3, provider.user_data), 0);
    EXPECT_EQ(provider.sha512_digest_final_func(state, Out(output), provider.user_data), 0);
    EXPECT_EQ(to_hex(view_of(output.get())).substr(0, 32), "ddaf35a193617abacc417349ae204131");
  }
  provider.sha512_digest_cleanup_func(state, provider.user_data);

  const Bytes aes_key =
      from_hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4").value();
  const Bytes iv = from_hex("000102030405060708090a0b0c0d0e0f").value();
  const Bytes block = from_hex("6bc1bee22e409f96e93d7e117393172a").value();
  EXPECT_EQ(
      provider.encrypt_func(Out(output), SG_CIPHER_AES_CBC_PKCS5, aes_key.data(), aes_key.size(),
                            iv.data(), iv.size(), block.data(), block.size(), provider.user_data),
      0);
  EXPECT_EQ(to_hex(view_of(output.get()).first(16)), "f58c4c04d6e5f1ba779eabfb5f7bfbd6");
}

TEST(LibsignalProviderTest, RandomnessOutsideACallIsRefused) {  // INN-1.3
  Context& context = **Context::of_this_thread();
  ec_key_pair* pair = nullptr;
  EXPECT_EQ(curve_generate_key_pair(context.library(), &pair), kFaultNoRandomness);
  EXPECT_EQ(pair, nullptr);
}

TEST(LibsignalProviderTest, BadPaddingIsThePeersDoing) {  // INN-6.3
  Context& context = **Context::of_this_thread();
  const signal_crypto_provider provider = crypto_provider(context);
  const Bytes key(32, 1);
  const Bytes iv(16, 2);
  const Bytes ciphertext(32, 3);
  signal_buffer* output = nullptr;
  const auto decrypt = [&](int cipher, const Bytes& used_key, BytesView input) {
    return provider.decrypt_func(&output, cipher, used_key.data(), used_key.size(), iv.data(),
                                 iv.size(), input.data(), input.size(), provider.user_data);
  };
  EXPECT_EQ(decrypt(SG_CIPHER_AES_CBC_PKCS5, key, ciphertext), SG_ERR_INVALID_MESSAGE);
  EXPECT_EQ(decrypt(SG_CIPHER_AES_CBC_PKCS5, key, {}), SG_ERR_INVALID_MESSAGE);
  EXPECT_EQ(decrypt(SG_CIPHER_AES_CBC_PKCS5, key, BytesView(ciphertext).first(17)),
            SG_ERR_INVALID_MESSAGE);
  EXPECT_EQ(decrypt(99, key, ciphertext), kFaultUnexpected);
  EXPECT_EQ(decrypt(SG_CIPHER_AES_CBC_PKCS5, Bytes(5), ciphertext), kFaultLibrary);
  EXPECT_EQ(output, nullptr);
}

TEST(LibsignalLockTest, TheLockNests) {  // trap S6
  Context& context = **Context::of_this_thread();
  context.lock().lock();
  EXPECT_TRUE(context.lock().try_lock());
  context.lock().unlock();
  context.lock().unlock();
}

TEST(DonnaTest, LibsignalsAgreementIsOursAndRefusesLowOrder) {  // INN-3.2, trap S8
  EXPECT_TRUE(check_wall().has_value());
  const std::uint64_t before = multiplications_on_this_thread();
  const RawKey scalar{8, 1};
  const auto zero = public_key_of(RawKey{}).value();
  const auto secret = private_key_of(scalar).value();
  std::uint8_t* shared = nullptr;
  EXPECT_EQ(curve_calculate_agreement(&shared, zero.get(), secret.get()), SG_ERR_UNKNOWN);
  EXPECT_EQ(shared, nullptr);
  EXPECT_EQ(multiplications_on_this_thread(), before + 1);
}

TEST(DonnaTest, LibsignalsOwnCurveTestsStillPass) {  // INN-3.3
  EXPECT_EQ(curve_internal_fast_tests(1), 0);
}

// Origin: Project Wycheproof, x25519_test.json 0.9rc5. "acceptable" covers twist points and
// second forms, which X25519 computes, and low-order points, which must be refused here.
TEST(DonnaTest, WycheproofX25519) {  // INN-3.1
  const std::filesystem::path path =
      std::filesystem::path(TOCSIN_SHARED_DATA) / "vectors/wycheproof/x25519_test.json";
  if (!std::filesystem::exists(path)) GTEST_SKIP() << "no " << path;
  const nlohmann::json file = nlohmann::json::parse(std::ifstream(path));
  int computed = 0;
  int refused = 0;
  for (const auto& group : file.at("testGroups")) {
    for (const auto& test : group.at("tests")) {
      const Bytes point = from_hex(test.at("public").get<std::string>()).value();
      const Bytes scalar = from_hex(test.at("private").get<std::string>()).value();
      const Bytes shared = from_hex(test.at("shared").get<std::string>()).value();
      const std::vector<std::string> flags = test.at("flags");
      const bool zero = std::find(flags.begin(), flags.end(), "ZeroSharedSecret") != flags.end();
      Bytes result(32);
      const int code = curve25519_donna(result.data(), scalar.data(), point.data());
      if (zero) {
        EXPECT_NE(code, 0) << test.at("tcId");
        ++refused;
      } else {
        EXPECT_EQ(code, 0) << test.at("tcId");
        EXPECT_EQ(result, shared) << test.at("tcId");
        ++computed;
      }
    }
  }
  EXPECT_EQ(computed + refused, file.at("numberOfTests").get<int>());
  EXPECT_GT(computed, 400);
  EXPECT_GT(refused, 20);
}

}  // namespace
}  // namespace tocsin::libsignal
