#include "client/bag/write.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <set>
#include <utility>

#include "client/bag/entry_path.h"
#include "client/bag/folder.h"
#include "client/bag/name_key.h"
#include "client/bag/tag_files.h"
#include "client/bag/tag_text.h"
#include "client/codes.h"
#include "protocol/alert/render.h"

namespace tocsin::bag {
namespace {

constexpr std::array<std::string_view, 2> kAlgorithms{"sha256", "sha512"};

Error write_error(const char* where) {
  if (errno == ENOENT) return {kNoSuchFile, where};
  return fail_with_errno(where).error();
}

Status sync(const FileDescriptor& file) {
  if (::fsync(file.get()) != 0) return fail(write_error("bag"));
  return {};
}

bool is_reserved_tag(std::string_view name) {
  return name == "data" || is_payload_path(name) || name == "bagit.txt" || name == "bag-info.txt" ||
         name == "fetch.txt" || manifest_named(name).has_value();
}

// What a system of another kind would take for one name is refused here, while it can be changed.
Status check_names(const BagPlan& plan) {
  std::set<std::string> taken;
  const auto take = [&taken](const std::string& path) -> Status {
    if (!is_safe_path(path) || !is_utf8(path) || !taken.insert(folded_name(path)).second)
      return fail(kBagName, "name in a bag");
    return {};
  };
  for (const PayloadSource& each : plan.payload) TRY(take("data/" + each.name));
  for (const TagSource& each : plan.tags) {
    if (is_reserved_tag(folded_name(each.name))) return fail(kBagName, "tag file");
    TRY(take(each.name));
  }
  return {};
}

Status check_info(const BagPlan& plan) {
  for (const BagEntry& each : plan.info) {
    for (const char* ours : {"Bagging-Date", "Bag-Software-Agent", "Payload-Oxum"}) {
      if (same_label(each.label, ours)) return fail(kBagName, "element that is ours");
    }
    if (!print_element(each).has_value()) return fail(kBagName, "element of bag-info.txt");
  }
  return {};
}

// The folder made here, gone again unless all of it is good.
class NewFolder {
 public:
  static Result<NewFolder> create(const Path& path) {
    if (::mkdir(path.c_str(), 0700) != 0) {
      if (errno == EEXIST) return fail(kFileInTheWay, "bag");
      return fail(write_error("bag"));
    }
    NewFolder made(path);
    made.descriptor_ = TRY(open_bag_folder(path));
    return made;
  }
  NewFolder(NewFolder&& other) noexcept
      : path_(std::exchange(other.path_, {})), descriptor_(std::move(other.descriptor_)) {}
  NewFolder(const NewFolder&) = delete;
  NewFolder& operator=(const NewFolder&) = delete;
  NewFolder& operator=(NewFolder&&) = delete;
  ~NewFolder() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  const FileDescriptor& descriptor() const { return descriptor_; }
  Status keep_as(const Path& path) {
    const Status renamed = rename_durably_if_absent(path_, path);
    if (!renamed.has_value() && renamed.error().code == kFileExists)
      return fail(kFileInTheWay, "bag");
    TRY(renamed);
    path_.clear();
    return {};
  }

 private:
  explicit NewFolder(Path path) : path_(std::move(path)) {}
  Path path_;
  FileDescriptor descriptor_;
};

Result<PlainFile> open_source(const Path& path) {
  FileDescriptor file(::open(path.c_str(), O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC));
  if (!file.is_open()) return fail(write_error("file for a bag"));
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return fail(write_error("file for a bag"));
  if (!S_ISREG(status.st_mode)) return fail(kOutOfRange, "not a plain file");
  return PlainFile{std::move(file), static_cast<std::uint64_t>(status.st_size)};
}

class Writing {
 public:
  Writing(const FileDescriptor& root, const BagPlan& plan, DigestSet digests)
      : root_(&root), plan_(&plan), digests_(std::move(digests)) {}

  Result<BagFacts> run() {
    if (::mkdirat(root_->get(), "data", 0700) != 0) return fail(write_error("data"));
    for (const PayloadSource& each : plan_->payload) TRY(copy_payload(each));
    // The lists of the payload are on the list of the others, and not on their own.
    std::array<std::string, kAlgorithms.size()> manifests;
    std::swap(manifests, lists_);
    TRY(write_text("bagit.txt", "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"));
    TRY(write_info());
    for (std::size_t i = 0; i < kAlgorithms.size(); ++i)
      TRY(write_text("manifest-" + std::string(kAlgorithms[i]) + ".txt", manifests[i]));
    for (const TagSource& each : plan_->tags) TRY(write_tag(each));
    std::swap(manifests, lists_);
    for (std::size_t i = 0; i < kAlgorithms.size(); ++i)
      TRY(write_text("tagmanifest-" + std::string(kAlgorithms[i]) + ".txt", manifests[i]));
    TRY(sync_folders());
    return std::move(facts_);
  }

 private:
  // The folder a path lies in, made when it is not there.
  Result<FileDescriptor> folder_of(std::string_view path) {
    FileDescriptor folder(::openat(root_->get(), ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    for (std::size_t from = 0;;) {
      const std::size_t slash = path.find('/', from);
      if (slash == std::string_view::npos) break;
      const std::string part(path.substr(from, slash - from));
      if (::mkdirat(folder.get(), part.c_str(), 0700) != 0 && errno != EEXIST)
        return fail(write_error("folder of a bag"));
      folder = FileDescriptor(
          ::openat(folder.get(), part.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
      if (!folder.is_open()) return fail(write_error("folder of a bag"));
      folders_.emplace(path.substr(0, slash + 1));
      from = slash + 1;
    }
    if (!folder.is_open()) return fail(write_error("folder of a bag"));
    return folder;
  }

  Result<FileDescriptor> new_file(const std::string& path) {
    const FileDescriptor folder = TRY(folder_of(path));
    const std::string name = path.substr(path.find_last_of('/') + 1);
    FileDescriptor file(::openat(folder.get(), name.c_str(),
                                 O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0400));
    if (!file.is_open()) return fail(write_error("file of a bag"));
    return file;
  }

  Status write_piece(const FileDescriptor& file, BytesView piece) {
    TRY(write_all(file, piece));
    TRY(digests_.update(piece));
    progress_.bytes += piece.size();
    if (plan_->watch && !plan_->watch(progress_)) return fail(kBagStopped, "bag");
    return {};
  }

  // The file is whole: on the disk, and on the lists. Its SHA-256.
  Result<Bytes> finish_file(const FileDescriptor& file, const std::string& path) {
    TRY(sync(file));
    std::vector<Bytes> digests = TRY(digests_.finish());
    for (std::size_t i = 0; i < kAlgorithms.size(); ++i)
      lists_[i] += to_hex(digests[i]) + "  " + escape_path(path) + "\n";
    ++progress_.files;
    return std::move(digests.front());
  }

  // How many bytes it had, and its SHA-256.
  struct Copied {
    std::uint64_t bytes;
    Bytes sha256;
  };
  Result<Copied> copy(const Path& source, const std::string& path) {
    const PlainFile from = TRY(open_source(source));
    const FileDescriptor to = TRY(new_file(path));
    TRY(read_pieces(from, [&](BytesView piece) { return write_piece(to, piece); }));
    Bytes sha256 = TRY(finish_file(to, path));
    return Copied{from.size, std::move(sha256)};
  }

  Status copy_payload(const PayloadSource& each) {
    const Copied copied = TRY(copy(each.source, "data/" + each.name));
    if (each.expected.has_value() && to_bytes(each.expected->view()) != copied.sha256)
      return fail(kFileChanged, "file for a bag");
    facts_.payload_files += 1;
    facts_.payload_bytes += copied.bytes;
    return {};
  }

  Status write_text(const std::string& path, std::string_view text) {
    const FileDescriptor file = TRY(new_file(path));
    TRY(write_piece(file, as_bytes(text)));
    static_cast<void>(TRY(finish_file(file, path)));
    return {};
  }

  Status write_tag(const TagSource& each) {
    if (const auto* bytes = std::get_if<Bytes>(&each.content); bytes != nullptr)
      return write_text(each.name, as_text(*bytes));
    static_cast<void>(TRY(copy(std::get<Path>(each.content), each.name)));
    return {};
  }

  Status write_info() {
    facts_.version = "1.0";
    facts_.encoding = "UTF-8";
    facts_.algorithms.assign(kAlgorithms.begin(), kAlgorithms.end());
    facts_.tag_algorithms = facts_.algorithms;
    facts_.payload_oxum =
        std::to_string(facts_.payload_bytes) + "." + std::to_string(facts_.payload_files);
    facts_.info = plan_->info;
    facts_.info.push_back({"Bagging-Date", day_text(plan_->bagged)});
    facts_.info.push_back({"Bag-Software-Agent", plan_->agent});
    facts_.info.push_back({"Payload-Oxum", *facts_.payload_oxum});
    std::string text;
    for (const BagEntry& each : facts_.info) {
      const auto printed = print_element(each);
      if (!printed.has_value()) return fail(kBagName, "element of bag-info.txt");
      text += *printed;
    }
    return write_text("bag-info.txt", text);
  }

  Status sync_folders() {
    folders_.emplace("data/");
    for (const std::string& path : folders_) TRY(sync(TRY(folder_of(path))));
    return sync(*root_);
  }

  const FileDescriptor* root_;
  const BagPlan* plan_;
  DigestSet digests_;
  std::array<std::string, kAlgorithms.size()> lists_;
  std::set<std::string> folders_;  // "data/", "data/photos/"
  BagProgress progress_;
  BagFacts facts_;
};

}  // namespace

Result<BagFacts> write_bag(const Path& folder, const BagPlan& plan) {
  TRY(check_names(plan));
  TRY(check_info(plan));
  const Path target = folder.has_filename() ? folder : folder.parent_path();
  if (TRY(file_exists(target))) return fail(kFileInTheWay, "bag");
  Path part = target;
  part += ".part";
  NewFolder made = TRY(NewFolder::create(part));
  const std::array algorithms{algorithm_named(kAlgorithms[0]), algorithm_named(kAlgorithms[1])};
  BagFacts facts = TRY(Writing(made.descriptor(), plan, TRY(DigestSet::create(algorithms))).run());
  TRY(made.keep_as(target));
  return facts;
}

}  // namespace tocsin::bag
