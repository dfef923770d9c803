// tests/support/relay_process.h: the real tocsin-relay as a child process in a folder of its own.
//
// Shape:   start, wait until ready, stop, kill -9, start again on the same port and store
// Errors:  assertions in the caller: every call says whether it worked; logs() tells why not
// Threads: the test's
#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>

#include "protocol/wire/address.h"

namespace tocsin::test {

using std::chrono::milliseconds;

// Asks every few milliseconds until it holds or the time is over.
bool holds_within(milliseconds longest, const std::function<bool()>& holds);

class RelayProcess {
 public:
  struct Options {
    std::string extra_config = {};  // appended to the configuration
    bool ephemeral = false;
    std::map<std::string, std::string> environment = {};  // of the relay, beside this process's
  };
  RelayProcess() : RelayProcess(Options()) {}
  // Makes the folder, configuration and keys; starts nothing.
  explicit RelayProcess(Options options);
  ~RelayProcess();  // kills what still runs, removes the folder
  RelayProcess(const RelayProcess&) = delete;
  RelayProcess& operator=(const RelayProcess&) = delete;

  // Starts and waits until peers can connect. The port of the first start is kept for later ones.
  bool start(milliseconds longest = milliseconds(20'000));
  // SIGTERM; the time it took to end, or nothing when it did not within `longest` (then it is
  // killed) or ended with another code than 0.
  std::optional<milliseconds> stop(milliseconds longest = milliseconds(10'000));
  void kill_hard();  // SIGKILL, waited for
  bool restart_after_kill() {
    kill_hard();
    return start();
  }
  bool is_running();

  const RelayAddress& address() const { return address_; }
  const std::filesystem::path& folder() const { return folder_; }
  std::filesystem::path config_path() const { return folder_ / "relay.toml"; }
  pid_t pid() const { return pid_; }
  // Everything it has said on standard error, over all starts.
  std::string logs() const;
  // `tocsin-relay <arguments>` with this relay's --config: its standard output; the exit code.
  std::string command(const std::string& arguments, int* exit_code = nullptr) const;
  // One number of `status --json`, by JSON pointer, for example "/connections/now".
  std::optional<std::int64_t> figure(const std::string& pointer) const;
  // Resident memory, in bytes.
  std::size_t resident_bytes() const;

 private:
  void write_config() const;

  Options options_;
  std::filesystem::path folder_;
  std::uint16_t port_ = 0;
  RelayAddress address_;
  pid_t pid_ = -1;
};

}  // namespace tocsin::test
