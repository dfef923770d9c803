#include "client/cli/follow.h"

#include <chrono>
#include <thread>

namespace tocsin {
namespace {
constexpr auto kEvery = std::chrono::seconds(1);
}  // namespace

int follow_inbox(const CommandRequest& request, const Carrier& carry,
                 const std::function<int(const Report&)>& show) {
  CommandRequest sync = request;
  sync.command = "sync";
  sync.options["for"] = {"2"};
  for (;;) {
    // With a running owner this returns what it received; without one this process receives.
    const Report received = carry(sync);
    if (received.exit != Exit::kDone && received.exit != Exit::kNoRelay) return show(received);
    const Report inbox = carry(request);
    if (inbox.exit != Exit::kDone) return show(inbox);
    if (!inbox.data.list_at("messages").empty()) {
      if (const int exit = show(inbox); exit != 0) return exit;
    }
    std::this_thread::sleep_for(kEvery);
  }
}

}  // namespace tocsin
