#include "client/cli/evidence_pack.h"

#include <unistd.h>

#include <algorithm>
#include <chrono>

#include "client/cli/commands.h"
#include "client/cli/every_second.h"
#include "client/cli/explain.h"
#include "client/cli/profile.h"
#include "client/cli/terminal.h"
#include "client/evidence/pack_folder.h"
#include "crypto/base/bytes.h"

namespace tocsin {
namespace {

constexpr std::size_t kNameBytes = 16;
constexpr std::string_view kPackedPrefix = "outgoing-";

evidence::PackProgress told_every_second(bool quiet) {
  return [quiet, second = EverySecond()](std::uint64_t done, std::uint64_t all) mutable {
    if (quiet || !second.has_come()) return;
    say("packing: " + std::to_string(all == 0 ? 100 : done * 100 / all) + " %\n");
  };
}

Status pack(CommandRequest& request) {
  const Path folder(request.value_or("path", ""));
  SystemRng rng;
  Bytes name(kNameBytes);
  rng.fill(name);
  const Path out =
      TRY(vault_folder(request)) / (std::string(kPackedPrefix) + to_hex(name) + ".tar.age");
  const evidence::PackedFolder packed =
      TRY(evidence::pack_folder(folder, out, rng, told_every_second(request.has("json"))));
  for (const std::string& one : packed.left_out)
    say("left out, being no file: " + shown(one) + "\n");
  const SecretBytes identity = age::identity_text(packed.identity);
  request.options["packed-for"] = {std::string(as_text(identity.expose(kExpose)))};
  request.options["packed-name"] = {std::filesystem::canonical(folder).filename().string() +
                                    ".tar"};
  request.options["path"] = {out.string()};
  return {};
}

bool holds(const Path& folder, const Path& inner) {
  std::error_code unreadable;
  const Path outside = std::filesystem::canonical(folder, unreadable);
  const Path inside = std::filesystem::weakly_canonical(inner, unreadable);
  return std::mismatch(outside.begin(), outside.end(), inside.begin(), inside.end()).first ==
         outside.end();
}

}  // namespace

Report pack_for(CommandRequest& request) {
  std::error_code unreadable;
  const Path folder = request.value_or("path", "");
  if (request.command != "evidence send" || !std::filesystem::is_directory(folder, unreadable))
    return {};
  const Result<Path> vault = vault_folder(request);
  if (vault.has_value() && holds(folder, *vault))
    return failed(Exit::kUsage, "this vault lies in that folder, and would be sent with it",
                  "send a folder without it");
  const Status packed = pack(request);
  return packed.has_value() ? Report{} : explain(packed.error());
}

void unpack(const CommandRequest& request, const Report& report) {
  // An owner that ended before it answered may have taken it; what it did not goes with age
  // (sweep_packed).
  if (!request.has("packed-for") || report.data.number_at("number") != 0 ||
      report.data.text_at("code") == client_code_name(kOwnerGone))
    return;
  static_cast<void>(
      ::unlink(request.value_or("path", "").c_str()));  // sealed, and its key forgotten
}

void sweep_packed(Engine& engine, const Path& vault) {
  constexpr auto kOld = std::chrono::hours(1);  // younger ones may be in the making
  const auto now = std::filesystem::file_time_type::clock::now();
  std::error_code fault;
  for (auto entry = std::filesystem::directory_iterator(vault, fault);
       !fault && entry != std::filesystem::directory_iterator(); entry.increment(fault)) {
    const std::string name = entry->path().filename().string();
    if (!name.starts_with(kPackedPrefix) || entry->last_write_time(fault) + kOld > now) continue;
    const Result<bool> taken = is_path_taken(engine.db(), entry->path().string());
    if (taken.has_value() && !*taken)
      static_cast<void>(::unlink(entry->path().c_str()));  // sealed, and its key forgotten
  }
}

}  // namespace tocsin
