#include "client/cli/follow.h"

#include <chrono>
#include <thread>

namespace tocsin {
namespace {
constexpr auto kEvery = std::chrono::seconds(1);

bool has_messages(const Report& report) {
  const auto* object = std::get_if<ValueObject>(&report.data.content);
  if (object == nullptr) return false;
  for (const auto& [name, value] : *object) {
    const auto* list = std::get_if<ValueList>(&value.content);
    if (name == "messages" && list != nullptr) return !list->empty();
  }
  return false;
}
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
    if (has_messages(inbox)) {
      if (const int exit = show(inbox); exit != 0) return exit;
    }
    std::this_thread::sleep_for(kEvery);
  }
}

}  // namespace tocsin
