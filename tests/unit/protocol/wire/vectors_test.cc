// The published vectors of the cell plane are what this build makes. tests/vectors/wire.py makes
// them a second time from the pages alone.

#include <gtest/gtest.h>

#include <fstream>
#include <map>

#include "crypto/box/agree.h"
#include "crypto/box/hash.h"
#include "protocol/board/record.h"
#include "protocol/mailbox/owner_tag.h"
#include "protocol/mailbox/password.h"
#include "protocol/mailbox/rows.h"
#include "protocol/mailbox/work.h"
#include "tests/support/wire_samples.h"

namespace tocsin {
namespace {

using samples::filled;

template <class SecretValue>
SecretValue secret_of(std::uint8_t byte) {
  return SecretValue::from(Bytes(SecretValue::kBytes, byte)).value();
}

// A cell without the zeros at its end.
std::string cell_text(const Message& message) {
  const Cell cell = encode(message).value();
  std::size_t size = kCellBytes;
  while (cell[size - 1] == 0) --size;
  return to_hex(BytesView(cell).first(size));
}
std::string cell_hash(const Message& message) {
  return to_hex(sha256({encode(message).value()}).view());
}

std::map<std::string, std::string> computed() {
  std::map<std::string, std::string> lines;
  const auto put = [&](const char* name, BytesView value) { lines[name] = to_hex(value); };

  const auto owner = secret_of<OwnerSecret>(0x01);
  const auto session = secret_of<StoreSessionSecret>(0x02);
  OwnerPublic owner_public;
  StoreSessionPublic session_public;
  x25519_public_of(owner.expose(kExpose), owner_public.mutable_view());
  x25519_public_of(session.expose(kExpose), session_public.mutable_view());
  const SessionFacts facts{filled<CurvePublic>(0x12), session_public, filled<WelcomeNonce>(0x14)};
  put("owner_public", owner_public.view());
  put("session_public", session_public.view());

  Request ack = samples::request(3, Ack{filled<ReadId>(0x22), {0x0000'0007'0000'0003}, 5});
  const OwnerKey key = owner_key(owner, owner_public, facts).value();
  ack.tag = owner_tag(key, ack.id, ack.command);
  put("owner_key", key.expose(kExpose));
  put("ack_command", ack.command);
  put("ack_tag", ack.tag->view());
  lines["ack_cell"] = cell_text(Requests{{ack, samples::request(4, Ping{})}});

  lines["hello_cell"] = cell_text(Hello{{1, 2, 7}});
  lines["malformed_cell"] = cell_text(Malformed{});
  lines["replies_cell"] = cell_text(
      Replies{{{{1}, Answer::kOk}, {{2}, Answer::kSuperseded}, {{3}, Answer::kOk, Bytes(32, 7)}}});
  lines["push_cell_sha256"] =
      cell_hash(Pushes{{{{2}, {0x0000'0007'0000'0004}, Bytes(kEnvelopeBytes, 0x44)}}});
  lines["deposit_cell_sha256"] = cell_hash(Requests{{samples::largest_deposit()}});

  const auto store = secret_of<SigningSecret>(0x03);
  Welcome welcome = samples::welcome(store);
  welcome.session = session_public;
  const SignedWelcome signed_welcome = sign_welcome(welcome, store).value();
  put("store_public", welcome.store.view());
  put("store_pin", store_pin_of(welcome.store).view());
  lines["relay_address"] = print_address(samples::address(store));
  put("welcome_body", signed_welcome.body);
  put("welcome_signature", signed_welcome.signature.view());
  lines["welcome_cell"] = cell_text(signed_welcome);

  put("read_lookup", lookup_of(secret_of<LookupKey>(0x04), filled<ReadId>(0x22)).view());
  put("drop_lookup", lookup_of(secret_of<LookupKey>(0x04), filled<DropId>(0x22)).view());

  const WorkChallenge challenge = work_challenge(facts, ack.id, ack.command);
  WorkSolver solver(challenge, 2);
  while (!solver.step(64).value()) continue;
  put("work_challenge", challenge.view());
  put("work_access_2_bits", encode_work(solver.proof()));
  const AccessKey access_key =
      access_key_of(SecretBytes::copy_of(as_bytes("correct horse")), store_pin_of(welcome.store))
          .value();
  put("password_key", access_key.expose(kExpose));
  put("password_access", prove_access(access_key, facts, ack));

  const auto writer = secret_of<WriterSecret>(0x05);
  const Bytes record = sign_board(writer, {9, {20'014}, Bytes(10, 0x66)}).value();
  put("board_record", record);
  put("board_id", board_id_of_record(record).view());
  put("unpublish_signature", sign_unpublish(writer, {facts.relay, facts.nonce, 12}).view());
  return lines;
}

// WIR-1.2, WIR-2.1, WIR-4.2, MBX-1.2, MBX-4.1, MBX-4.2, MBX-6.1, MBX-7.1, BRD-1.2
TEST(WireVectorsTest, ThePublishedVectorsAreWhatThisBuildMakes) {
  std::ifstream file(TOCSIN_SOURCE_FOLDER "/protocol/spec/vectors/wire.txt");
  ASSERT_TRUE(file.is_open());
  std::map<std::string, std::string> published;
  for (std::string line; std::getline(file, line);) {
    const std::size_t at = line.find(" = ");
    if (line.starts_with('#') || at == std::string::npos) continue;
    published[line.substr(0, at)] = line.substr(at + 3);
  }
  const auto lines = computed();
  for (const auto& [name, value] : lines)
    EXPECT_EQ(published[name], value) << name << " = " << value;
  EXPECT_EQ(published.size(), lines.size());
}

}  // namespace
}  // namespace tocsin
