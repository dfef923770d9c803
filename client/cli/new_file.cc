#include "client/cli/new_file.h"

#include "client/codes.h"

namespace tocsin {

Status check_nothing_in_the_way(const Path& path) {
  if (TRY(file_exists(path))) return fail(kFileInTheWay, "new file");
  return {};
}

Status write_new_file(const Path& path, BytesView content) {
  const Status made = create_private_file(path);
  if (!made.has_value() && made.error().code == kFileExists) return fail(kFileInTheWay, "new file");
  TRY(made);
  const Status written = overwrite_file(path, content);
  if (!written.has_value()) static_cast<void>(erase_file(path));
  return written;
}

}  // namespace tocsin
