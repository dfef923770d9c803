#include "client/bag/verify.h"

#include <algorithm>

#include "client/bag/entry_path.h"
#include "client/bag/folder.h"
#include "client/bag/limits.h"
#include "client/bag/tag_text.h"
#include "client/bag/verify_listing.h"
#include "client/codes.h"

namespace tocsin::bag {
namespace {

const char* sentence_of(FindingKind problem) {
  switch (problem) {
    case FindingKind::kNotAPlainFile:
      return "a link, device, pipe or socket; a bag holds files and folders";
    case FindingKind::kTooMuch:
      return "more than is read here; nothing further was looked at";
    default:
      return "cannot be read, or changes while it is read";
  }
}

// About the file, and told; every other failure ends the whole.
bool is_about_the_file(const Error& error) {
  return error.code == kFileChanged || is_storage_fault(error.code);
}

class Verification {
 public:
  Verification(FileDescriptor folder, const BagWatch& watch)
      : folder_(std::move(folder)), watch_(&watch) {}

  Result<BagReport> run() {
    // Without these nothing else can be told; a huge payload is then not read in vain.
    if (!read_declaration() || !find_manifests()) return std::move(report_);
    TRY(make_digests());
    TRY(read_manifests());
    TRY(read_bag_info());
    TRY(read_fetch());
    TRY(read_files());
    compare();
    keep_sha256();
    return std::move(report_);
  }

 private:
  Findings& findings() { return report_.findings; }
  BagFacts& facts() { return report_.facts; }

  bool read_declaration();
  bool find_manifests();
  Status make_digests();
  Status read_manifests();
  Status read_bag_info();
  Status read_fetch();
  Status read_files();
  void compare();

  struct Bound {
    std::size_t bytes;
  };
  Result<std::optional<std::string>> read_tag_file(const std::string& name, Bound bound);
  Result<std::optional<std::string>> read_tag_text(const std::string& name, Bound bound);
  Status read_one(const std::string& path, const PlainFile& file);
  Status tick(std::size_t bytes);
  void check_oxum();
  void check_strength();
  void keep_sha256();
  // What 1.0 forbids, and older versions left open.
  void tell_by_version(FindingKind kind, std::string_view file, const char* sentence) {
    if (declaration_.version == Version::k10) {
      findings().error(kind, file, sentence);
    } else {
      findings().warn(kind, file, sentence);
    }
  }

  FileDescriptor folder_;
  const BagWatch* watch_;
  BagReport report_;
  BagProgress progress_;
  std::string declaration_bytes_;
  Declaration declaration_;
  std::vector<Manifest> payload_manifests_;
  std::vector<Manifest> tag_manifests_;
  std::optional<DigestSet> payload_digests_;
  std::optional<DigestSet> tag_digests_;
  std::vector<FetchLine> fetch_;
  FoundFiles found_;
};

bool Verification::read_declaration() {
  const std::string name = "bagit.txt";
  const std::optional<PlainFile> file = open_plain(folder_, name);
  if (!file.has_value()) {
    findings().error(FindingKind::kNoDeclaration, name, "missing: this is no bag");
    return false;
  }
  Status read = fail(kTooLarge, "bagit.txt");
  if (file->size <= kMaxDeclarationBytes)
    read = read_pieces(*file, [this](BytesView piece) -> Status {
      declaration_bytes_ += as_text(piece);
      return {};
    });
  if (!read.has_value()) {
    findings().error(FindingKind::kBadDeclaration, name, "too long for two lines, or not readable");
    return false;
  }
  auto parsed = parse_declaration(declaration_bytes_, findings());
  if (!parsed.has_value()) return false;
  declaration_ = std::move(*parsed);
  facts().version = declaration_.version_text;
  facts().encoding = declaration_.encoding;
  return true;
}

bool Verification::find_manifests() {
  if (kind_of(folder_, "data") != EntryKind::kFolder)
    findings().error(FindingKind::kNoPayloadFolder, "data", "missing, or no folder");
  const auto names = names_in(folder_);
  if (!names.has_value()) {
    findings().error(FindingKind::kUnreadable, "", "the folder cannot be read");
    return false;
  }
  for (const std::string& name : *names) {
    auto manifest = manifest_named(name);
    if (!manifest.has_value()) continue;
    if (manifest->algorithm == nullptr) {
      findings().error(FindingKind::kUnknownAlgorithm, name,
                       "a digest that is not known here; what it lists cannot be checked");
      continue;
    }
    const bool is_payload = manifest->of == ManifestOf::kPayload;
    auto& group = is_payload ? payload_manifests_ : tag_manifests_;
    if (group.size() == kMaxManifests) {
      findings().error(FindingKind::kTooMuch, name, "one manifest too many");
      return false;
    }
    (is_payload ? facts().algorithms : facts().tag_algorithms)
        .emplace_back(manifest->algorithm->name);
    group.push_back(std::move(*manifest));
  }
  if (payload_manifests_.empty())
    findings().error(FindingKind::kNoManifest, "", "no manifest of the payload that can be read");
  return !payload_manifests_.empty();
}

Status Verification::make_digests() {
  const auto set_for = [](const std::vector<Manifest>& manifests) {
    std::vector<const Algorithm*> algorithms;
    for (const Manifest& each : manifests) algorithms.push_back(each.algorithm);
    return DigestSet::create(algorithms);
  };
  payload_digests_ = TRY(set_for(payload_manifests_));
  tag_digests_ = TRY(set_for(tag_manifests_));
  // bagit.txt was read before anybody could know by which digests it is listed.
  TRY(tag_digests_->update(as_bytes(declaration_bytes_)));
  FoundFile& declaration = found_["bagit.txt"];
  declaration.size = declaration_bytes_.size();
  declaration.digests = TRY(tag_digests_->finish());
  ++progress_.files;
  return {};
}

Status Verification::tick(std::size_t bytes) {
  progress_.bytes += bytes;
  if (*watch_ && !(*watch_)(progress_)) return fail(kBagStopped, "bag");
  return {};
}

// What is understood is what was hashed: a tag file is read once, for both.
Result<std::optional<std::string>> Verification::read_tag_file(const std::string& name,
                                                               Bound bound) {
  const std::optional<PlainFile> file = open_plain(folder_, name);
  if (!file.has_value()) return std::nullopt;
  if (file->size > bound.bytes) {
    findings().error(FindingKind::kTooMuch, name, "longer than is read here");
    return std::nullopt;
  }
  std::string bytes;
  bytes.reserve(file->size);
  const Status read = read_pieces(*file, [&](BytesView piece) -> Status {
    bytes += as_text(piece);
    TRY(tag_digests_->update(piece));
    return tick(piece.size());
  });
  std::vector<Bytes> digests = TRY(tag_digests_->finish());
  if (!read.has_value()) {
    if (!is_about_the_file(read.error())) return fail(read.error());
    findings().error(FindingKind::kUnreadable, name, sentence_of(FindingKind::kUnreadable));
    return std::nullopt;
  }
  found_[name] = {.size = file->size, .digests = std::move(digests)};
  ++progress_.files;
  return bytes;
}

Result<std::optional<std::string>> Verification::read_tag_text(const std::string& name,
                                                               Bound bound) {
  std::optional<std::string> bytes = TRY(read_tag_file(name, bound));
  if (!bytes.has_value()) return std::nullopt;
  auto text = decode_tag_text(std::move(*bytes), declaration_.encoding);
  if (!text.has_value()) {
    findings().error(FindingKind::kBadEncoding, name, "not of the encoding that bagit.txt names");
    return std::nullopt;
  }
  if (text->had_mark && same_label(declaration_.encoding, "UTF-8"))
    tell_by_version(FindingKind::kBadEncoding, name, "begins with a byte order mark");
  return std::move(text->utf8);
}

Status Verification::read_manifests() {
  for (auto* group : {&payload_manifests_, &tag_manifests_}) {
    for (Manifest& manifest : *group) {
      const std::uint64_t errors = findings().errors();
      const auto text = TRY(read_tag_text(manifest.file, {kMaxManifestBytes}));
      if (text.has_value()) {
        parse_manifest(*text, manifest, findings());
      } else if (findings().errors() == errors) {
        findings().error(FindingKind::kUnreadable, manifest.file, "a manifest that is no file");
      }
    }
  }
  return {};
}

Status Verification::read_bag_info() {
  // It had another name before 0.96.
  const std::string name =
      declaration_.version < Version::k096 ? "package-info.txt" : "bag-info.txt";
  const auto text = TRY(read_tag_text(name, {kMaxBagInfoBytes}));
  if (text.has_value())
    facts().info = parse_bag_info(*text, name, declaration_.version, findings());
  return {};
}

Status Verification::read_fetch() {
  const auto text = TRY(read_tag_text("fetch.txt", {kMaxFetchBytes}));
  if (text.has_value()) fetch_ = parse_fetch(*text, findings());
  return {};
}

Status Verification::read_one(const std::string& path, const PlainFile& file) {
  const bool is_payload = is_payload_path(path);
  if (!is_payload && found_.contains(path)) return {};
  if (progress_.bytes + file.size > kMaxBagBytes || file.size > kMaxBagBytes) {
    findings().error(FindingKind::kTooMuch, path, sentence_of(FindingKind::kTooMuch));
    return fail(kTooLarge, "bag");
  }
  DigestSet& set = is_payload ? *payload_digests_ : *tag_digests_;
  const Status read = read_pieces(file, [&](BytesView piece) -> Status {
    TRY(set.update(piece));
    return tick(piece.size());
  });
  FoundFile found{.size = file.size, .digests = {}};
  found.digests = TRY(set.finish());
  if (!read.has_value()) {
    if (!is_about_the_file(read.error())) return read;
    findings().error(FindingKind::kUnreadable, path, sentence_of(FindingKind::kUnreadable));
    found.digests.clear();
  }
  found_[path] = std::move(found);
  ++progress_.files;
  return tick(0);
}

Status Verification::read_files() {
  const FolderVisitor visitor{
      .plain_file = [this](const std::string& path,
                           const PlainFile& file) { return read_one(path, file); },
      .problem =
          [this](const std::string& path, FindingKind problem) {
            findings().error(problem, path, sentence_of(problem));
          }};
  const Status walked = walk(folder_, visitor);
  // Too much: it was told, and what was read is compared still.
  if (!walked.has_value() && walked.error().code != kTooLarge) return walked;
  for (const auto& [path, file] : found_) {
    if (!is_payload_path(path)) continue;
    facts().payload_files += 1;
    facts().payload_bytes += file.size;
  }
  return {};
}

void Verification::check_oxum() {
  std::uint64_t count = 0;
  for (const BagEntry& entry : facts().info) {
    if (!same_label(entry.label, "Payload-Oxum")) continue;
    facts().payload_oxum = entry.value;
    if (++count == 2)
      tell_by_version(FindingKind::kWrongOxum, "bag-info.txt", "Payload-Oxum more than once");
    const auto oxum = parse_oxum(entry.value);
    if (!oxum.has_value() || oxum->bytes != facts().payload_bytes ||
        oxum->files != facts().payload_files)
      findings().error(FindingKind::kWrongOxum, "bag-info.txt",
                       "Payload-Oxum is not the payload's bytes and files");
  }
}

void Verification::check_strength() {
  const auto is_strong = [](const Manifest& each) { return each.algorithm->is_strong; };
  if (std::ranges::none_of(payload_manifests_, is_strong))
    findings().warn(FindingKind::kWeakDigests, payload_manifests_.front().file,
                    "MD5 and SHA-1 tell of accidents only: somebody can make two files of one "
                    "digest");
}

void Verification::keep_sha256() {
  const auto manifest = std::ranges::find_if(payload_manifests_, [](const Manifest& each) {
    return each.algorithm->name == std::string_view("sha256");
  });
  if (manifest == payload_manifests_.end()) return;
  const auto place = static_cast<std::size_t>(manifest - payload_manifests_.begin());
  for (const auto& [path, file] : found_) {
    if (!is_payload_path(path) || place >= file.digests.size()) continue;
    if (const auto digest = Sha256::from(file.digests[place]); digest.has_value())
      report_.sha256.emplace_back(path, *digest);
  }
}

void Verification::compare() {
  Listing listing(found_, declaration_.version, findings());
  listing.take_fetch(std::move(fetch_));
  for (std::size_t i = 0; i < payload_manifests_.size(); ++i)
    listing.compare(payload_manifests_[i], i);
  for (std::size_t i = 0; i < tag_manifests_.size(); ++i) {
    listing.compare(tag_manifests_[i], i);
    listing.check_names(tag_manifests_[i], payload_manifests_);
  }
  listing.check_all_listed(payload_manifests_.size());
  check_oxum();
  check_strength();
}

}  // namespace

Result<BagReport> verify_bag(const Path& folder, const BagWatch& watch) {
  return Verification(TRY(open_bag_folder(folder)), watch).run();
}

}  // namespace tocsin::bag
