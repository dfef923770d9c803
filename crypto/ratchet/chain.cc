#include "crypto/ratchet/chain.h"

#include <algorithm>

#include "crypto/base/codec.h"
#include "crypto/box/hash.h"
#include "crypto/box/labels.h"

namespace tocsin {
namespace {

ChainKey next_chain(const ChainKey& chain) {
  return derive<ChainKey>(chain.expose(kExpose), {label_bytes(Label::kChain)});
}

}  // namespace

ChainStep step(const ChainKey& chain) {
  return {derive<MessageKey>(chain.expose(kExpose), {label_bytes(Label::kMessage)}),
          next_chain(chain)};
}

ChainWalk walk(const ChainKey& chain, const MessageNumber& from, std::uint32_t to) {
  ChainWalk result{chain.duplicate(), {}, 0};
  const std::uint32_t gap = to - from.counter;
  result.lost = gap > kMaxSkip ? gap - kMaxSkip : 0;
  result.passed.reserve(gap - result.lost);
  for (std::uint32_t i = 0; i < result.lost; ++i) result.chain = next_chain(result.chain);
  for (std::uint32_t counter = from.counter + result.lost; counter < to; ++counter) {
    ChainStep one = step(result.chain);
    result.passed.push_back({{from.epoch, counter}, std::move(one.message)});
    result.chain = std::move(one.next);
  }
  return result;
}

RootStep root_step(const RootInput& input) {
  const Sha512 exchange =
      sha512({input.offered.view(), input.answer.ciphertext.view(), input.answer.next.view()});
  Writer info;
  info.raw(label_bytes(Label::kTurn))
      .raw(input.sid.view())
      .integer(input.epoch.value)
      .raw(exchange.view());
  SecretBytes out =
      hkdf_sha512(input.root.expose(kExpose), input.shared.expose(kExpose), info.view(), 4 * 32);
  const MutableBytes keys = out.expose_mutable(kExpose);
  return {RootKey::take(keys.subspan(0, 32)), ChainKey::take(keys.subspan(32, 32)),
          HeaderKey::take(keys.subspan(64, 32)), KemBlockKey::take(keys.subspan(96, 32))};
}

}  // namespace tocsin
