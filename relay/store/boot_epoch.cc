#include "relay/store/boot_epoch.h"

#include "crypto/base/codec.h"
#include "relay/codes.h"

namespace tocsin {
namespace {

constexpr std::size_t kEpochFileBytes = 8;

}  // namespace

Result<BootEpoch> read_boot_epoch(const Path& file) {
  const Bytes bytes = TRY(read_file(file, kEpochFileBytes));
  Reader reader(bytes);
  const auto value = reader.integer<std::uint64_t>();
  TRY(reader.finish("boot epoch file"));
  if (value > INT32_MAX) return fail(kMalformed, "boot epoch value");
  return BootEpoch{static_cast<std::uint32_t>(value)};
}

Status write_boot_epoch(const Path& file, BootEpoch epoch) {
  Writer writer;
  writer.integer(std::uint64_t{epoch.value});
  return replace_file(file, writer.view());
}

Status check_boot_epoch(BootEpoch in_store, const Path& file) {
  const Result<BootEpoch> copy = read_boot_epoch(file);
  if (!copy.has_value()) {
    // A crash in the very first run leaves epoch 1 without a copy.
    if (copy.error().code == kFileNotFound && in_store.value <= 1) return {};
    return fail(copy.error());
  }
  if (in_store < *copy)
    return fail(kStaleStore, "boot epoch", std::int64_t{copy->value} - in_store.value);
  return {};
}

}  // namespace tocsin
