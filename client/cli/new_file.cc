#include "client/cli/new_file.h"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "client/codes.h"

namespace tocsin {

Status check_nothing_in_the_way(const Path& path) {
  if (TRY(file_exists(path))) return fail(kFileInTheWay, "new file");
  return {};
}

Status write_new_file(const Path& path, BytesView content) {
  const Status written = write_private_file(path, content);
  if (written.has_value()) return {};
  if (written.error().code == kFileExists) return fail(kFileInTheWay, "new file");
  if (written.error().code == kFileNotFound) return fail(kNoSuchFile, "folder of a new file");
  return written;
}

Status write_new_folder(const Path& path, std::span<const NewFile> files) {
  if (::mkdir(path.c_str(), 0700) != 0) {
    const int reason = errno;
    if (reason == EEXIST) return fail(kFileInTheWay, "new folder");
    if (reason == ENOENT) return fail(kNoSuchFile, "folder of a new folder");
    return fail(reason == ENOSPC ? kDiskFull : kFileFault, "new folder", reason);
  }
  for (std::size_t i = 0; i < files.size(); ++i) {
    const Status written = write_new_file(path / files[i].name, files[i].content);
    if (written.has_value()) continue;
    for (std::size_t done = 0; done < i; ++done)
      static_cast<void>(erase_file(path / files[done].name));
    ::rmdir(path.c_str());
    return written;
  }
  return sync_folder_of(path);
}

}  // namespace tocsin
