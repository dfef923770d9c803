// client/evidence/mover.h: the thread that moves frames while the engine talks to people.
//
// Shape:   client/engine/evidence_port.h; one job at a time
// Secrets: those of the job
// Errors:  in reports
// Threads: its own; the port's functions are the engine's
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>

#include "client/engine/evidence_port.h"
#include "client/net/connection.h"

namespace tocsin::evidence {

class Mover final : public EvidencePort {
 public:
  static Result<std::unique_ptr<Mover>> create(std::optional<net::Proxy> proxy);
  ~Mover() override;
  Mover(const Mover&) = delete;
  Mover& operator=(const Mover&) = delete;

  bool is_busy() const override;
  void give(EvidenceJob job) override;
  std::vector<EvidenceReport> take_reports() override;
  void break_off(const FileId& file) override;

 private:
  Mover(net::ZmqContext context, std::optional<net::Proxy> proxy);
  void run(const std::stop_token& stop);
  void work(const EvidenceJob& job);
  void tell(EvidenceReport report);

  net::ZmqContext context_;
  std::optional<net::Proxy> proxy_;
  SystemRng rng_;
  std::atomic<bool> break_off_ = false;
  mutable std::mutex mutex_;
  std::condition_variable_any given_;
  std::optional<EvidenceJob> job_;
  std::optional<FileId> working_on_;  // until its last report was taken
  std::vector<EvidenceReport> reports_;
  std::jthread thread_;
};

}  // namespace tocsin::evidence
