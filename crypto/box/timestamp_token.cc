#include "crypto/box/timestamp_token.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ts.h>
#include <openssl/x509.h>

#include <algorithm>
#include <array>
#include <memory>

namespace tocsin {
namespace {

constexpr std::size_t kMostNonceBytes = 32;
constexpr std::size_t kMostPolicyLetters = 128;
constexpr std::size_t kMostSignerLetters = 512;
constexpr std::size_t kMostAuthorityBytes = std::size_t{1} << 20;

// One deleter for all: each type of OpenSSL has a function of its own.
template <auto kFree>
struct Free {
  void operator()(auto* each) const { kFree(each); }
};
using Query = std::unique_ptr<TS_REQ, Free<TS_REQ_free>>;
using Reply = std::unique_ptr<TS_RESP, Free<TS_RESP_free>>;
using Imprint = std::unique_ptr<TS_MSG_IMPRINT, Free<TS_MSG_IMPRINT_free>>;
using Algorithm = std::unique_ptr<X509_ALGOR, Free<X509_ALGOR_free>>;
using Number = std::unique_ptr<ASN1_INTEGER, Free<ASN1_INTEGER_free>>;
using BigNumber = std::unique_ptr<BIGNUM, Free<BN_free>>;
using Time = std::unique_ptr<ASN1_TIME, Free<ASN1_TIME_free>>;
using Memory = std::unique_ptr<BIO, Free<BIO_free_all>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Store = std::unique_ptr<X509_STORE, Free<X509_STORE_free>>;
using Check = std::unique_ptr<TS_VERIFY_CTX, Free<TS_VERIFY_CTX_free>>;

// What OpenSSL notes of a hostile input must not be taken for a fault of the next call.
struct ErrorsEnd {
  ErrorsEnd() = default;
  ErrorsEnd(const ErrorsEnd&) = delete;
  ErrorsEnd& operator=(const ErrorsEnd&) = delete;
  ~ErrorsEnd() { ERR_clear_error(); }
};

Result<const unsigned char*> begin_of(BytesView der) {
  if (der.size() > kMostTimestampBytes)
    return fail(kTooLarge, "time stamp", static_cast<std::int64_t>(der.size()));
  if (der.empty()) return fail(kMalformed, "time stamp");
  return der.data();
}

Result<Query> parse_query(BytesView der) {
  const unsigned char* at = TRY(begin_of(der));
  Query query(d2i_TS_REQ(nullptr, &at, static_cast<long>(der.size())));
  if (!query || at != der.data() + der.size()) return fail(kMalformed, "time stamp query");
  return query;
}

Result<Reply> parse_reply(BytesView der) {
  const unsigned char* at = TRY(begin_of(der));
  Reply reply(d2i_TS_RESP(nullptr, &at, static_cast<long>(der.size())));
  if (!reply || at != der.data() + der.size()) return fail(kMalformed, "time stamp reply");
  return reply;
}

Result<Sha256> sha256_in(TS_MSG_IMPRINT* imprint) {
  if (imprint == nullptr) return fail(kMalformed, "time stamp imprint");
  const ASN1_OBJECT* algorithm = nullptr;
  X509_ALGOR_get0(&algorithm, nullptr, nullptr, TS_MSG_IMPRINT_get_algo(imprint));
  const ASN1_OCTET_STRING* hash = TS_MSG_IMPRINT_get_msg(imprint);
  if (OBJ_obj2nid(algorithm) != NID_sha256 || hash == nullptr)
    return fail(kMalformed, "time stamp hash");
  return Sha256::from(
      {ASN1_STRING_get0_data(hash), static_cast<std::size_t>(ASN1_STRING_length(hash))});
}

Result<Bytes> bytes_of(const ASN1_INTEGER* number) {
  if (number == nullptr) return Bytes{};
  const BigNumber value(ASN1_INTEGER_to_BN(number, nullptr));
  if (!value || BN_is_negative(value.get()) != 0) return fail(kMalformed, "time stamp nonce");
  const auto size = static_cast<std::size_t>(BN_num_bytes(value.get()));
  if (size == 0 || size > kMostNonceBytes) return fail(kMalformed, "time stamp nonce");
  Bytes bytes(size);
  BN_bn2bin(value.get(), bytes.data());
  return bytes;
}

Result<std::uint64_t> seconds_of(const ASN1_GENERALIZEDTIME* time) {
  const Time epoch(ASN1_TIME_set(nullptr, 0));
  if (!epoch) return fail(kNoMemory, "time");
  int days = 0;
  int seconds = 0;
  if (time == nullptr || ASN1_TIME_diff(&days, &seconds, epoch.get(), time) != 1 || days < 0 ||
      seconds < 0)
    return fail(kMalformed, "time of a time stamp");
  return static_cast<std::uint64_t>(days) * 86'400 + static_cast<std::uint64_t>(seconds);
}

std::string policy_of(TS_TST_INFO* info) {
  std::array<char, kMostPolicyLetters> text{};
  const int size =
      OBJ_obj2txt(text.data(), static_cast<int>(text.size()), TS_TST_INFO_get_policy_id(info), 1);
  return size <= 0 || static_cast<std::size_t>(size) >= text.size() ? "" : text.data();
}

std::string name_of(const X509* certificate) {
  const Memory memory(BIO_new(BIO_s_mem()));
  // RFC 2253 with everything but printable ASCII escaped.
  if (!memory ||
      X509_NAME_print_ex(memory.get(), X509_get_subject_name(certificate), 0, XN_FLAG_RFC2253) < 0)
    return {};
  char* text = nullptr;
  const long size = BIO_get_mem_data(memory.get(), &text);
  if (text == nullptr || size <= 0) return {};
  return {text, std::min(static_cast<std::size_t>(size), kMostSignerLetters)};
}

std::string signer_of(TS_RESP* reply) {
  PKCS7* const token = TS_RESP_get_token(reply);
  if (token == nullptr || PKCS7_type_is_signed(token) == 0) return {};
  const std::unique_ptr<STACK_OF(X509), void (*)(STACK_OF(X509)*)> signers(
      PKCS7_get0_signers(token, nullptr, 0), [](STACK_OF(X509) * each) { sk_X509_free(each); });
  if (!signers || sk_X509_num(signers.get()) != 1) return {};
  return name_of(sk_X509_value(signers.get(), 0));
}

Result<TimestampToken> token_of(TS_RESP* reply) {
  TS_TST_INFO* const info = TS_RESP_get_tst_info(reply);
  if (info == nullptr) return fail(kMalformed, "time stamp without a token");
  TimestampToken token;
  token.imprint = TRY(sha256_in(TS_TST_INFO_get_msg_imprint(info)));
  token.nonce = TRY(bytes_of(TS_TST_INFO_get_nonce(info)));
  token.seconds = TRY(seconds_of(TS_TST_INFO_get_time(info)));
  token.policy = policy_of(info);
  token.signer = signer_of(reply);
  return token;
}

bool set_imprint(TS_REQ* query, const Sha256& hash) {
  const Imprint imprint(TS_MSG_IMPRINT_new());
  const Algorithm algorithm(X509_ALGOR_new());
  if (!imprint || !algorithm) return false;
  Bytes bytes = to_bytes(hash.view());
  return X509_ALGOR_set0(algorithm.get(), OBJ_nid2obj(NID_sha256), V_ASN1_NULL, nullptr) == 1 &&
         TS_MSG_IMPRINT_set_algo(imprint.get(), algorithm.get()) == 1 &&
         TS_MSG_IMPRINT_set_msg(imprint.get(), bytes.data(), static_cast<int>(bytes.size())) == 1 &&
         TS_REQ_set_msg_imprint(query, imprint.get()) == 1;
}

bool set_nonce(TS_REQ* query, BytesView nonce) {
  const BigNumber value(BN_bin2bn(nonce.data(), static_cast<int>(nonce.size()), nullptr));
  if (!value) return false;
  const Number number(BN_to_ASN1_INTEGER(value.get(), nullptr));
  return number != nullptr && TS_REQ_set_nonce(query, number.get()) == 1;
}

// The certificates of the file; the rest of it is passed over, as every program does.
Result<Store> store_of(BytesView pem) {
  if (pem.size() > kMostAuthorityBytes)
    return fail(kTooLarge, "certificates", static_cast<std::int64_t>(pem.size()));
  Store store(X509_STORE_new());
  const Memory memory(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  if (!store || !memory) return fail(kNoMemory, "certificates");
  std::size_t count = 0;
  while (const Certificate each{PEM_read_bio_X509(memory.get(), nullptr, nullptr, nullptr)}) {
    if (X509_STORE_add_cert(store.get(), each.get()) != 1)
      return fail(kLibraryFault, "certificates");
    ++count;
  }
  if (count == 0) return fail(kBadKey, "no certificate");
  return store;
}

}  // namespace

Result<Bytes> encode_timestamp_query(const TimestampQuery& query) {
  const ErrorsEnd errors;
  if (query.nonce.empty() || query.nonce.size() > kMostNonceBytes || query.nonce.front() == 0)
    return fail(kMalformed, "time stamp nonce");
  const Query made(TS_REQ_new());
  if (!made || TS_REQ_set_version(made.get(), 1) != 1 || !set_imprint(made.get(), query.imprint) ||
      !set_nonce(made.get(), query.nonce) || TS_REQ_set_cert_req(made.get(), 1) != 1)
    return fail(kLibraryFault, "time stamp query");
  const int size = i2d_TS_REQ(made.get(), nullptr);
  if (size <= 0) return fail(kLibraryFault, "time stamp query");
  Bytes der(static_cast<std::size_t>(size));
  unsigned char* at = der.data();
  if (i2d_TS_REQ(made.get(), &at) != size) return fail(kLibraryFault, "time stamp query");
  return der;
}

Result<TimestampQuery> decode_timestamp_query(BytesView der) {
  const ErrorsEnd errors;
  const Query query = TRY(parse_query(der));
  TimestampQuery read;
  read.imprint = TRY(sha256_in(TS_REQ_get_msg_imprint(query.get())));
  read.nonce = TRY(bytes_of(TS_REQ_get_nonce(query.get())));
  return read;
}

Result<TimestampReply> decode_timestamp_reply(BytesView der) {
  const ErrorsEnd errors;
  const Reply reply = TRY(parse_reply(der));
  TimestampReply read;
  TS_STATUS_INFO* const info = TS_RESP_get_status_info(reply.get());
  if (info == nullptr ||
      ASN1_INTEGER_get_int64(&read.status, TS_STATUS_INFO_get0_status(info)) != 1)
    return fail(kMalformed, "time stamp status");
  if (read.status == TS_STATUS_GRANTED || read.status == TS_STATUS_GRANTED_WITH_MODS)
    read.token = TRY(token_of(reply.get()));
  return read;
}

Status verify_timestamp(const TimestampProof& proof) {
  const ErrorsEnd errors;
  const Query query = TRY(parse_query(proof.query));
  const Reply reply = TRY(parse_reply(proof.reply));
  const TimestampToken token = TRY(token_of(reply.get()));
  Store store = TRY(store_of(proof.authorities));
  // A court reads this years after the authority's certificate has ended.
  X509_VERIFY_PARAM_set_time(X509_STORE_get0_param(store.get()),
                             static_cast<time_t>(token.seconds));
  const Check check(TS_REQ_to_TS_VERIFY_CTX(query.get(), nullptr));
  if (!check) return fail(kLibraryFault, "time stamp check");
  TS_VERIFY_CTX_add_flags(check.get(), TS_VFY_SIGNATURE);
  TS_VERIFY_CTX_set_store(check.get(), store.release());
  if (TS_RESP_verify_response(check.get(), reply.get()) != 1)
    return fail(kBadSignature, "time stamp");
  return {};
}

}  // namespace tocsin
