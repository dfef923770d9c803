#include "protocol/alert/export.h"

#include "crypto/box/labels.h"
#include "protocol/alert/html.h"
#include "protocol/alert/text.h"
#include "protocol/codes.h"

namespace tocsin {
namespace {

// RFC 8410 section 4: an Ed25519 SubjectPublicKeyInfo is this and the 32 bytes of the key.
constexpr std::array<std::uint8_t, 12> kSpkiPrefix{0x30, 0x2a, 0x30, 0x05, 0x06, 0x03,
                                                   0x2b, 0x65, 0x70, 0x03, 0x21, 0x00};

std::string pem_of(const SigningPublic& key) {
  Bytes spki(kSpkiPrefix.begin(), kSpkiPrefix.end());
  spki.insert(spki.end(), key.view().begin(), key.view().end());
  return "-----BEGIN PUBLIC KEY-----\n" + to_base64(spki) + "\n-----END PUBLIC KEY-----\n";
}

std::string key_file(std::uint32_t version, std::size_t holder) {
  return "charter-" + std::to_string(version) + "-holder-" + std::to_string(holder + 1) + ".pem";
}

std::string shown_name(const std::string& name) {
  return safe_text(name, {.max_letters = 96, .line_breaks = LineBreaks::kForbidden});
}

// Collects the files and, along with them, what to type.
class Folder {
 public:
  void add(std::string name, BytesView bytes) {
    files_.push_back({std::move(name), to_bytes(bytes)});
  }
  void tell(std::string_view line) { verify_.append(line).append("\n"); }

  // The signed bytes, every signature that counts, and the command that checks it.
  Status document(const std::string& name, const Dsse& envelope, const Charter& signers) {
    add(name + ".body", envelope.body);
    add(name + ".pae", pre_authentication_encoding(envelope.kind, envelope.body));
    add(name + ".dsse.json", as_bytes(TRY(dsse_to_json(envelope))));
    for (const DsseSignature& signature : envelope.signatures) {
      const Dsse alone{envelope.kind, envelope.body, {signature}};
      for (const std::size_t holder : signing_holders(alone, signers)) {
        const std::string file = name + ".holder-" + std::to_string(holder + 1) + ".sig";
        add(file, signature.signature.view());
        tell("# " + shown_name(signers.holders[holder].name));
        tell("openssl pkeyutl -verify -pubin -inkey " + key_file(signers.version, holder) +
             " -rawin -in " + name + ".pae -sigfile " + file);
      }
    }
    return {};
  }

  void keys(const Charter& charter) {
    for (std::size_t i = 0; i < charter.holders.size(); ++i)
      add(key_file(charter.version, i), as_bytes(pem_of(charter.holders[i].alert_key)));
  }

  std::vector<ExportedFile> finish() && {
    add("VERIFY.txt", as_bytes(verify_));
    return std::move(files_);
  }

 private:
  std::vector<ExportedFile> files_;
  std::string verify_;
};

void tell_what_this_is(Folder& folder, const CharterChain& chain, const Charter& named) {
  folder.tell("An alert, and how to check who signed it without Tocsin.");
  folder.tell("");
  folder.tell(
      "Run the commands below in this folder, in a shell. OpenSSL 3 prints \"Signature Verified");
  folder.tell("Successfully\" for each signature that holds. The alert counts if " +
              std::to_string(named.threshold) + " different people");
  folder.tell("of version " + std::to_string(named.version) +
              " of the organisation's charter signed it.");
  folder.tell("");
  folder.tell(
      "alert.body is what was signed, alert.pae the same with its type before it (DSSE v1),");
  folder.tell(
      "page.html how it reads. What only the organisation itself can tell you is whether the");
  folder.tell("charter is its own: compare these words with one of its people.");
  std::string words;
  for (const std::string& word : organisation_words(chain.id()))
    words += (words.empty() ? "" : " ") + word;
  folder.tell("    " + words);
  folder.tell("They are made from the charter's number, which this prints:");
  folder.tell("b2sum -l 256 charter-1.numbered");
  folder.tell("# expected: " + to_hex(chain.id().view()));
  folder.tell("");
  folder.tell("For whom the alert was is not shown by these files, on purpose.");
}

}  // namespace

Result<std::vector<ExportedFile>> export_alert(const AlertMessage& message,
                                               const CharterChain& chain, const Page& page) {
  const AlertBody body = TRY(decode_alert_body(message.envelope.body));
  const CharterChain::Link* named = chain.find(body.charter_hash);
  if (named == nullptr) return fail(kNotFound, "charter of the alert");
  Folder folder;
  Bytes numbered = to_bytes(label_bytes(Label::kCharterId));  // CHA-2: what the number is made from
  const Bytes& first = chain.links().front().envelope.body;
  numbered.insert(numbered.end(), first.begin(), first.end());
  folder.add("charter-1.numbered", numbered);
  tell_what_this_is(folder, chain, named->charter);
  const Charter* before = nullptr;
  for (const CharterChain::Link& link : chain.links()) {
    folder.keys(link.charter);
    folder.tell("");
    folder.tell("# Version " + std::to_string(link.charter.version) +
                " of the charter, signed by holders of " +
                (before == nullptr ? "itself" : "version " + std::to_string(before->version)));
    TRY(folder.document("charter-" + std::to_string(link.charter.version), link.envelope,
                        before == nullptr ? link.charter : *before));
    before = &link.charter;
  }
  folder.tell("");
  folder.tell("# The alert, signed by holders of version " +
              std::to_string(named->charter.version));
  TRY(folder.document("alert", message.envelope, named->charter));
  folder.add("page.html", as_bytes(to_html(page)));
  return std::move(folder).finish();
}

}  // namespace tocsin
