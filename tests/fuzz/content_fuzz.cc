// Contents and bodies. An input is also read as a series of contents from two contacts, each behind
// a contact byte and a u16 length, so that the assembler meets what the decoder lets through.
#include <algorithm>

#include "crypto/base/codec.h"
#include "protocol/session/assembler.h"
#include "protocol/session/bodies.h"
#include "tests/fuzz/harness.h"

namespace tocsin {
namespace {

constexpr std::array<std::size_t, 1> kRoom{200};

Bytes series_of(const std::vector<SecretBytes>& contents) {
  Writer writer;
  std::uint8_t contact = 0;
  for (const SecretBytes& content : contents) {
    writer.integer(std::uint8_t{contact}).short_field(content.expose(kExpose));
    contact = 1 - contact;
  }
  for (const SecretBytes& content : contents)
    writer.integer(std::uint8_t{0}).short_field(content.expose(kExpose));
  return std::move(writer).take();
}

void try_content(BytesView input) {
  const auto view = decode_content(input);
  if (!view) return;
  const SecretBytes again = encode_content(view->header, view->body);
  fuzz_check(again.size() <= input.size() &&
                 std::ranges::equal(again.expose(kExpose), input.first(again.size())) &&
                 is_all_zero(input.subspan(again.size())),
             "one encoding per content");
}

void try_bodies(BytesView input) {
  if (const auto text = decode_text(input); text.has_value())
    fuzz_check(encode_text(*text).has_value(), "text encodes again");
  if (const auto receipts = decode_receipts(input); receipts.has_value())
    fuzz_check(std::ranges::equal(encode_receipts(*receipts).value(), input), "one encoding");
  if (const auto routes = decode_routes(input); routes.has_value())
    fuzz_check(std::ranges::equal(encode_routes(*routes).value(), input), "one encoding");
}

void try_assembly(BytesView input) {
  Assembler assembler;
  Reader reader(input);
  while (!reader.rest().empty()) {
    const ContactId contact{reader.integer<std::uint8_t>() % 2};
    const BytesView content = reader.short_field(kContentPlain);
    if (!reader.ok()) return;
    const auto taken = assembler.take(contact, content, {20'000});
    if (taken && taken->message)
      fuzz_check(taken->message->body.size() <= kMaxBodyBytes, "message within bounds");
    fuzz_check(assembler.open_messages(contact) <= kMaxOpenPerContact, "open messages");
    fuzz_check(assembler.held_bytes(contact) <= kMaxOpenBytesPerContact, "held bytes");
    fuzz_check(assembler.held_bytes() ==
                   assembler.held_bytes(ContactId{0}) + assembler.held_bytes(ContactId{1}),
               "held bytes add up");
  }
}

}  // namespace

std::vector<Bytes> fuzz_samples() {
  SeededRng rng(1);
  const Bytes body(900, 0x41);
  const auto contents =
      split_message({ContentKind::kText, rng.draw<MessageId>(), {1, 2, 3}, body}, kRoom).value();
  std::vector<Bytes> samples{
      series_of(contents), to_bytes(contents.front().expose(kExpose)),
      encode_text("été ١٢٣").value(),
      encode_receipts({{rng.draw<MessageId>(), ReceiptState::kRead}}).value()};
  Bytes padded = to_bytes(contents.back().expose(kExpose));
  padded.resize(kContentWithKem);
  samples.push_back(padded);
  samples.push_back(
      encode_routes({{{rng.draw<CurvePublic>(), rng.draw<StorePin>(), "relay.example", 9443},
                      rng.draw<DropId>()}})
          .value());
  return samples;
}

}  // namespace tocsin

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tocsin;  // NOLINT(google-build-using-namespace): the entry point itself
  const BytesView input(data, size);
  try_content(input);
  try_bodies(input);
  try_assembly(input);
  return 0;
}
