#include "client/cli/notify.h"

#include <dlfcn.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>

namespace tocsin {
namespace {

// A hook that hangs must not become a thousand hanging hooks.
constexpr std::size_t kMostHooks = 4;

// libnotify is looked for at run time: a server or Tails without a desktop needs none of it.
void show_on_desktop() {
  if (std::getenv("DBUS_SESSION_BUS_ADDRESS") == nullptr)
    return;  // NOLINT(concurrency-mt-unsafe): one thread
  static void* const library = ::dlopen("libnotify.so.4", RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) return;
  using Init = int (*)(const char*);
  using New = void* (*)(const char*, const char*, const char*);
  using Show = int (*)(void*, void**);
  static const auto init = reinterpret_cast<Init>(::dlsym(library, "notify_init"));
  static const auto make = reinterpret_cast<New>(::dlsym(library, "notify_notification_new"));
  static const auto show = reinterpret_cast<Show>(::dlsym(library, "notify_notification_show"));
  if (init == nullptr || make == nullptr || show == nullptr) return;
  static const int ready = init("tocsin");
  if (ready == 0) return;
  static void* const notification = make("Tocsin", "Something has arrived.", nullptr);
  if (notification != nullptr) show(notification, nullptr);
}

}  // namespace

Notifier::Notifier(Options options) : options_(std::move(options)) {}

void Notifier::something_arrived() {
  if (options_.desktop) show_on_desktop();
  if (options_.hook.empty() || hooks_.size() >= kMostHooks) return;
  posix_spawn_file_actions_t actions;
  ::posix_spawn_file_actions_init(&actions);
  ::posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
  std::string program = options_.hook;
  char* arguments[] = {program.data(), nullptr};
  pid_t child = 0;
  if (::posix_spawn(&child, program.c_str(), &actions, nullptr, arguments, environ) == 0)
    hooks_.push_back(child);
  ::posix_spawn_file_actions_destroy(&actions);
}

void Notifier::reap() {
  std::erase_if(hooks_, [](pid_t child) { return ::waitpid(child, nullptr, WNOHANG) != 0; });
}

}  // namespace tocsin
