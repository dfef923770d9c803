#include "tests/support/relay_process.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>
#include <thread>

namespace tocsin::test {

namespace {

std::string text_of(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

const std::string kProgram = TOCSIN_RELAY_PROGRAM;

}  // namespace

bool holds_within(milliseconds longest, const std::function<bool()>& holds) {
  const auto end = std::chrono::steady_clock::now() + longest;
  while (!holds()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    std::this_thread::sleep_for(milliseconds(5));
  }
  return true;
}

RelayProcess::RelayProcess(Options options) : options_(std::move(options)) {
  std::string folder = (std::filesystem::temp_directory_path() / "tocsin-relay-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) std::abort();
  folder_ = folder;
  int code = -1;
  command("init --directory " + (folder_ / "state").string() + " --listen 127.0.0.1:0", &code);
  if (code != 0) std::abort();
  write_config();
}

RelayProcess::~RelayProcess() {
  kill_hard();
  std::error_code error;
  std::filesystem::remove_all(folder_, error);
}

void RelayProcess::write_config() const {
  std::ofstream file(config_path(), std::ios::trunc);
  file << "listen = \"127.0.0.1:" << port_ << "\"\ndirectory = \"state\"\n"
       << options_.extra_config;
}

bool RelayProcess::start(milliseconds longest) {
  write_config();
  const std::filesystem::path out = folder_ / "stdout";
  const std::filesystem::path err = folder_ / "stderr";
  std::filesystem::remove(out);
  const std::string config = config_path().string();
  pid_ = ::fork();
  if (pid_ == 0) {
    const int out_fd = ::open(out.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    const int err_fd = ::open(err.c_str(), O_WRONLY | O_CREAT | O_APPEND, 0600);
    ::dup2(out_fd, STDOUT_FILENO);
    ::dup2(err_fd, STDERR_FILENO);
    for (const auto& [name, value] : options_.environment) ::setenv(name.c_str(), value.c_str(), 1);
    if (options_.ephemeral) {
      ::execl(kProgram.c_str(), kProgram.c_str(), "run", "--config", config.c_str(), "--ephemeral",
              nullptr);
    } else {
      ::execl(kProgram.c_str(), kProgram.c_str(), "run", "--config", config.c_str(), nullptr);
    }
    ::_exit(127);
  }
  // Its first line is its address, printed once peers can connect.
  std::string line;
  const bool ready = holds_within(longest, [&] {
    line = text_of(out);
    return line.ends_with('\n') || !is_running();
  });
  if (!ready || !line.ends_with('\n')) return false;
  line.pop_back();
  const Result<RelayAddress> address = parse_address(line);
  if (!address.has_value()) return false;
  address_ = *address;
  port_ = address_.port;
  return true;
}

bool RelayProcess::is_running() {
  if (pid_ <= 0) return false;
  int status = 0;
  if (::waitpid(pid_, &status, WNOHANG) == 0) return true;
  pid_ = -1;
  return false;
}

std::optional<milliseconds> RelayProcess::stop(milliseconds longest) {
  if (pid_ <= 0) return std::nullopt;
  const auto begin = std::chrono::steady_clock::now();
  ::kill(pid_, SIGTERM);
  int status = 0;
  const bool ended =
      holds_within(longest, [&] { return ::waitpid(pid_, &status, WNOHANG) == pid_; });
  if (!ended) {
    kill_hard();
    return std::nullopt;
  }
  pid_ = -1;
  if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) return std::nullopt;
  return std::chrono::duration_cast<milliseconds>(std::chrono::steady_clock::now() - begin);
}

void RelayProcess::kill_hard() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = -1;
}

std::string RelayProcess::logs() const { return text_of(folder_ / "stderr"); }

std::string RelayProcess::command(const std::string& arguments, int* exit_code) const {
  const std::string line = kProgram + " " + arguments + " --config " + config_path().string() +
                           " 2>>" + (folder_ / "stderr").string();
  FILE* pipe = ::popen(line.c_str(), "r");
  if (pipe == nullptr) std::abort();
  std::string output;
  std::array<char, 4'096> piece{};
  while (const std::size_t got = std::fread(piece.data(), 1, piece.size(), pipe))
    output.append(piece.data(), got);
  const int status = ::pclose(pipe);
  if (exit_code != nullptr) *exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
  return output;
}

std::optional<std::int64_t> RelayProcess::figure(const std::string& pointer) const {
  const nlohmann::json json = nlohmann::json::parse(command("status --json"), nullptr, false);
  const nlohmann::json::json_pointer at(pointer);
  if (!json.is_object() || !json.contains(at)) return std::nullopt;
  return json[at].get<std::int64_t>();
}

std::size_t RelayProcess::resident_bytes() const {
  std::ifstream file("/proc/" + std::to_string(pid_) + "/statm");
  std::size_t pages = 0;
  std::size_t resident = 0;
  file >> pages >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace tocsin::test
