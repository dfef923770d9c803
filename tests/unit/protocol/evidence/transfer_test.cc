#include "protocol/evidence/transfer.h"

#include <gtest/gtest.h>

#include "protocol/codes.h"

namespace tocsin {
namespace {

class TransferTest : public testing::Test {
 protected:
  EvidenceOffer offer() {
    return {file_, FileSecret::random(rng_), 1'234'567, "backup.zip", "from the second phone"};
  }
  EvidencePlace place() { return {file_, 16'384, 100, relay_, rng_.draw<ReadId>(), std::nullopt}; }
  Dsse document(DocumentKind kind, std::size_t signatures) {
    Dsse envelope{.kind = kind, .body = Bytes(300, 7), .signatures = {}};
    for (std::size_t i = 0; i < signatures; ++i)
      envelope.signatures.push_back(
          sign_document(SigningSecret::random(rng_), kind, envelope.body));
    return envelope;
  }
  static Bytes bytes_of(const EvidenceMessage& message) {
    return to_bytes(encode_evidence_message(message).value().expose(kExpose));
  }
  static void expect_refused(const EvidenceMessage& message, Code code) {
    EXPECT_EQ(encode_evidence_message(message).error().code, code);
  }

  SeededRng rng_{1};
  FileId file_ = rng_.draw<FileId>();
  RelayAddress relay_{rng_.draw<CurvePublic>(), rng_.draw<StorePin>(), "relay.example", 7700};
};

// EVI-4.1, EVI-4.2
TEST_F(TransferTest, EveryMessageIsReadAsItWasWritten) {
  EvidencePlace deletable = place();
  deletable.owner = OwnerSecret::random(rng_);
  std::vector<EvidenceMessage> messages;
  messages.emplace_back(offer());
  messages.emplace_back(place());
  messages.emplace_back(std::move(deletable));
  messages.emplace_back(EvidenceEnd{file_, rng_.draw<Sha256>(), rng_.draw<Sha256>()});
  messages.emplace_back(EvidenceTaken{file_, 77});
  messages.emplace_back(EvidenceResult{file_, EvidenceOutcome::kWhole, rng_.draw<Sha256>()});
  messages.emplace_back(EvidenceResult{file_, EvidenceOutcome::kRefused, {}});
  messages.emplace_back(EvidenceResult{file_, EvidenceOutcome::kLost, {}});
  messages.emplace_back(EvidenceRecord{file_, document(DocumentKind::kCustody, 1)});
  messages.emplace_back(EvidenceHandOver{file_, document(DocumentKind::kHandOver, 1)});
  messages.emplace_back(EvidenceHandOver{file_, document(DocumentKind::kHandOver, 2)});
  for (const EvidenceMessage& message : messages) {
    const Bytes bytes = bytes_of(message);
    const Result<EvidenceMessage> read = decode_evidence_message(bytes);
    ASSERT_TRUE(read.has_value()) << read.error().where;
    EXPECT_EQ(read->index(), message.index());
    EXPECT_EQ(bytes_of(*read), bytes);
    for (std::size_t size = 0; size < bytes.size(); ++size)
      EXPECT_FALSE(decode_evidence_message(BytesView(bytes).first(size)).has_value()) << size;
    Bytes longer = bytes;
    longer.push_back(0);
    EXPECT_EQ(decode_evidence_message(longer).error().code, kMalformed);
  }
}

// EVI-4.2
TEST_F(TransferTest, WhatBreaksARuleIsNeitherWrittenNorRead) {
  EvidenceOffer empty = offer();
  empty.length = 0;
  expect_refused(std::move(empty), kOutOfRange);
  EvidenceOffer long_name = offer();
  long_name.name = std::string(kMostGivenNameBytes + 1, 'x');
  expect_refused(std::move(long_name), kMalformed);
  EvidencePlace none = place();
  none.frames = 0;
  expect_refused(std::move(none), kOutOfRange);
  EvidencePlace beyond = place();
  beyond.first = kMostFrames - 1;
  expect_refused(std::move(beyond), kOutOfRange);
  EvidencePlace wraps = place();
  wraps.first = ~std::uint64_t{0};
  expect_refused(std::move(wraps), kOutOfRange);
  expect_refused(EvidenceTaken{file_, kMostFrames + 1}, kOutOfRange);
}

// EVI-4.2
TEST_F(TransferTest, AnotherVersionAndAnotherKindAreTold) {
  Bytes bytes = bytes_of(EvidenceTaken{file_, 1});
  bytes[0] = 2;
  EXPECT_EQ(decode_evidence_message(bytes).error().code, kUnsupportedVersion);
  bytes[0] = 1;
  bytes[1] = 6;
  EXPECT_EQ(decode_evidence_message(bytes).error().code, kMalformed);
}

// EVI-4.3
TEST_F(TransferTest, AnOutcomeAndTheContentThatWasComputedGoTogether) {
  const Sha256 content = rng_.draw<Sha256>();
  expect_refused(EvidenceResult{file_, EvidenceOutcome::kWhole, {}}, kMalformed);
  expect_refused(EvidenceResult{file_, EvidenceOutcome::kDifferent, {}}, kMalformed);
  expect_refused(EvidenceResult{file_, EvidenceOutcome::kRefused, content}, kMalformed);
  expect_refused(EvidenceResult{file_, EvidenceOutcome::kGivenUp, content}, kMalformed);
  expect_refused(EvidenceResult{file_, EvidenceOutcome{5}, content}, kMalformed);
}

// EVI-4.2
TEST_F(TransferTest, ADocumentIsOfItsKindAndSignedAsOftenAsItIsMeant) {
  expect_refused(EvidenceRecord{file_, document(DocumentKind::kHandOver, 1)}, kMalformed);
  expect_refused(EvidenceRecord{file_, document(DocumentKind::kCustody, 2)}, kMalformed);
  expect_refused(EvidenceHandOver{file_, document(DocumentKind::kCustody, 1)}, kMalformed);
  expect_refused(EvidenceHandOver{file_, document(DocumentKind::kHandOver, 3)}, kMalformed);
}

}  // namespace
}  // namespace tocsin
