#include "client/evidence/mover.h"

#include <algorithm>
#include <utility>

#include "client/evidence/jobs.h"

namespace tocsin::evidence {
namespace {

FileId file_of(const EvidenceJob& job) {
  struct Of {
    FileId operator()(const SendJob& send) const { return send.file.id; }
    FileId operator()(const ReceiveJob& receive) const { return receive.file.id; }
    FileId operator()(const EraseJob& erase) const { return erase.file; }
    FileId operator()(const HashJob& hash) const { return hash.file; }
    FileId operator()(const DropJob& drop) const { return drop.file; }
  };
  return std::visit(Of{}, job);
}

std::uint64_t first_of(const EvidenceJob& job) {
  if (const auto* send = std::get_if<SendJob>(&job); send != nullptr) return send->first;
  if (const auto* receive = std::get_if<ReceiveJob>(&job); receive != nullptr)
    return receive->first;
  if (const auto* erase = std::get_if<EraseJob>(&job); erase != nullptr) return erase->first;
  return 0;
}

bool is_last(const EvidenceReport& report) {
  return !std::holds_alternative<BlobMade>(report.what) &&
         !std::holds_alternative<FramesMoved>(report.what);
}

}  // namespace

Result<std::unique_ptr<Mover>> Mover::create(std::optional<net::Proxy> proxy) {
  net::ZmqContext context = TRY(net::ZmqContext::create());
  return std::unique_ptr<Mover>(new Mover(std::move(context), std::move(proxy)));
}

Mover::Mover(net::ZmqContext context, std::optional<net::Proxy> proxy)
    : context_(std::move(context)),
      proxy_(std::move(proxy)),
      thread_([this](const std::stop_token& stop) { run(stop); }) {}

Mover::~Mover() {
  break_off_ = true;
  thread_.request_stop();
  given_.notify_all();
}

bool Mover::is_busy() const {
  const std::lock_guard lock(mutex_);
  return working_on_.has_value();
}

void Mover::give(EvidenceJob job) {
  {
    const std::lock_guard lock(mutex_);
    working_on_ = file_of(job);
    break_off_ = false;
    job_ = std::move(job);
  }
  given_.notify_all();
}

std::vector<EvidenceReport> Mover::take_reports() {
  const std::lock_guard lock(mutex_);
  if (std::ranges::any_of(reports_, is_last)) working_on_.reset();
  return std::exchange(reports_, {});
}

void Mover::break_off(const FileId& file) {
  const std::lock_guard lock(mutex_);
  if (working_on_ == file) break_off_ = true;
}

void Mover::run(const std::stop_token& stop) {
  while (!stop.stop_requested()) {
    std::optional<EvidenceJob> job;
    {
      std::unique_lock lock(mutex_);
      if (!given_.wait(lock, stop, [this] { return job_.has_value(); })) return;
      job = std::exchange(job_, std::nullopt);
    }
    work(*job);
  }
}

void Mover::work(const EvidenceJob& job) {
  const FileId file = file_of(job);
  const std::uint64_t first = first_of(job);
  const LineParts parts{context_, rng_, proxy_, break_off_};
  const Tell on_the_way = [&](auto what) { tell({file, first, std::move(what)}); };
  const Result<Outcome> done =
      std::visit([&](const auto& kind) { return run_job(kind, parts, on_the_way); }, job);
  if (!done.has_value()) {
    const bool erasing =
        std::holds_alternative<EraseJob>(job) || std::holds_alternative<DropJob>(job);
    tell({file, first, JobFailed{done.error(), erasing}});
    return;
  }
  std::visit([&](const auto& outcome) { tell({file, first, outcome}); }, *done);
}

void Mover::tell(EvidenceReport report) {
  const std::lock_guard lock(mutex_);
  reports_.push_back(std::move(report));
}

}  // namespace tocsin::evidence
