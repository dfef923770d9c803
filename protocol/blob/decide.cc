#include "protocol/blob/decide.h"

#include "crypto/base/overloaded.h"
#include "crypto/box/agree.h"
#include "protocol/mailbox/commands.h"

namespace tocsin {
namespace {

// Everything a command sees besides itself.
struct Scene {
  const BulkAsked& asked;
  const BlobRow* blob;  // nullptr: none, or past its day
  const LoadedBlob& loaded;
  OwnerKeys& keys;
  const BulkGround& ground;

  bool is_owner() const {
    return keys.authorises(blob != nullptr ? &blob->owner : nullptr, asked.request);
  }
};

BlobEffects answered(Answer answer, Bytes body = {}) {
  BlobEffects effects;
  effects.push_back(AnswerReply{answer, std::move(body)});
  return effects;
}

// BLB-10.1: every put and get begins the days anew.
void keep_longer(const Scene& scene, BlobEffects& effects) {
  BlobRow row = *scene.blob;
  row.last_day = days_after(scene.ground.today, row.days);
  if (row != *scene.blob) effects.push_back(UpdateBlob{row});
}

// BLB-4.1: access before the tag: it costs the stranger most and us least.
BlobEffects create(const CreateBlob& wanted, const Scene& scene) {
  const BulkGround& ground = scene.ground;
  if (ground.life == RelayLife::kClosing) return answered(Answer::kRefused);
  if (const auto lacking = lacks_access(scene.asked.access)) return answered(*lacking);
  if (!scene.keys.authorises(&wanted.owner, scene.asked.request) ||
      !check_x25519_public(wanted.owner.view()).has_value()) {
    return answered(Answer::kRefused);
  }
  const ReadId id = blob_id_of(ground.lookup_key, wanted.owner);
  if (scene.blob != nullptr) {
    const bool same = scene.blob->frames == wanted.frames && scene.blob->days == wanted.days;
    return same ? answered(Answer::kOk, to_bytes(id.view())) : answered(Answer::kRefused);
  }
  if (wanted.frames > ground.free_frames)
    return answered(Answer::kFull, encode_free_frames(ground.free_frames));
  BlobEffects effects;
  if (scene.loaded.blob.has_value())  // past its day, and not swept yet
    effects.push_back(EraseBlob{scene.loaded.blob->number});
  effects.push_back(InsertBlob{{.number = {},
                                .read = lookup_of(ground.lookup_key, id),
                                .owner = wanted.owner,
                                .frames = wanted.frames,
                                .days = wanted.days,
                                .standing = BlobStanding::kOpen,
                                .last_day = days_after(ground.today, wanted.days)}});
  effects.push_back(AnswerReply{Answer::kOk, to_bytes(id.view())});
  return effects;
}

// BLB-5: an index is written once.
BlobEffects put(const PutFrame& wanted, const Scene& scene) {
  if (!scene.is_owner() || scene.blob == nullptr) return answered(Answer::kRefused);
  if (wanted.index >= scene.blob->frames) return answered(Answer::kRefused);
  if (scene.loaded.frame == FrameThere::kOther) return answered(Answer::kRefused);
  BlobEffects effects;
  if (scene.loaded.frame == FrameThere::kNo) {
    if (scene.blob->standing == BlobStanding::kSealed) return answered(Answer::kRefused);
    effects.push_back(StoreFrame{scene.blob->number, wanted.index});
  }
  keep_longer(scene, effects);
  effects.push_back(AnswerReply{});
  return effects;
}

BlobEffects seal(const Scene& scene) {
  if (!scene.is_owner() || scene.blob == nullptr) return answered(Answer::kRefused);
  BlobEffects effects;
  if (scene.blob->standing == BlobStanding::kOpen) {
    BlobRow row = *scene.blob;
    row.standing = BlobStanding::kSealed;
    effects.push_back(UpdateBlob{row});
  }
  effects.push_back(AnswerReply{});
  return effects;
}

BlobEffects erase(const Scene& scene) {
  if (!scene.is_owner() || scene.blob == nullptr) return answered(Answer::kRefused);
  BlobEffects effects;
  effects.push_back(EraseBlob{scene.blob->number});
  effects.push_back(AnswerReply{});
  return effects;
}

// BLB-7: what is not there yet is no refusal: the reader comes again.
BlobEffects get(const GetFrame& wanted, const Scene& scene) {
  if (scene.blob == nullptr || wanted.index >= scene.blob->frames)
    return answered(Answer::kRefused);
  BlobEffects effects;
  keep_longer(scene, effects);
  if (scene.loaded.frame == FrameThere::kNo) {
    effects.push_back(AnswerReply{});
  } else {
    effects.push_back(AnswerFrame{scene.blob->number, wanted.index});
  }
  return effects;
}

BlobEffects stat(const Scene& scene) {
  if (scene.blob == nullptr || !scene.loaded.map.has_value()) return answered(Answer::kRefused);
  return answered(Answer::kOk, encode_stat({scene.blob->standing, *scene.loaded.map}));
}

}  // namespace

BlobNeeds needs_of(const BulkCommand& command, const LookupKey& lookup_key) {
  const auto of = [&](const ReadId& id) { return lookup_of(lookup_key, id); };
  return std::visit(
      Overloaded{
          [](const BulkPing&) { return BlobNeeds{std::nullopt}; },
          [&](const CreateBlob& create) {
            return BlobNeeds{of(blob_id_of(lookup_key, create.owner))};
          },
          [&](const PutFrame& put) { return BlobNeeds{of(put.read_id), put.index}; },
          [&](const SealBlob& seal) { return BlobNeeds{of(seal.read_id)}; },
          [&](const DeleteBlob& erase) { return BlobNeeds{of(erase.read_id)}; },
          [&](const GetFrame& get) { return BlobNeeds{of(get.read_id), get.index}; },
          [&](const StatBlob& stat) { return BlobNeeds{of(stat.read_id), std::nullopt, true}; },
      },
      command);
}

BlobEffects decide(const BulkAsked& asked, const LoadedBlob& loaded, OwnerKeys& keys,
                   const BulkGround& ground) {
  const bool lives = loaded.blob.has_value() && !is_expired(*loaded.blob, ground.today);
  const Scene scene{asked, lives ? &*loaded.blob : nullptr, loaded, keys, ground};
  return std::visit(Overloaded{
                        [](const BulkPing&) { return answered(Answer::kOk); },
                        [&](const CreateBlob& wanted) { return create(wanted, scene); },
                        [&](const PutFrame& wanted) { return put(wanted, scene); },
                        [&](const SealBlob&) { return seal(scene); },
                        [&](const DeleteBlob&) { return erase(scene); },
                        [&](const GetFrame& wanted) { return get(wanted, scene); },
                        [&](const StatBlob&) { return stat(scene); },
                    },
                    asked.command);
}

}  // namespace tocsin
