#include "tests/fuzz/alert/targets.h"

#include <cstdlib>

#include "protocol/alert/answer.h"
#include "protocol/alert/carried.h"
#include "protocol/alert/founding.h"
#include "protocol/alert/lookalike.h"
#include "protocol/alert/render.h"
#include "protocol/alert/unicode.h"

namespace tocsin::fuzz {
namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

// Accepted input is the one form of what it means.
template <class Decoded, class Encode>
void same_bytes(const Decoded& decoded, Encode encode, BytesView input) {
  if (decoded.has_value()) require(encode(*decoded).value() == to_bytes(input));
}

void shown_text_is_safe(std::string_view shown) {
  const auto points = decode_utf8(shown);
  require(points.has_value());
  for (const char32_t point : *points)
    require(!is_forbidden(point) || point == U'\uFFFD' || point == U'\n' || point == 0x2068 ||
            point == 0x2069);
}

}  // namespace

void dsse(BytesView input) {
  for (const DocumentKind kind : {DocumentKind::kAlert, DocumentKind::kCharter}) {
    same_bytes(decode_dsse(input, kind), encode_dsse, input);
    const auto json = dsse_from_json(as_text(input), kind);
    if (json.has_value())
      require(dsse_from_json(dsse_to_json(*json).value(), kind).value() == *json);
  }
}

void charter(BytesView input) {
  same_bytes(decode_charter(input), encode_charter, input);
  same_bytes(decode_charter_message(input), encode_charter_message, input);
  const auto chain = CharterChain::decode(input, CharterId{});
  require(!chain.has_value());  // nothing hashes to zero
}

void body(BytesView input) {
  const auto decoded = decode_alert_body(input);
  same_bytes(decoded, encode_alert_body, input);
  if (decoded.has_value()) {
    Evaluation evaluation;
    evaluation.body = *decoded;
    for (const Language language : kLanguages)
      shown_text_is_safe(to_plain_text(render_alert(evaluation, {}, language)));
  }
  const auto message = decode_alert_message(input);
  same_bytes(message, encode_alert_message, input);
  if (message.has_value()) {
    const IdentityPublic nobody;
    const Evaluation evaluation = evaluate({*message, {}, nobody, {}, Day{20'000}});
    require(evaluation.verdict == Verdict::kNotVerified);
  }
  const auto answer = decode_alert_answer(input);
  if (answer.has_value()) require(encode_alert_answer(*answer) == to_bytes(input));
  const auto record = decode_first_verdict(input);
  if (record.has_value()) require(encode_first_verdict(*record) == to_bytes(input));
}

void cosign(BytesView input) {
  same_bytes(decode_cosign_request(input), encode_cosign_request, input);
  same_bytes(decode_cosign_answer(input), encode_cosign_answer, input);
}

void carried(BytesView input) { same_bytes(decode_carried(input), encode_carried, input); }

void text(BytesView input) {
  const std::string_view given = as_text(input);
  const std::string shown = safe_text(given, {.max_letters = 200});
  shown_text_is_safe(shown);
  const TextRule rule{.max_bytes = 10'000, .line_breaks = LineBreaks::kAllowed};
  // Plain text is shown as it is, as far as it fits.
  if (check_plain_text(given, rule).has_value()) {
    const ShowRule all{.max_letters = 10'000, .line_breaks = LineBreaks::kAllowed};
    require(safe_text(given, all) == given);
  }
  require(names_look_alike(given, given));
}

}  // namespace tocsin::fuzz
