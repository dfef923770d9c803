#include "client/cli/terminal.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/signalfd.h>
#include <termios.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

#include "client/codes.h"

namespace tocsin {
namespace {

// Without echo while it lives. A signal that would end the program waits as long, and ends the
// typing: it takes effect when the terminal is as it was.
class QuietTerminal {
 public:
  QuietTerminal() {
    if (::tcgetattr(STDIN_FILENO, &terminal_before_) != 0) return;
    termios quiet = terminal_before_;
    quiet.c_lflag &= static_cast<tcflag_t>(~(ECHO | ECHONL));
    sigset_t ending;
    ::sigemptyset(&ending);
    for (const int number : {SIGINT, SIGTERM, SIGHUP, SIGQUIT}) {
      struct sigaction action{};
      // One that is ignored (nohup) ends nothing.
      const bool known = ::sigaction(number, nullptr, &action) == 0;
      if (known && action.sa_handler != SIG_IGN) ::sigaddset(&ending, number);
    }
    if (::pthread_sigmask(SIG_BLOCK, &ending, &mask_before_) != 0) return;
    signals_ = FileDescriptor(::signalfd(-1, &ending, SFD_CLOEXEC));
    changed_ = true;
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
  }
  QuietTerminal(const QuietTerminal&) = delete;
  QuietTerminal& operator=(const QuietTerminal&) = delete;
  ~QuietTerminal() {
    if (changed_) ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &terminal_before_);
    say("\n");
    if (changed_) ::pthread_sigmask(SIG_SETMASK, &mask_before_, nullptr);
  }
  // Until a line was typed; broken_off when a signal came first.
  Status wait() const {
    std::array<pollfd, 2> both{{{STDIN_FILENO, POLLIN, 0}, {signals_.get(), POLLIN, 0}}};
    while (::poll(both.data(), both.size(), -1) < 0) {
      if (errno != EINTR) return fail(kFileFault, "wait at the prompt", errno);
    }
    if (both[1].revents != 0) return fail(kBrokenOff, "prompt");
    return {};
  }

 private:
  termios terminal_before_{};
  sigset_t mask_before_{};
  FileDescriptor signals_;
  bool changed_ = false;
};

// Byte by byte, so that nothing behind the line is taken from the next reader. Nothing at the end
// of input.
Result<std::optional<Bytes>> read_line_or_end(int descriptor) {
  Bytes line;
  line.reserve(kMaxTypedBytes);  // it may be a passphrase: growing would leave parts of it behind
  for (;;) {
    std::uint8_t byte = 0;
    const ssize_t got = ::read(descriptor, &byte, 1);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      const int reason = errno;
      wipe(line);
      return fail(kFileFault, "read line", reason);
    }
    if (got == 0 && line.empty()) return std::nullopt;
    if (got == 0 || byte == '\n') break;
    if (line.size() >= kMaxTypedBytes) {
      wipe(line);
      return fail(kTooLarge, "typed line");
    }
    line.push_back(byte);
  }
  if (!line.empty() && line.back() == '\r') line.pop_back();
  return line;
}

Result<Bytes> read_line(int descriptor) {
  return TRY(read_line_or_end(descriptor)).value_or(Bytes{});
}

}  // namespace

Status print_text(int descriptor, std::string_view text) {
  while (!text.empty()) {
    const ssize_t wrote = ::write(descriptor, text.data(), text.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote <= 0) return fail(kOutputLost, "print", errno);
    text.remove_prefix(static_cast<std::size_t>(wrote));
  }
  return {};
}

void say(std::string_view text) { static_cast<void>(print_text(STDERR_FILENO, text)); }

bool can_ask() { return ::isatty(STDIN_FILENO) == 1; }

Result<std::string> ask_line(std::string_view prompt) {
  if (!can_ask()) return fail(kNoTerminal, "prompt");
  say(prompt);
  say(" ");
  const Bytes line = TRY(read_line(STDIN_FILENO));
  return std::string(as_text(line));
}

Result<std::optional<std::string>> read_typed_line() {
  const std::optional<Bytes> line = TRY(read_line_or_end(STDIN_FILENO));
  if (!line.has_value()) return std::nullopt;
  return std::string(as_text(*line));
}

Result<SecretBytes> ask_secret(std::string_view prompt) {
  if (!can_ask()) return fail(kNoTerminal, "prompt");
  // Quiet before the prompt: what is typed the moment it appears is neither shown nor lost.
  const QuietTerminal quiet;
  say(prompt);
  say(" ");
  TRY(quiet.wait());
  return SecretBytes(TRY(read_line(STDIN_FILENO)));
}

Result<std::string> ask_text(std::string_view prompt) {
  if (!can_ask()) return fail(kNoTerminal, "prompt");
  say(prompt);
  say("\n");
  std::string text;
  for (;;) {
    const Bytes line = TRY(read_line(STDIN_FILENO));
    if (line.empty()) break;
    if (!text.empty()) text += '\n';
    text += as_text(line);
    if (text.size() > kMaxTextBytes) return fail(kTooLarge, "text");
  }
  return text;
}

Result<std::string> read_standard_input() {
  std::string text;
  char buffer[4096];
  for (;;) {
    const ssize_t got = ::read(STDIN_FILENO, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail(kFileFault, "standard input", errno);
    if (got == 0) break;
    text.append(buffer, static_cast<std::size_t>(got));
    if (text.size() > kMaxTextBytes) return fail(kTooLarge, "standard input");
  }
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

Result<std::string> read_text_file(const Path& path) {
  const Result<Bytes> bytes = read_file(path, kMaxTextBytes);
  if (!bytes.has_value())
    return fail(bytes.error().code == kFileNotFound ? Error{kNoSuchFile, "text file"}
                                                    : bytes.error());
  std::string text(as_text(*bytes));
  while (!text.empty() && (text.back() == '\n' || text.back() == '\r')) text.pop_back();
  return text;
}

Result<SecretBytes> read_secret_file(const Path& path) {
  const FileDescriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.is_open())
    return fail(errno == ENOENT ? kNoSuchFile : kFileFault, "passphrase file", errno);
  return SecretBytes(TRY(read_line(file.get())));
}

Result<SecretBytes> read_secret_descriptor(int descriptor) {
  return SecretBytes(TRY(read_line(descriptor)));
}

}  // namespace tocsin
