#include "client/cli/profile.h"

#include <unistd.h>

#include <cstdlib>

#include "client/codes.h"
#include "crypto/box/hash.h"

namespace tocsin {
namespace {

// sun_path has 108 bytes with its final zero.
constexpr std::size_t kMaxSocketPath = 107;
constexpr std::size_t kNameBytes = 8;

Path environment_path(const char* name) {
  const char* value = std::getenv(name);  // NOLINT(concurrency-mt-unsafe): before any thread
  return value == nullptr ? Path() : Path(value);
}

}  // namespace

Result<Path> vault_folder(const CommandRequest& request) {
  if (const auto given = request.value("vault"); given.has_value()) {
    std::error_code code;
    const Path absolute = std::filesystem::absolute(*given, code);
    if (code) return fail(kFileFault, "vault folder", code.value());
    return absolute.lexically_normal();
  }
  const Path data = environment_path("XDG_DATA_HOME");
  if (!data.empty()) return data / "tocsin";
  const Path home = environment_path("HOME");
  if (home.empty()) return fail(kClientBadUsage, "no home folder and no --vault");
  return home / ".local" / "share" / "tocsin";
}

Result<Path> socket_path(const Path& folder) {
  std::error_code code;
  const Path real = std::filesystem::weakly_canonical(folder, code);
  const Sha256 digest = sha256({as_bytes(real.string())});
  const std::string name = "tocsin-" + to_hex(digest.view().first(kNameBytes)) + ".sock";
  const Path runtime = environment_path("XDG_RUNTIME_DIR");
  // Without a runtime directory the vault's own folder serves: it is ours alone as well.
  Path path = runtime.empty() ? folder / "run.sock" : runtime / name;
  if (path.string().size() > kMaxSocketPath) return fail(kTooLarge, "socket path");
  return path;
}

}  // namespace tocsin
