#include "protocol/alert/cosign.h"

#include "crypto/ratchet/fingerprint.h"
#include "protocol/alert/render.h"
#include "tests/unit/protocol/alert/alert_world.h"

namespace tocsin {
namespace {

class CosignTest : public AlertTest {
 protected:
  Result<CheckedRequest> check(const CosignRequest& request, Day today = AlertWorld::kToday) {
    return check_cosign_request(request, *world.chain, today);
  }
  Result<CosignSignature> sign(const CosignRequest& request, std::size_t holder) {
    const CheckedRequest checked = TRY(check(request));
    return cosign(checked, *world.chain, world.holders[holder].secret);
  }
};

// Only a checked request can be answered.
static_assert(!std::is_constructible_v<CheckedRequest, CosignRequest, AlertBody, std::string>);
static_assert(!std::is_default_constructible_v<CheckedRequest>);

// ALT-6.1
TEST_F(CosignTest, RequestsReturnWhatTheyWereMadeFrom) {
  const CosignRequest request = world.request(world.body());
  const Bytes bytes = encode_cosign_request(request).value();
  EXPECT_LE(bytes.size(), kMaxCosignRequest);
  EXPECT_EQ(decode_cosign_request(bytes).value(), request);
  for (std::size_t length = 0; length < bytes.size(); ++length)
    EXPECT_FALSE(decode_cosign_request(BytesView(bytes).first(length)).has_value());
  CosignRequest bad = request;
  bad.case_label = "a\x1b[2J";
  EXPECT_EQ(code_of(encode_cosign_request(bad)), kNotPlainText);
  bad = request;
  bad.verified = static_cast<RecipientVerified>(9);
  EXPECT_EQ(code_of(encode_cosign_request(bad)), kForbiddenValue);
}

// ALT-6.2
TEST_F(CosignTest, TheCoSignerSeesTheRecipientsHalfComputedByHisOwnClient) {
  const CheckedRequest checked = check(world.request(world.body())).value();
  EXPECT_EQ(checked.safety_half(), safety_half(world.target).value());
  EXPECT_EQ(checked.safety_half().size(), kSafetyDigits / 2);
  EXPECT_EQ(checked.body().device, "your black phone");
}

// ALT-6.2
TEST_F(CosignTest, ARequestForAnotherKeyThanTheSignedOneIsRefused) {
  CosignRequest request = world.request(world.body());
  request.recipient = world.rng.draw<IdentityPublic>();
  EXPECT_EQ(code_of(check(request)), kWrongRecipient);
  request = world.request(world.body());
  request.nonce = world.rng.draw<RecipientNonce>();
  EXPECT_EQ(code_of(check(request)), kWrongRecipient);
}

// ALT-6.2
TEST_F(CosignTest, AnotherCatalogueCharterOrOrganisationIsRefused) {
  AlertBody body = world.body();
  body.catalogue.mutable_view()[0] ^= 1;
  EXPECT_EQ(code_of(check(world.request(body))), kCatalogueDiffers);
  body = world.body();
  body.do_first[0].text = "Throw the device into the sea.";
  EXPECT_EQ(code_of(check(world.request(body))), kCatalogueDiffers);
  body = world.body();
  body.charter_hash.mutable_view()[0] ^= 1;
  EXPECT_EQ(code_of(check(world.request(body))), kCharterNotNewest);
  body = world.body();
  body.charter_id.mutable_view()[0] ^= 1;
  EXPECT_EQ(code_of(check(world.request(body))), kForbiddenValue);
  EXPECT_EQ(code_of(check(world.request(world.body()), days_after(AlertWorld::kToday, 61))),
            kForbiddenValue);
}

// ALT-6.3
TEST_F(CosignTest, AnswersReturnWhatTheyWereMadeFrom) {
  const CheckedRequest checked = check(world.request(world.body())).value();
  const CosignAnswer signature = cosign(checked, *world.chain, world.holders[0].secret).value();
  const CosignAnswer refusal =
      refuse_to_cosign(checked, RefusalReason::kWrongPerson, "this is not her number").value();
  for (const CosignAnswer& answer : {signature, refusal}) {
    const Bytes bytes = encode_cosign_answer(answer).value();
    EXPECT_EQ(decode_cosign_answer(bytes).value(), answer);
    for (std::size_t length = 0; length < bytes.size(); ++length)
      EXPECT_FALSE(decode_cosign_answer(BytesView(bytes).first(length)).has_value());
  }
  EXPECT_EQ(code_of(refuse_to_cosign(checked, RefusalReason::kOther, "see www.x")), kNotPlainText);
}

// ALT-6.3
TEST_F(CosignTest, OnlyAHolderOfTheNewestCharterCanSign) {
  EXPECT_EQ(code_of(sign(world.request(world.body()), 5)), kNotAHolder);
  EXPECT_TRUE(sign(world.request(world.body()), 2).has_value());
}

// ALT-6.4
TEST_F(CosignTest, KDifferentHoldersMakeAnAuthenticAlert) {
  const CosignRequest request = world.request(world.body());
  AlertAssembly assembly = AlertAssembly::start(request, world.chain->newest().charter).value();
  EXPECT_EQ(code_of(assembly.finish()), kTooFewSigners);
  ASSERT_TRUE(assembly.add(sign(request, 2).value()));
  ASSERT_TRUE(assembly.add(sign(request, 2).value()));
  EXPECT_EQ(assembly.signers(), 1U);
  EXPECT_FALSE(assembly.complete());
  ASSERT_TRUE(assembly.add(sign(request, 0).value()));
  EXPECT_EQ(assembly.holders(), (std::vector<std::size_t>{0, 2}));
  EXPECT_EQ(assembly.holder_name(2), "Chloe");
  EXPECT_EQ(world.show(assembly.finish().value()).verdict, Verdict::kAuthentic);
}

// ALT-6.4
TEST_F(CosignTest, ForeignSignaturesAreNotCollected) {
  const CosignRequest request = world.request(world.body());
  AlertAssembly assembly = AlertAssembly::start(request, world.chain->newest().charter).value();
  const CosignSignature other_body = sign(world.request(world.body()), 0).value();
  EXPECT_EQ(assembly.add(other_body).error().code, kForbiddenValue);
  CosignSignature stranger{
      alert_body_hash(request.body),
      sign_document(world.holders[6].secret, DocumentKind::kAlert, request.body)};
  EXPECT_EQ(assembly.add(stranger).error().code, kNotAHolder);
  CosignSignature broken = sign(request, 0).value();
  broken.signature.signature.mutable_view()[3] ^= 1;
  EXPECT_EQ(assembly.add(broken).error().code, kBadSignature);
  EXPECT_EQ(assembly.signers(), 0U);
}

// ALT-6.4
TEST_F(CosignTest, AssemblyStartsOnlyUnderTheCharterAndPersonTheBodyNames) {
  const CosignRequest request = world.request(world.body());
  EXPECT_EQ(code_of(AlertAssembly::start(request, world.charter({0, 1, 3}, 2))), kCharterNotNewest);
  CosignRequest other = request;
  other.recipient = world.rng.draw<IdentityPublic>();
  EXPECT_EQ(code_of(AlertAssembly::start(other, world.chain->newest().charter)), kWrongRecipient);
}

// ALT-6.5
TEST_F(CosignTest, TheCoSignersPageHasEveryLineOfTheRecipientsPage) {
  const AlertBody body = world.body();
  const Page draft = render_draft(body, world.chain->newest().charter, Language::kArabic);
  const std::vector<KnownOrganisation> organisations{
      {world.chain.get(), ConfirmedBy::kQrPicture, AlertWorld::kToday, ""}};
  const Page shown =
      render_alert(world.show(world.message(body, {0, 1})), organisations, Language::kArabic);
  for (const SectionKind kind :
       {SectionKind::kWhatHappened, SectionKind::kDoFirst, SectionKind::kDoNot,
        SectionKind::kMessage, SectionKind::kHowSure, SectionKind::kGoldenRule}) {
    const auto section = [kind](const Page& page) {
      return *std::ranges::find(page.sections, kind, &PageSection::kind);
    };
    ASSERT_EQ(section(draft).lines.size(), section(shown).lines.size());
    for (std::size_t i = 0; i < section(draft).lines.size(); ++i)
      EXPECT_EQ(section(draft).lines[i].text, section(shown).lines[i].text);
  }
}

}  // namespace
}  // namespace tocsin
