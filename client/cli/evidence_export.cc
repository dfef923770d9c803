#include "client/cli/evidence_export.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "client/cli/evidence_bag.h"
#include "client/cli/explain.h"
#include "client/cli/new_file.h"
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

// Seals everything in `from`; the SHA-256 of what was read.
Result<Sha256> seal_into(const FileDescriptor& from, const FileDescriptor& to,
                         const std::vector<age::Recipient>& recipients) {
  SystemRng rng;
  age::Sealer sealer = TRY(age::Sealer::create(
      recipients, rng, [&to](BytesView piece) { return write_all(to, piece); }));
  Sha256Stream hash = TRY(Sha256Stream::create());
  SecretBytes buffer(Bytes(kAtOnce, 0));
  for (;;) {
    const MutableBytes room = buffer.expose_mutable(kExpose);
    const ssize_t got = ::read(from.get(), room.data(), room.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return fail_with_errno("file to export");
    if (got == 0) break;
    const BytesView piece = BytesView(room).first(static_cast<std::size_t>(got));
    TRY(hash.update(piece));
    TRY(sealer.update(piece));
  }
  TRY(sealer.finish());
  if (::fsync(to.get()) != 0) return fail_with_errno("age file");
  return hash.finish();
}

// The file made here, gone again unless all of it is good.
class MadeHere {
 public:
  explicit MadeHere(const Path& path) : path_(&path) {}
  MadeHere(const MadeHere&) = delete;
  MadeHere& operator=(const MadeHere&) = delete;
  ~MadeHere() {
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
  MadeHere made_here(out);
  const FileDescriptor to(::open(out.c_str(), O_WRONLY | O_CLOEXEC | O_NOFOLLOW));
  if (!to.is_open()) return fail_with_errno("age file");
  const Sha256 sealed = TRY(seal_into(from, to, recipients));
  if (to_hex(sealed.view()) != content) return fail(kFileChanged, "file to export");
  TRY(sync_folder_of(out));
  made_here.keep();
  return {};
}

}  // namespace

namespace {

// One of the three, and with it what it needs; told before anything is recorded.
std::optional<Report> cannot_be_meant(const CommandRequest& request) {
  const int kinds =
      (request.has("age") ? 1 : 0) + (request.has("bag") ? 1 : 0) + (request.has("tsq") ? 1 : 0);
  if (kinds != 1)
    return failed(Exit::kUsage, "what is to be written?",
                  "one of: FILE --age RECIPIENT, --bag DIR, --tsq FILE");
  if (request.has("age") != request.has("out"))
    return failed(Exit::kUsage, "FILE goes with --age, and with nothing else",
                  "tocsin evidence export NUMBER FILE --age RECIPIENT");
  if (request.has("tsa") && !request.has("bag"))
    return failed(Exit::kUsage, "--tsa is for a bag", "add --bag DIR");
  const Status free = check_nothing_in_the_way(request.value_or(request.has("age")   ? "out"
                                                                : request.has("bag") ? "bag"
                                                                                     : "tsq",
                                                                ""));
  if (!free.has_value()) return explain(free.error());
  if (!request.has("age")) return std::nullopt;
  const auto recipients = recipients_of(request);
  return recipients.has_value() ? std::nullopt : std::optional(explain(recipients.error()));
}

Report export_to_age(const CommandRequest& request, Report status) {
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

}  // namespace

Report export_evidence(const CommandRequest& request, const Carrier& carry) {
  if (std::optional<Report> refused = cannot_be_meant(request); refused.has_value())
    return *refused;
  Report answer = carry(request);
  if (answer.exit != Exit::kDone) return answer;
  if (request.has("tsq")) return write_time_stamp_question(request, std::move(answer));
  Report done = request.has("bag") ? write_evidence_bag(request, std::move(answer))
                                   : export_to_age(request, std::move(answer));
  if (done.exit != Exit::kDone) return done;
  // What is there is signed for, and nothing that was only tried.
  CommandRequest record = request;
  record.command = "evidence record";
  record.options["event"] = {"exported"};
  const Report recorded = carry(record);
  done.exit = recorded.exit;
  done.error = recorded.error;
  done.hint = recorded.hint;
  return done;
}

}  // namespace tocsin
