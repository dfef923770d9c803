#include "client/cli/guided_vault.h"

#include <poll.h>
#include <unistd.h>

#include "client/cli/commands.h"
#include "client/cli/explain.h"
#include "client/cli/profile.h"
#include "client/cli/rounds.h"
#include "client/cli/serve.h"
#include "client/codes.h"
#include "client/engine/upkeep.h"

namespace tocsin {
namespace {

constexpr int kPauseMs = 500;

Status wait_for_typing() {
  pollfd input{STDIN_FILENO, POLLIN, 0};
  if (::poll(&input, 1, kPauseMs) < 0 && errno != EINTR)
    return fail(kFileFault, "wait for typing", errno);
  return {};
}

}  // namespace

Result<bool> GuidedVault::is_served() const {
  return owner_listens(TRY(socket_path(TRY(vault_folder(base_)))));
}

Status GuidedVault::open(Vault vault) {
  place_ = TRY(Workplace::enter(std::move(vault)));
  place_->network().set_wakeups({STDIN_FILENO});
  return {};
}

Report GuidedVault::carry(CommandRequest request) {
  for (const auto& [name, values] : base_.options) request.options.try_emplace(name, values);
  if (place_ != nullptr) return run_command(place_->engine(), request);
  const Result<Report> answered = [&]() -> Result<Report> {
    std::optional<Report> report =
        TRY(ask_owner(TRY(socket_path(TRY(vault_folder(base_)))), request));
    if (!report.has_value()) return fail(kOwnerGone, "guide");
    return std::move(*report);
  }();
  return answered.has_value() ? *answered : explain(answered.error());
}

Status GuidedVault::note_shown(const Report& report) {
  if (!report.once_shown.has_value()) return {};
  const Report noted = carry(*report.once_shown);
  if (noted.exit != Exit::kDone) return fail(kNotReady, "note what was shown");
  return {};
}

Status GuidedVault::meanwhile() {
  if (place_ == nullptr) return wait_for_typing();
  Engine& engine = place_->engine();
  const Result<bool> moved = step(engine, milliseconds_after(engine.now(), kPauseMs));
  // A full disk, for example: nothing was acknowledged, it is tried again, and the next command
  // says so.
  if (!moved.has_value()) return wait_for_typing();
  return {};
}

Status GuidedVault::close() {
  if (place_ == nullptr) return {};
  TRY(run_rounds(place_->engine(), kAfterCommand));
  return std::move(*std::exchange(place_, nullptr)).leave();
}

}  // namespace tocsin
