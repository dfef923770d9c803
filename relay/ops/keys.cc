#include "relay/ops/keys.h"

#include <sys/stat.h>

#include <cstdlib>
#include <string_view>

#include "crypto/base/files.h"
#include "crypto/box/agree.h"
#include "crypto/box/hash.h"
#include "crypto/box/sign.h"
#include "relay/codes.h"

namespace tocsin::ops {

namespace {

constexpr std::string_view kMagic{"tocsin relay 1\n\0", 16};
using Checksum = Fixed<struct KeyFileChecksumTag, 16>;

RelayKeys with_publics(CurveSecret curve, SigningSecret store, DatabaseKey database) {
  CurvePublic curve_public;
  x25519_public_of(curve.expose(kExpose), curve_public.mutable_view());
  const StorePublic store_public = signing_public_of(store);
  return {std::move(curve), curve_public, std::move(store), store_public, std::move(database)};
}

Status check_mode(const std::filesystem::path& file) {
  struct stat status{};
  if (::stat(file.c_str(), &status) != 0) return fail_with_errno("key file");
  if ((status.st_mode & 077) != 0)
    return fail(kRelayKeysReadable, "key file mode", status.st_mode & 0777);
  return {};
}

}  // namespace

RelayKeys make_keys(Rng& rng) {
  CurveSecret curve = CurveSecret::random(rng);
  SigningSecret store = SigningSecret::random(rng);
  DatabaseKey database = DatabaseKey::random(rng);
  return with_publics(std::move(curve), std::move(store), std::move(database));
}

SecretBytes encode_keys(const RelayKeys& keys) {
  SecretBytes bytes(
      concat({as_bytes(kMagic), keys.curve.expose(kExpose), keys.store.expose(kExpose),
              keys.database.expose(kExpose), Checksum{}.view()}));
  const MutableBytes all = bytes.expose_mutable(kExpose);
  const MutableBytes checksum = all.last(Checksum::kBytes);
  blake2b({}, {all.first(all.size() - Checksum::kBytes)}, checksum);
  return bytes;
}

Result<RelayKeys> decode_keys(BytesView bytes) {
  if (bytes.size() != kKeyFileBytes)
    return fail(kRelayBadKeyFile, "key file size", static_cast<std::int64_t>(bytes.size()));
  const BytesView body = bytes.first(kKeyFileBytes - Checksum::kBytes);
  if (as_text(body.first(kMagic.size())) != kMagic) return fail(kRelayBadKeyFile, "key file kind");
  if (!equal_in_constant_time(blake2b_of<Checksum>({body}).view(), bytes.last(Checksum::kBytes)))
    return fail(kRelayBadKeyFile, "key file checksum");
  return with_publics(TRY(CurveSecret::from(body.subspan(16, 32))),
                      TRY(SigningSecret::from(body.subspan(48, 32))),
                      TRY(DatabaseKey::from(body.subspan(80, 32))));
}

Result<RelayKeys> load_keys(const std::filesystem::path& file) {
  std::filesystem::path source = file;
  // NOLINTNEXTLINE(concurrency-mt-unsafe): before any thread
  if (const char* credentials = std::getenv("CREDENTIALS_DIRECTORY"); credentials != nullptr) {
    const std::filesystem::path credential = std::filesystem::path(credentials) / kCredentialName;
    if (TRY(file_exists(credential))) source = credential;
  }
  // The service manager's own folder is closed to others by the manager.
  if (source == file) TRY(check_mode(file));
  const SecretBytes content(TRY(read_file(source, kKeyFileBytes)));
  return decode_keys(content.expose(kExpose));
}

Result<RelayKeys> load_key_file(const std::filesystem::path& file) {
  TRY(check_mode(file));
  const SecretBytes content(TRY(read_file(file, kKeyFileBytes)));
  return decode_keys(content.expose(kExpose));
}

Status save_keys(const std::filesystem::path& file, const RelayKeys& keys) {
  TRY(create_private_file(file));
  return replace_file(file, encode_keys(keys).expose(kExpose));
}

}  // namespace tocsin::ops
