#include "client/cli/serve.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "client/codes.h"
#include "crypto/base/codec.h"

namespace tocsin {
namespace {

constexpr int kBacklog = 64;
// A caller that does not finish its request, or does not take its answer, is dropped after this.
constexpr int kPatienceMs = 5'000;
// A command may talk to a slow relay before it answers.
constexpr int kAnswerMs = 180'000;

Result<sockaddr_un> address_of(const Path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string text = path.string();
  if (text.size() >= sizeof address.sun_path) return fail(kTooLarge, "socket path");
  std::memcpy(address.sun_path, text.data(), text.size());
  return address;
}

Status wait_for(int descriptor, short events, int milliseconds) {
  pollfd entry{descriptor, events, 0};
  for (;;) {
    const int ready = ::poll(&entry, 1, milliseconds);
    if (ready > 0) return {};
    if (ready == 0) return fail(kFileFault, "socket patience", ETIMEDOUT);
    if (errno != EINTR) return fail(kFileFault, "socket poll", errno);
  }
}

Status write_all(int descriptor, BytesView bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::send(descriptor, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (wrote >= 0) {
      bytes = bytes.subspan(static_cast<std::size_t>(wrote));
    } else if (errno == EAGAIN) {
      TRY(wait_for(descriptor, POLLOUT, kPatienceMs));
    } else if (errno != EINTR) {
      return fail(kFileFault, "socket write", errno);
    }
  }
  return {};
}

Result<Bytes> read_exactly(int descriptor, std::size_t size, int patience) {
  Bytes bytes(size);
  std::size_t got = 0;
  while (got < size) {
    TRY(wait_for(descriptor, POLLIN, patience));
    const ssize_t count = ::recv(descriptor, bytes.data() + got, size - got, 0);
    if (count > 0) {
      got += static_cast<std::size_t>(count);
    } else if (count == 0) {
      return fail(kMalformed, "socket closed early");
    } else if (errno != EINTR && errno != EAGAIN) {
      return fail(kFileFault, "socket read", errno);
    }
  }
  return bytes;
}

Status write_frame(int descriptor, std::string_view text) {
  Writer writer;
  writer.long_field(as_bytes(text));
  return write_all(descriptor, writer.view());
}

Result<std::string> read_frame(int descriptor, int patience, std::size_t most) {
  const Bytes head = TRY(read_exactly(descriptor, 4, patience));
  Reader reader(head);
  const auto size = reader.integer<std::uint32_t>();
  if (size > most) return fail(kTooLarge, "socket frame", size);
  const Bytes body = TRY(read_exactly(descriptor, size, kPatienceMs));
  return std::string(as_text(body));
}

Result<FileDescriptor> connect_to(const Path& path) {
  FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return fail(kFileFault, "socket", errno);
  const sockaddr_un address = TRY(address_of(path));
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    return fail(kFileFault, "connect", errno);
  }
  return socket;
}

// Only our own user, whatever the folder's mode is.
bool is_own_user(int descriptor) {
  ucred peer{};
  socklen_t length = sizeof peer;
  return ::getsockopt(descriptor, SOL_SOCKET, SO_PEERCRED, &peer, &length) == 0 &&
         peer.uid == ::geteuid();
}

}  // namespace

Result<CommandSocket> CommandSocket::listen(const Path& path) {
  if (connect_to(path).has_value()) return fail(kLocked, "another owner listens");
  // Nobody answers: the file is left from an owner that was killed. The vault's lock decides who
  // owns it.
  ::unlink(path.c_str());
  FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.is_open()) return fail(kFileFault, "socket", errno);
  const sockaddr_un address = TRY(address_of(path));
  const mode_t before = ::umask(0177);
  const int bound =
      ::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address);
  const int reason = errno;
  ::umask(before);
  if (bound != 0) return fail(kFileFault, "bind", reason);
  if (::listen(socket.get(), kBacklog) != 0) return fail(kFileFault, "listen", errno);
  return CommandSocket(std::move(socket), path);
}

CommandSocket::~CommandSocket() {
  if (listener_.is_open()) hide();
}

void CommandSocket::hide() {
  // Once only: the next owner's socket has the same name.
  if (!path_.empty()) ::unlink(path_.c_str());
  path_.clear();
}

Result<std::optional<CommandSocket::Call>> CommandSocket::accept() {
  FileDescriptor peer(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!peer.is_open()) {
    if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED) return std::optional<Call>();
    return fail(kFileFault, "accept", errno);
  }
  if (!is_own_user(peer.get())) return std::optional<Call>();
  const Result<std::string> text = read_frame(peer.get(), kPatienceMs, kMaxRequestBytes);
  if (!text.has_value()) return std::optional<Call>();
  Result<CommandRequest> request = request_from_json(*text);
  if (!request.has_value()) return std::optional<Call>();
  return std::optional<Call>(Call{std::move(*request), std::move(peer)});
}

Status CommandSocket::answer(Call& call, const Report& report) {
  return write_frame(call.peer.get(), to_json(report));
}

Result<std::optional<Report>> ask_owner(const Path& path, const CommandRequest& request) {
  const Result<FileDescriptor> socket = connect_to(path);
  if (!socket.has_value()) return std::optional<Report>();
  // A socket somebody else put there would be told everything.
  if (!is_own_user(socket->get())) return fail(kFileFault, "socket of another user", EPERM);
  const Status asked = write_frame(socket->get(), to_json(request));
  const Result<std::string> answer = asked.has_value()
                                         ? read_frame(socket->get(), kAnswerMs, kMaxAnswerBytes)
                                         : fail(asked.error());
  // Too long an answer is not a dead owner; everything else is.
  if (!answer.has_value() && answer.error().code != kTooLarge) {
    return fail(kOwnerGone, answer.error().where, answer.error().detail);
  }
  return std::optional<Report>(TRY(report_from_json(TRY(answer))));
}

bool owner_listens(const Path& path) { return connect_to(path).has_value(); }

}  // namespace tocsin
