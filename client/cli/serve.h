// client/cli/serve.h: `tocsin run` and the socket other commands reach it by.
//
// Shape:   one request per connection: u32 length, JSON; answered by u32 length, JSON
//          (client/cli/json.cc)
// Errors:  locked (another one serves), malformed, too_large, file_fault
// Threads: one
#pragma once

#include <optional>

#include "client/cli/report.h"
#include "client/cli/request.h"
#include "crypto/base/files.h"

namespace tocsin {

// A listening socket of mode 0600 that only our own user is answered on.
class CommandSocket {
 public:
  static Result<CommandSocket> listen(const Path& path);
  CommandSocket(CommandSocket&&) noexcept = default;
  ~CommandSocket();

  int descriptor() const { return listener_.get(); }
  // The next waiting request, if any, and where to answer it.
  struct Call {
    CommandRequest request;
    FileDescriptor peer;
  };
  Result<std::optional<Call>> accept();
  static Status answer(Call& call, const Report& report);
  // Nobody finds it any more; who has called already still waits for accept().
  void hide();

 private:
  CommandSocket(FileDescriptor listener, Path path)
      : listener_(std::move(listener)), path_(std::move(path)) {}
  FileDescriptor listener_;
  Path path_;  // empty once hidden
};

bool owner_listens(const Path& path);
// Asks a running owner; nothing when none listens, owner_gone when it ended before it answered.
Result<std::optional<Report>> ask_owner(const Path& path, const CommandRequest& request);

}  // namespace tocsin
