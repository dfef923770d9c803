// crypto/ratchet/kem_pool.h: at most two KEM pairs made ahead of time, so that a turn does not wait
// for one.
//
// Spec:    protocol/spec/session.md SES-7.3
// Secrets: the pairs' secret halves, in one guarded page; never stored, gone with the process
// Errors:  cannot_now (no guarded memory)
// Threads: one object, one thread
// Cost:    refill 0.24 ms per missing pair, to be called when idle
#pragma once

#include <memory>

#include "crypto/kem/kem.h"
#include "crypto/ratchet/limits.h"

namespace tocsin {

class KemPool {
 public:
  static Result<KemPool> create();
  KemPool(KemPool&&) noexcept;
  KemPool& operator=(KemPool&&) noexcept;
  ~KemPool();

  void refill(Rng& rng);
  std::size_t size() const;
  // A pair from the pool, which forgets it; a fresh one when the pool is empty.
  KemPair take(Rng& rng);

 private:
  struct Page;
  struct Unmap {
    void operator()(Page* page) const;
  };
  explicit KemPool(std::unique_ptr<Page, Unmap> page);
  std::unique_ptr<Page, Unmap> page_;
};

}  // namespace tocsin
