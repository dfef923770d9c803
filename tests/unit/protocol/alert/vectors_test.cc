// protocol/spec/vectors/alert.txt, made again from the seeds it names.
#include <fstream>
#include <sstream>

#include "crypto/ratchet/fingerprint.h"
#include "protocol/alert/answer.h"
#include "protocol/alert/carried.h"
#include "protocol/alert/founding.h"
#include "protocol/alert/render.h"
#include "tests/unit/protocol/alert/alert_world.h"

namespace tocsin {
namespace {

class AlertVectorsTest : public AlertTest {
 protected:
  void line(const std::string& name, BytesView bytes) {
    lines << name << " = " << to_hex(bytes) << "\n";
  }
  void verdict(const std::string& name, const AlertMessage& message) {
    line(name, encode_alert_message(message).value());
    const Evaluation shown = world.show(message);
    lines << name << "_verdict = " << static_cast<int>(shown.verdict) << " "
          << static_cast<int>(shown.reason) << " " << static_cast<int>(shown.life) << "\n";
  }
  std::ostringstream lines;
};

// ALT-1.3, ALT-2.1, ALT-2.2, ALT-2.4, ALT-2.5, ALT-6.1, ALT-6.3, ALT-7.9, CHA-2.1, CHA-3.1,
// CHA-3.2, PHR-3.1, CAR-1.1, CAR-1.2
TEST_F(AlertVectorsTest, TheFileBesideTheSpecificationIsWhatTheProgramMakes) {
  for (std::size_t i = 0; i < 4; ++i) {
    line("holder_" + std::to_string(i) + "_seed", world.holders[i].secret.expose(kExpose));
    line("holder_" + std::to_string(i) + "_public", world.holders[i].public_key.view());
  }
  line("recipient_identity", world.target.view());
  line("recipient_nonce", world.nonce.view());
  lines << "recipient_safety_half = " << safety_half(world.target).value() << "\n";

  const CharterChain::Link first = world.chain->newest();
  line("charter_1_body", first.envelope.body);
  line("charter_1_envelope", encode_dsse(first.envelope).value());
  line("charter_id", world.chain->id().view());
  line("charter_1_hash", first.hash.view());
  lines << "organisation_words =";
  for (const std::string& word : organisation_words(world.chain->id())) lines << " " << word;
  lines << "\n";

  AlertBody body = world.body();
  body.catalogue = CatalogueHash([] {
    std::array<std::uint8_t, 32> fixed{};
    fixed.fill(0x11);
    return fixed;
  }());
  const AlertMessage alert = world.message(body, {0, 2});
  line("alert_body", alert.envelope.body);
  line("alert_body_hash", alert_body_hash(alert.envelope.body).view());
  line("alert_signed_bytes",
       pre_authentication_encoding(DocumentKind::kAlert, alert.envelope.body));
  verdict("alert_one_signature", world.message(body, {0}));
  verdict("alert_same_holder_twice", world.message(body, {0, 0}));
  verdict("alert_authentic", alert);
  line("first_verdict", encode_first_verdict(world.history.front()));
  AlertMessage altered = world.message(world.body(), {0, 2});
  altered.envelope.body = alert.envelope.body;
  altered.envelope.body[3] ^= 1;
  verdict("alert_altered", altered);
  AlertMessage foreign = alert;
  foreign.nonce.mutable_view()[0] ^= 1;
  verdict("alert_for_somebody_else", foreign);
  verdict("withdrawal", world.message(world.withdrawal_of(body), {1, 2}));
  verdict("alert_after_withdrawal", alert);

  const CosignRequest request = world.request(body);
  line("cosign_request", encode_cosign_request(request).value());
  const AlertBodyHash hash = alert_body_hash(request.body);
  line("cosign_signature",
       encode_cosign_answer(CosignSignature{hash, alert.envelope.signatures[1]}).value());
  line("cosign_refusal",
       encode_cosign_answer(CosignRefusal{hash, RefusalReason::kNotConvinced, "not enough"})
           .value());
  line("alert_answer",
       encode_alert_answer({AlertAnswerKind::kAcknowledged, MessageId({1, 2, 3}), body.id}));

  const Charter second = world.successor(*world.chain, {0, 1, 3}, 2);
  ASSERT_TRUE(world.chain->accept(world.signed_charter(second, {0, 1}), AlertWorld::kToday));
  line("charter_2_envelope", encode_dsse(world.chain->newest().envelope).value());
  line("charter_2_hash", world.chain->newest().hash.view());
  const CharterMessage offer = CharterOffer{world.chain->id(), world.chain->to_offer()};
  line("charter_offer", encode_charter_message(offer).value());
  const FoundingRequest founding{FoundingId({9, 8, 7}), "Hope Lab", "Amina", 2};
  line("founding_request", encode_charter_message(CharterMessage{founding}).value());
  line("founding_key",
       encode_charter_message(CharterMessage{answer_founding(founding, world.holders[0].secret)})
           .value());
  line("catalogue_hash", catalogue_hash().view());

  line("carried_alert", encode_carried(ask_carried({world.chain->id(), world.chain->to_offer()},
                                                   request, world.holders[0].secret)
                                           .value())
                            .value());
  line(
      "carried_answer",
      encode_carried(answer_carried(CosignRefusal{hash, RefusalReason::kNotConvinced, "not enough"},
                                    world.holders[1].secret)
                         .value())
          .value());
  line("carried_charter", encode_carried(CarriedCharter{std::nullopt, founding}).value());
  line("carried_seat",
       encode_carried(CarriedSeat{answer_founding(founding, world.holders[0].secret)}).value());

  std::ostringstream file;
  file << std::ifstream(TOCSIN_SOURCE_DIR "/protocol/spec/vectors/alert.txt").rdbuf();
  std::string published = file.str();
  const std::size_t start = published.find("holder_0_seed");
  ASSERT_NE(start, std::string::npos) << lines.str();
  EXPECT_EQ(published.substr(start), lines.str()) << "made:\n" << lines.str() << "end of made\n";
}

}  // namespace
}  // namespace tocsin
