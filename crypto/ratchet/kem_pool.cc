#include "crypto/ratchet/kem_pool.h"

#include <sodium.h>

namespace tocsin {

// Lives in guarded, locked memory from first to last byte.
struct KemPool::Page {
  std::array<std::array<std::uint8_t, KemSecret::kBytes>, kKemPoolPairs> secrets;
  std::array<KemPublic, kKemPoolPairs> publics;
  std::size_t count;
};

void KemPool::Unmap::operator()(Page* page) const { sodium_free(page); }

KemPool::KemPool(std::unique_ptr<Page, Unmap> page) : page_(std::move(page)) {}
KemPool::KemPool(KemPool&&) noexcept = default;
KemPool& KemPool::operator=(KemPool&&) noexcept = default;
KemPool::~KemPool() = default;

Result<KemPool> KemPool::create() {
  // sodium_malloc aligns to the end of a page; a multiple of the alignment keeps Page aligned.
  static_assert(sizeof(Page) % alignof(Page) == 0);
  void* memory = sodium_malloc(sizeof(Page));
  if (memory == nullptr) return fail(kCannotNow, "guarded memory for KEM pairs");
  return KemPool(std::unique_ptr<Page, Unmap>(new (memory) Page{}));
}

std::size_t KemPool::size() const { return page_->count; }

void KemPool::refill(Rng& rng) {
  for (; page_->count < kKemPoolPairs; ++page_->count) {
    const KemPair pair = make_kem_pair(rng);
    page_->publics[page_->count] = pair.public_key;
    copy_exact(pair.secret.expose(kExpose), page_->secrets[page_->count]);
  }
}

KemPair KemPool::take(Rng& rng) {
  if (page_->count == 0) return make_kem_pair(rng);
  --page_->count;
  return {page_->publics[page_->count], KemSecret::take(page_->secrets[page_->count])};
}

}  // namespace tocsin
