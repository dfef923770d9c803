#include "protocol/alert/export.h"

#include <set>

#include "crypto/box/labels.h"
#include "crypto/box/pem.h"
#include "protocol/alert/html.h"
#include "protocol/codes.h"

namespace tocsin {
namespace {

std::string key_file(std::uint32_t version, std::size_t holder) {
  return "charter-" + std::to_string(version) + "-holder-" + std::to_string(holder + 1) + ".pem";
}

// Collects the files and, along with them, what to type. VERIFY.txt is made for a shell: nothing
// that a person wrote stands in it (ALT-11.3).
class Folder {
 public:
  void add(std::string name, BytesView bytes) {
    files_.push_back({std::move(name), to_bytes(bytes)});
  }
  // For people: letters, digits, spaces and the marks , . : - alone, so that it is a comment in
  // every shell and does nothing where comments are none.
  void tell(std::string_view line) { verify_.append("# ").append(line).append("\n"); }
  void type(std::string_view command) { verify_.append(command).append("\n"); }
  void space() { verify_ += '\n'; }

  // The signed bytes, one signature of each holder whose counts, and the command that checks it.
  Status document(const std::string& name, const Dsse& envelope, const Charter& signers) {
    add(name + ".body", envelope.body);
    add(name + ".pae", pre_authentication_encoding(envelope.kind, envelope.body));
    add(name + ".dsse.json", as_bytes(TRY(dsse_to_json(envelope))));
    std::set<std::size_t> counted;
    for (const DsseSignature& signature : envelope.signatures) {
      const Dsse alone{envelope.kind, envelope.body, {signature}};
      for (const std::size_t holder : signing_holders(alone, signers)) {
        if (!counted.insert(holder).second) continue;
        const std::string file = name + ".holder-" + std::to_string(holder + 1) + ".sig";
        add(file, signature.signature.view());
        type("openssl pkeyutl -verify -pubin -inkey " + key_file(signers.version, holder) +
             " -rawin -in " + name + ".pae -sigfile " + file);
      }
    }
    return {};
  }

  void keys(const Charter& charter) {
    for (std::size_t i = 0; i < charter.holders.size(); ++i)
      add(key_file(charter.version, i), as_bytes(public_key_pem(charter.holders[i].alert_key)));
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
  folder.space();
  folder.tell("Run the commands below in this folder, or all at once: sh VERIFY.txt");
  folder.tell("OpenSSL 3 prints Signature Verified Successfully for each signature that holds.");
  folder.tell("The alert counts if " + std::to_string(named.threshold) +
              " different holders of version " + std::to_string(named.version) +
              " of the charter signed it.");
  folder.tell("Who signed is said in page.html, which shows how the alert reads.");
  folder.tell(
      "alert.body is what was signed, alert.pae the same with its type before it, DSSE v1.");
  folder.tell("For whom the alert was is not shown by these files, on purpose.");
  folder.space();
  folder.tell("Only the organisation itself can tell whether the charter is its own.");
  folder.tell("Compare these words with one of its people:");
  std::string words;
  for (const std::string& word : organisation_words(chain.id()))
    words += (words.empty() ? "" : " ") + word;
  folder.tell(words);
  folder.tell("They are made from the number of the charter, which the next command prints:");
  folder.type("b2sum -l 256 charter-1.numbered");
  folder.tell("expected: " + to_hex(chain.id().view()));
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
  const Charter* signers = &chain.links().front().charter;  // version 1 is signed by its own
  for (const CharterChain::Link& link : chain.links()) {
    folder.keys(link.charter);
    folder.space();
    folder.tell("Version " + std::to_string(link.charter.version) +
                " of the charter, signed by holders of version " +
                std::to_string(signers->version));
    TRY(folder.document("charter-" + std::to_string(link.charter.version), link.envelope,
                        *signers));
    signers = &link.charter;
  }
  folder.space();
  folder.tell("The alert, signed by holders of version " + std::to_string(named->charter.version));
  TRY(folder.document("alert", message.envelope, named->charter));
  folder.add("page.html", as_bytes(to_html(page)));
  return std::move(folder).finish();
}

}  // namespace tocsin
