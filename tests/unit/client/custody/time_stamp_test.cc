#include "client/custody/time_stamp.h"

#include <cstdlib>
#include <fstream>

#include "client/codes.h"
#include "client/custody/custody_words.h"
#include "crypto/base/files.h"
#include "tests/support/temporary_folder.h"
#include "tests/unit/client/custody/custody_world.h"

namespace tocsin {
namespace {

// An authority of the test's own, run by the openssl program.
class TimeStampTest : public CustodyWorld {
 protected:
  void SetUp() override {
    CustodyWorld::SetUp();
    if (!runs("openssl version")) GTEST_SKIP() << "there is no openssl program here";
    write("openssl.cnf", as_bytes(kConfiguration));
    write("serial", as_bytes("01\n"));
    make_authority();
  }

  void make_authority() const {
    ASSERT_TRUE(
        runs("openssl req -x509 -newkey ed25519 -nodes -keyout ca.key -out ca.pem -days 30 "
             "-subj '/CN=Test Root' -config openssl.cnf -extensions root"));
    ASSERT_TRUE(
        runs("openssl req -newkey rsa:2048 -nodes -keyout tsa.key -out tsa.csr "
             "-subj '/O=Test/CN=Test Clock' -config openssl.cnf"));
    ASSERT_TRUE(
        runs("openssl x509 -req -in tsa.csr -CA ca.pem -CAkey ca.key -CAcreateserial "
             "-out tsa.pem -days 30 -extfile openssl.cnf -extensions clock"));
  }

  bool runs(const std::string& command) const {
    const std::string whole = "cd '" + folder_.path().string() + "' && " + command + " >said 2>&1";
    return std::system(whole.c_str()) == 0;  // NOLINT: another program is what is tested against
  }
  void write(const char* name, BytesView bytes) const {
    std::ofstream(folder_.file(name), std::ios::binary) << as_text(bytes);
  }
  Bytes read(const char* name) const {
    return read_file(folder_.file(name), kMostTimestampBytes).value();
  }
  // What the authority answers to the request.
  Bytes answer(BytesView request) const {
    write("q.tsq", request);
    EXPECT_TRUE(runs("openssl ts -reply -queryfile q.tsq -out r.tsr -config openssl.cnf"))
        << as_text(read("said"));
    return read("r.tsr");
  }
  Bytes request_for(BytesView bytes) { return make_time_stamp_request(bytes, rng_).value(); }
  Bytes authority() const { return read("ca.pem"); }

  static constexpr std::string_view kConfiguration = R"(
[ req ]
distinguished_name = name
prompt = no
[ name ]
CN = unused
[ root ]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign
[ clock ]
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
[ tsa ]
default_tsa = here
[ here ]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
signer_key = tsa.key
certs = ca.pem
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha512
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
)";

  TemporaryFolder folder_;
  Bytes record_ = to_bytes(as_bytes("a record"));
};

// CUS-4.4
TEST_F(TimeStampTest, AnAnswerToOurRequestTellsWhenAndWho) {
  const Bytes request = request_for(record_);
  const Bytes reply = answer(request);
  const TimeStamp stamp = read_time_stamp(reply, request).value();
  EXPECT_EQ(stamp.imprint, sha256({record_}));
  EXPECT_EQ(stamp.policy, "1.2.3.4.1");
  EXPECT_EQ(stamp.signer, "CN=Test Clock,O=Test");
  const auto now = static_cast<std::uint64_t>(::time(nullptr));
  EXPECT_LE(stamp.seconds, now);
  EXPECT_GT(stamp.seconds + 3'600, now);
  EXPECT_TRUE(check_time_stamp({reply, request, authority()}).has_value());
}

// CUS-4.4: what we keep, another program verifies; what another program asks, we read.
TEST_F(TimeStampTest, OpensslVerifiesWhatWeKeep) {
  const Bytes request = request_for(record_);
  write("kept.tsq", request);
  write("kept.tsr", answer(request));
  write("record", record_);
  EXPECT_TRUE(runs("openssl ts -verify -queryfile kept.tsq -in kept.tsr -CAfile ca.pem"));
  EXPECT_TRUE(runs("openssl ts -verify -data record -in kept.tsr -CAfile ca.pem"));
  ASSERT_TRUE(runs("openssl ts -query -data record -sha256 -cert -out theirs.tsq"));
  const Bytes theirs = read("theirs.tsq");
  EXPECT_EQ(read_time_stamp(answer(theirs), theirs)->imprint, sha256({record_}));
}

// CUS-4.4
TEST_F(TimeStampTest, AnAnswerToAnotherRequestIsNone) {
  const Bytes request = request_for(record_);
  const Bytes reply = answer(request);
  const Bytes same_bytes = request_for(record_);
  EXPECT_EQ(read_time_stamp(reply, same_bytes).error().code, kOtherTimeStamp) << "another nonce";
  const TimestampQuery asked = decode_timestamp_query(request).value();
  const Bytes other = encode_timestamp_query({sha256({as_bytes("other")}), asked.nonce}).value();
  EXPECT_EQ(read_time_stamp(reply, other).error().code, kOtherTimeStamp) << "another hash";
  EXPECT_FALSE(check_time_stamp({reply, other, authority()}).has_value());
}

// CUS-4.4
TEST_F(TimeStampTest, ARefusalIsToldWithItsStatus) {
  ASSERT_TRUE(
      runs("openssl ts -query -digest $(printf '%064d' 7) -sha256 -no_nonce "
           "-tspolicy 1.9.9 -out q.tsq"));
  const Bytes reply = answer(read("q.tsq"));
  EXPECT_EQ(read_time_stamp(reply, request_for(record_)).error().code, kTimeStampRefused);
  EXPECT_EQ(read_time_stamp(reply, request_for(record_)).error().detail, 2) << "rejection";
}

// CUS-4.4
TEST_F(TimeStampTest, ASignatureOfAnotherAuthorityOrOverOtherBytesIsRefused) {
  const Bytes request = request_for(record_);
  const Bytes reply = answer(request);
  ASSERT_TRUE(
      runs("openssl req -x509 -newkey ed25519 -nodes -keyout other.key -out other.pem "
           "-days 30 -subj '/CN=Other' -config openssl.cnf -extensions root"));
  const Bytes other = read("other.pem");
  EXPECT_EQ(check_time_stamp({reply, request, other}).error().code, kBadSignature);
  EXPECT_EQ(check_time_stamp({reply, request, as_bytes("no certificate")}).error().code, kBadKey);
  // The time stands in the signed part as text.
  Bytes moved = reply;
  const std::string year = std::string(as_text(reply));
  const std::size_t at = year.find("\x18\x0f") + 2;
  ASSERT_NE(at, std::string::npos + 2);
  moved[at + 3] = moved[at + 3] == '0' ? '1' : '0';
  EXPECT_TRUE(read_time_stamp(moved, request).has_value());
  EXPECT_EQ(check_time_stamp({moved, request, authority()}).error().code, kBadSignature);
}

// CUS-4.4: from hostile hands.
TEST_F(TimeStampTest, GarbageAndWhatIsCutOffIsRefusedWithoutHarm) {
  const Bytes request = request_for(record_);
  const Bytes reply = answer(request);
  for (std::size_t size = 0; size < reply.size(); size += 1 + size / 64)
    EXPECT_FALSE(read_time_stamp(BytesView(reply).first(size), request).has_value()) << size;
  Bytes longer = reply;
  longer.push_back(0);
  EXPECT_EQ(read_time_stamp(longer, request).error().code, kMalformed);
  EXPECT_EQ(read_time_stamp(Bytes(kMostTimestampBytes + 1), request).error().code, kTooLarge);
  const Bytes certificates = authority();
  for (int i = 0; i < 2'000; ++i) {
    Bytes bent = reply;
    bent[rng_.below(static_cast<std::uint32_t>(bent.size()))] ^=
        static_cast<std::uint8_t>(1U << rng_.below(8));
    if (bent == reply) continue;
    const Result<TimeStamp> stamp = check_time_stamp({bent, request, certificates});
    EXPECT_TRUE(!stamp.has_value() || stamp->imprint == sha256({record_}));
  }
}

// CUS-4.4, CUS-4.8: in a log it anchors its record, once the authority is known.
TEST_F(TimeStampTest, AStampedRecordIsAnchoredOnceItsAuthorityIsChecked) {
  const Bytes request = request_for(annas_[2].body);
  CustodyCase made = custody();
  made.time_stamps.push_back({request, answer(request)});
  const CustodyVerdict unchecked = verify_custody(made, {}).value();
  EXPECT_TRUE(unchecked.holds());
  ASSERT_EQ(unchecked.time_stamps.size(), 1U);
  EXPECT_EQ(unchecked.time_stamps[0].record, 2U);
  const SigningPublic anna = signing_public_of(anna_);
  EXPECT_EQ(unchecked.chain_of(anna)->anchor->kind, AnchorKind::kHandOver);
  EXPECT_NE(time_stamp_sentence(unchecked, unchecked.time_stamps[0]).find("was not checked"),
            std::string::npos);
  const CustodyVerdict checked = verify_custody(made, authority()).value();
  EXPECT_TRUE(checked.holds());
  EXPECT_EQ(checked.chain_of(anna)->anchor->record, 2U);
  EXPECT_EQ(checked.chain_of(anna)->anchor->kind, AnchorKind::kTimeStamp);

  CustodyCase foreign = custody();
  const Bytes of_nothing = request_for(record_);
  foreign.time_stamps.push_back({of_nothing, answer(of_nothing)});
  EXPECT_TRUE(says(verify_custody(foreign, {}).value(), kOtherTimeStamp, "stamps no record"));
  std::vector<LogFile> half = write_custody_log(made).value();
  std::erase_if(half, [](const LogFile& file) { return file.name.ends_with(".tsq"); });
  EXPECT_TRUE(says(verify_custody(half, {}), kCustodyIncomplete, "request to this time stamp"));
}

}  // namespace
}  // namespace tocsin
