// relay/ops/control.h: the running relay's control socket: one question, one answer.
//
// Shape:   unix stream socket of mode 0600; a question is one line, the answer is text until the
//          end of the stream. Only the relay's own user and root are answered.
// Errors:  relay_not_running (nobody answers), relay_system_fault (detail = errno)
// Threads: the server belongs to one
#pragma once

#include <chrono>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

#include "crypto/base/files.h"
#include "relay/codes.h"

namespace tocsin::ops {

class ControlServer {
 public:
  // Answers a question to `write`, which takes any number of pieces and fails when the asker left.
  using Write = std::function<Status(std::string_view piece)>;
  using Answer = std::function<Status(std::string_view question, const Write& write)>;

  // Replaces a socket that a killed relay left behind: the caller holds the relay's lock.
  static Result<ControlServer> create(const std::filesystem::path& path);
  ControlServer(ControlServer&&) noexcept = default;
  ControlServer& operator=(ControlServer&&) = delete;
  ~ControlServer();

  int fd() const { return socket_.get(); }
  // One question; a slow or silent asker is left after a second.
  void serve_one(const Answer& answer) const;

 private:
  ControlServer(FileDescriptor socket, std::filesystem::path path)
      : socket_(std::move(socket)), path_(std::move(path)) {}
  FileDescriptor socket_;
  std::filesystem::path path_;
};

// Asks a running relay; pieces of the answer go to `take` as they come.
Status ask_relay(const std::filesystem::path& path, std::string_view question,
                 const std::function<void(std::string_view)>& take);

}  // namespace tocsin::ops
