#include "protocol/mailbox/authorise.h"

#include "protocol/limits.h"

namespace tocsin {
namespace {

bool is_tag_of(const OwnerKey& key, const Request& request) {
  const Tag expected = owner_tag(key, request.id, request.command);
  const Tag given = request.tag.value_or(Tag());
  const bool equal = equal_in_constant_time(expected.view(), given.view());
  return equal && request.tag.has_value();
}

}  // namespace

OwnerKeys::OwnerKeys(StoreSessionSecret session, const SessionFacts& facts)
    : session_(std::move(session)), facts_(facts) {
  // Any key on the curve will do: nothing made under it is ever accepted.
  copy_exact(facts_.session.view(), dummy_.mutable_view());
}

bool OwnerKeys::authorises(const OwnerPublic* owner, const Request& request) {
  if (owner != nullptr) {
    const auto proven = proven_.find(*owner);
    if (proven != proven_.end() && is_tag_of(proven->second, request)) return true;
  }
  // MBX-4.4: every no, and the first yes, pays for an agreement.
  ++derivations_;
  auto key = owner_key(session_, owner != nullptr ? *owner : dummy_, facts_);
  if (!key.has_value()) return false;
  const bool right = is_tag_of(*key, request);
  if (!right || owner == nullptr) return false;
  if (proven_.size() < kMaxSubscriptions) proven_.insert_or_assign(*owner, std::move(*key));
  return true;
}

}  // namespace tocsin
