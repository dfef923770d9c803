// client/bag/folder.h: a stranger's folder, read below one descriptor: no link is followed, so no
// name leads out of it, not even one that changes meanwhile.
//
// Errors:  no_such_file, file_changed, file_fault; what is wrong inside is told to the visitor
// Threads: one
// Cost:    one descriptor for each level; every file is opened once
#pragma once

#include <functional>
#include <optional>
#include <string>

#include "client/bag/findings.h"
#include "crypto/base/files.h"

namespace tocsin::bag {

struct PlainFile {
  FileDescriptor file;
  std::uint64_t size = 0;
};

// The folder itself may be reached through a link: whoever named it meant it.
Result<FileDescriptor> open_bag_folder(const Path& folder);

// One entry of a folder, and only if it is a plain file; links are entries of another kind.
enum class EntryKind : std::uint8_t { kNone, kPlainFile, kFolder, kOther };
EntryKind kind_of(const FileDescriptor& folder, const std::string& name);
std::optional<PlainFile> open_plain(const FileDescriptor& folder, const std::string& name);

// All bytes, in pieces, and exactly as many as `size`: an error of `piece` ends it, as does a file
// that is shorter or longer meanwhile (file_changed).
Status read_pieces(const PlainFile& file, const std::function<Status(BytesView)>& piece);

// Names in a folder, sorted; nothing when there are more than kMaxFiles or it cannot be read.
std::optional<std::vector<std::string>> names_in(const FileDescriptor& folder);

struct FolderVisitor {
  // A path relative to the bag. An error ends the walk.
  std::function<Status(const std::string& path, const PlainFile& file)> plain_file;
  std::function<void(const std::string& path, FindingKind problem)> problem;
};
// Every entry below, folders in the order of their names.
Status walk(const FileDescriptor& folder, const FolderVisitor& visitor);

}  // namespace tocsin::bag
