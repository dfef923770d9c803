#include "relay/ops/control.h"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>

namespace tocsin::ops {

namespace {

constexpr std::size_t kMaxQuestionBytes = 64;
constexpr std::size_t kPieceBytes = 64 << 10;
constexpr int kPatienceSeconds = 1;

std::unexpected<Error> system_failure(const char* where) {
  return fail(kRelaySystemFault, where, errno);
}

Result<sockaddr_un> address_of(const std::filesystem::path& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  const std::string& text = path.native();
  if (text.size() >= sizeof address.sun_path)
    return fail(kRelaySystemFault, "path of the control socket is too long", ENAMETOOLONG);
  std::memcpy(address.sun_path, text.data(), text.size());
  return address;
}

Status set_patience(int fd, int seconds) {
  const timeval patience{seconds, 0};
  for (const int option : {SO_RCVTIMEO, SO_SNDTIMEO}) {
    if (::setsockopt(fd, SOL_SOCKET, option, &patience, sizeof patience) != 0)
      return system_failure("control patience");
  }
  return {};
}

bool is_trusted(int fd) {
  ucred peer{};
  socklen_t size = sizeof peer;
  return ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 &&
         (peer.uid == ::geteuid() || peer.uid == 0);
}

// One line without its end; empty when it did not come.
std::string read_question(int fd) {
  std::string question;
  std::array<char, kMaxQuestionBytes> piece{};
  while (question.size() < kMaxQuestionBytes) {
    const ssize_t got = ::recv(fd, piece.data(), piece.size(), 0);
    if (got <= 0) return {};
    question.append(piece.data(), static_cast<std::size_t>(got));
    if (const std::size_t end = question.find('\n'); end != std::string::npos)
      return question.substr(0, end);
  }
  return {};
}

Status write_all(int fd, std::string_view text) {
  while (!text.empty()) {
    const ssize_t sent = ::send(fd, text.data(), text.size(), MSG_NOSIGNAL);
    if (sent < 0) {
      if (errno == EINTR) continue;
      return system_failure("control answer");
    }
    text.remove_prefix(static_cast<std::size_t>(sent));
  }
  return {};
}

}  // namespace

Result<ControlServer> ControlServer::create(const std::filesystem::path& path) {
  const sockaddr_un address = TRY(address_of(path));
  FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket.is_open()) return system_failure("control socket");
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) return system_failure("old control socket");
  // harden_process() set the umask to 077: the socket is ours from its first moment.
  if (::bind(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    return system_failure("control socket");
  ControlServer server(std::move(socket), path);
  if (::chmod(path.c_str(), 0600) != 0) return system_failure("control socket mode");
  if (::listen(server.fd(), 4) != 0) return system_failure("control socket");
  return server;
}

ControlServer::~ControlServer() {
  if (socket_.is_open()) ::unlink(path_.c_str());
}

void ControlServer::serve_one(const Answer& answer) const {
  const FileDescriptor asker(::accept4(socket_.get(), nullptr, nullptr, SOCK_CLOEXEC));
  if (!asker.is_open() || !is_trusted(asker.get())) return;
  if (!set_patience(asker.get(), kPatienceSeconds).has_value()) return;
  const std::string question = read_question(asker.get());
  if (question.empty()) return;
  // An asker that left has what it has.
  static_cast<void>(
      answer(question, [&asker](std::string_view piece) { return write_all(asker.get(), piece); }));
}

Status ask_relay(const std::filesystem::path& path, std::string_view question,
                 const std::function<void(std::string_view)>& take) {
  const sockaddr_un address = TRY(address_of(path));
  const FileDescriptor socket(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  if (!socket.is_open()) return system_failure("control socket");
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    if (errno == ENOENT || errno == ECONNREFUSED) return fail(kRelayNotRunning, "control", errno);
    return system_failure("control connect");
  }
  TRY(set_patience(socket.get(), 10 * kPatienceSeconds));
  TRY(write_all(socket.get(), std::string(question) + "\n"));
  std::string piece(kPieceBytes, '\0');
  while (true) {
    const ssize_t got = ::recv(socket.get(), piece.data(), piece.size(), 0);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return system_failure("control answer");
    if (got == 0) return {};
    take(std::string_view(piece).substr(0, static_cast<std::size_t>(got)));
  }
}

}  // namespace tocsin::ops
