#include "protocol/alert/answer.h"

#include "crypto/base/codec.h"
#include "protocol/codes.h"

namespace tocsin {
namespace {
constexpr std::uint8_t kAnswerVersion = 1;
}

Bytes encode_alert_answer(const AlertAnswer& answer) {
  Writer writer;
  writer.integer(kAnswerVersion)
      .integer(static_cast<std::uint8_t>(answer.kind))
      .raw(answer.message.view())
      .raw(answer.alert.view());
  return std::move(writer).take();
}

Result<AlertAnswer> decode_alert_answer(BytesView bytes) {
  Reader reader(bytes);
  const auto version = reader.integer<std::uint8_t>();
  const auto kind = reader.integer<std::uint8_t>();
  const AlertAnswer answer{static_cast<AlertAnswerKind>(kind), reader.fixed<MessageId>(),
                           reader.fixed<AlertId>()};
  TRY(reader.finish("alert answer"));
  if (version != kAnswerVersion) return fail(kUnsupportedVersion, "alert answer", version);
  if (answer.kind != AlertAnswerKind::kAcknowledged)
    return fail(kMalformed, "alert answer kind", kind);
  return answer;
}

}  // namespace tocsin
