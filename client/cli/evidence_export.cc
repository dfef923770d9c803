#include "client/cli/evidence_export.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "client/cli/explain.h"
#include "client/codes.h"
#include "crypto/age/age.h"
#include "crypto/base/files.h"
#include "crypto/box/openssl.h"

namespace tocsin {
namespace {

constexpr std::size_t kAtOnce = std::size_t{1} << 20;

Result<std::vector<age::Recipient>> recipients_of(const CommandRequest& request) {
  std::vector<age::Recipient> recipients;
  const auto given = request.options.find("age");
  if (given == request.options.end()) return fail(kClientBadUsage, "--age");
  for (const std::string& text : given->second) {
    Result<age::Recipient> recipient = age::parse_recipient(text);
    if (!recipient.has_value()) return fail(kBadRecipient, "--age");
    recipients.push_back(*recipient);
  }
  return recipients;
}

Status write_all(int file, BytesView bytes) {
  while (!bytes.empty()) {
    const ssize_t wrote = ::write(file, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return fail_with_errno("age file");
    bytes = bytes.subspan(static_cast<std::size_t>(wrote));
  }
  return {};
}

// Seals everything in `from`; the SHA-256 of what was read.
Result<Sha256> seal_into(int from, int to, const std::vector<age::Recipient>& recipients) {
  SystemRng rng;
  age::Sealer sealer = TRY(
      age::Sealer::create(recipients, rng, [to](BytesView piece) { return write_all(to, piece); }));
  Sha256Stream hash = TRY(Sha256Stream::create());
  SecretBytes buffer(Bytes(kAtOnce, 0));
  for (;;) {
    const MutableBytes room = buffer.expose_mutable(kExpose);
    const ssize_t got = ::read(from, room.data(), room.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_with_errno("file to export");
    if (got == 0) break;
    const BytesView piece = BytesView(room).first(static_cast<std::size_t>(got));
    TRY(hash.update(piece));
    TRY(sealer.update(piece));
  }
  TRY(sealer.finish());
  if (::fsync(to) != 0) return fail_with_errno("age file");
  return hash.finish();
}

// The file made here, gone again unless all of it is good.
class NewFile {
 public:
  explicit NewFile(const Path& path) : path_(&path) {}
  NewFile(const NewFile&) = delete;
  NewFile& operator=(const NewFile&) = delete;
  ~NewFile() {
    if (!kept_) static_cast<void>(::unlink(path_->c_str()));
  }
  void keep() { kept_ = true; }

 private:
  const Path* path_;
  bool kept_ = false;
};

// `content` is the SHA-256 of what was exchanged, in hexadecimal.
Status write_age_file(const CommandRequest& request, const Path& source, const Path& out,
                      std::string_view content) {
  const std::vector<age::Recipient> recipients = TRY(recipients_of(request));
  const FileDescriptor from(::open(source.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!from.is_open()) return fail(kNoSuchFile, "file to export");
  const Status made = create_private_file(out);
  if (!made.has_value())
    return fail(made.error().code == kFileExists ? Error{kFileInTheWay, "age file"} : made.error());
  NewFile made_here(out);
  const FileDescriptor to(::open(out.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!to.is_open()) return fail_with_errno("age file");
  const Sha256 sealed = TRY(seal_into(from.get(), to.get(), recipients));
  if (to_hex(sealed.view()) != content) return fail(kFileChanged, "file to export");
  TRY(sync_folder_of(out));
  made_here.keep();
  return {};
}

}  // namespace

Report export_evidence(const CommandRequest& request, const Carrier& carry) {
  Report status = carry(request);
  if (status.exit != Exit::kDone) return status;
  const Path out(request.value_or("out", ""));
  const Status written =
      write_age_file(request, status.data.text_at("path"), out, status.data.text_at("sha256"));
  if (!written.has_value() && written.error().code == kFileChanged)
    return failed(Exit::kNotVerified, "the file here is not the one that was exchanged",
                  "nothing was written; its SHA-256 was " + status.data.text_at("sha256"));
  if (!written.has_value()) return explain(written.error());
  status.data.set("age", out.string());
  status.line("Written for age: " + out.string());
  return status;
}

}  // namespace tocsin
