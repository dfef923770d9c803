// protocol/spec/vectors/card.txt, made again from its seed.
#include <gtest/gtest.h>

#include "protocol/pairing/link.h"
#include "tests/support/card_issuer.h"
#include "tests/support/vector_file.h"

namespace tocsin {
namespace {

using testing_support::CardIssuer;
using testing_support::route_on;

TEST(CardVectorsTest, TheFileBesideTheSpecificationIsWhatTheProgramMakes) {
  const auto vectors = testing_support::read_vectors(TOCSIN_VECTORS "/card.txt");
  CardIssuer issuer(20'26);
  CardOrder order = issuer.order();
  order.routes.push_back(route_on("second.example", issuer.rng));
  const Bytes card = issuer.issue(order);
  const Link link{CardKind::kInvitation,
                  order.routes.front().relay,
                  SecretBytes::copy_of(as_bytes("correct horse")),
                  issuer.rng.draw<Locator>(),
                  InvitationSecret::random(issuer.rng),
                  commit_identity(issuer.identity.public_key, issuer.signing.public_key),
                  7};
  const Bytes payload = seal_card(card, {link.locator, link.secret}, issuer.rng).value();
  CardOrder contact = issuer.order(CardKind::kContact);
  contact.until = days_after(contact.from, 400);
  const Bytes contact_card = issuer.issue_without_signing(contact);

  const std::vector<std::pair<std::string, std::string>> made{
      {"identity_secret", to_hex(issuer.identity.secret.expose(kExpose))},
      {"identity_public", to_hex(issuer.identity.public_key.view())},
      {"signing_seed", to_hex(issuer.signing.secret.expose(kExpose))},
      {"signing_public", to_hex(issuer.signing.public_key.view())},
      {"prekey_secret", to_hex(issuer.prekey.secret.expose(kExpose))},
      {"card", to_hex(card)},
      {"cid", to_hex(card_id(card).view())},
      {"id_commit", to_hex(link.commitment.view())},
      {"L", to_hex(link.secret.expose(kExpose))},
      {"locator", to_hex(link.locator.view())},
      {"psk", to_hex(psk_of(link.kind, &link.secret).expose(kExpose))},
      {"link", print_link(link).value()},
      {"board_payload", to_hex(payload)},
      {"contact_card_without_signing_key", to_hex(contact_card)},
  };
  EXPECT_EQ(vectors.size(), made.size());
  for (const auto& [name, value] : made) {
    const auto known = vectors.find(name);
    EXPECT_TRUE(known != vectors.end() && known->second == value) << name << " = " << value;
  }
  // And they are what a second implementation has to accept.
  const CardMoment moment{{20'003}, {}};
  EXPECT_TRUE(check_card(card, pin_of(link), {}, moment).has_value());
  const CardPin contact_pin = pin_of_contact(issuer.identity.public_key, {});
  EXPECT_TRUE(check_card(contact_card, contact_pin, {}, moment).has_value());
}

}  // namespace
}  // namespace tocsin
