#include "protocol/alert/export.h"

#include <algorithm>
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

std::string charter_name(std::uint32_t version) { return "charter-" + std::to_string(version); }

// Where these bytes stand in a document.
Result<std::size_t> place_in(BytesView document, BytesView wanted) {
  const auto found = std::ranges::search(document, wanted);
  if (found.empty()) return fail(kMalformed, "place in a document");
  return static_cast<std::size_t>(found.begin() - document.begin());
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
    type_same_end(name + ".pae", name + ".body", envelope.body.size());
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

  // The keys as files, and that they are those in the charter.
  Status keys(const Charter& charter, BytesView body) {
    for (std::size_t i = 0; i < charter.holders.size(); ++i) {
      const SigningPublic& key = charter.holders[i].alert_key;
      const std::string file = key_file(charter.version, i);
      add(file, as_bytes(public_key_pem(key)));
      type("openssl pkey -pubin -in " + file + " -outform DER | tail -c 32 | cmp -n 32 -i 0:" +
           std::to_string(TRY(place_in(body, key.view()))) + " - " + charter_name(charter.version) +
           ".body");
    }
    return {};
  }

  // What a document hashes under a label, and that it is the label and the document.
  void hashed(const std::string& file, Label label, const std::string& name, BytesView body) {
    Bytes bytes = to_bytes(label_bytes(label));
    bytes.insert(bytes.end(), body.begin(), body.end());
    add(file, bytes);
    type_same_end(file, name + ".body", body.size());
  }

  // That one document names another: its hash stands in the first.
  Status names(const std::string& name, BytesView body, std::uint32_t version,
               const CharterHash& hash) {
    type("test \"$(b2sum -l 256 " + charter_name(version) +
         ".hashed | cut -c 1-64)\" = \"$(tail -c +" +
         std::to_string(TRY(place_in(body, hash.view())) + 1) + " " + name +
         ".body | head -c 32 | od -An -v -tx1 | tr -d ' \\n')\"");
    return {};
  }

  std::vector<ExportedFile> finish() && {
    add("VERIFY.txt", as_bytes(verify_));
    return std::move(files_);
  }

 private:
  void type_same_end(const std::string& longer, const std::string& shorter, std::size_t size) {
    type("tail -c " + std::to_string(size) + " " + longer + " | cmp - " + shorter);
  }

  std::vector<ExportedFile> files_;
  std::string verify_;
};

std::string life_words(Life life) {
  switch (life) {
    case Life::kCurrent:
      return "current";
    case Life::kExpired:
      return "EXPIRED";
    case Life::kWithdrawn:
      return "WITHDRAWN";
  }
  return "current";
}

void tell_what_this_is(Folder& folder, const CharterChain& chain, const Charter& named,
                       const ExportedState& state) {
  folder.tell("An alert, and how to check who signed it without Tocsin.");
  folder.space();
  folder.tell("Run this in its folder: sh -e VERIFY.txt");
  folder.tell("It ends with the line: every check held");
  folder.tell("OpenSSL 3 prints Signature Verified Successfully for each signature that holds.");
  folder.tell("The alert counts if " + std::to_string(named.threshold) +
              " different holders of version " + std::to_string(named.version) +
              " of the charter signed it.");
  folder.tell("It was " + life_words(state.life) + " when these files were written, on " +
              day_text(state.today) + ".");
  folder.tell("A later withdrawal is not shown by these files: ask the organisation.");
  folder.tell("page.html shows how the alert reads, and is signed by nobody.");
  folder.tell(
      "alert.body is what was signed, alert.pae the same with its type before it, DSSE v1.");
  folder.tell("For whom the alert was is not shown by these files, on purpose.");
  folder.tell("Whoever gave you these files could have written this text as well:");
  folder.tell("what counts is that the words below are those of the organisation.");
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
                                               const CharterChain& chain, const Page& page,
                                               const ExportedState& state) {
  const AlertBody body = TRY(decode_alert_body(message.envelope.body));
  const CharterChain::Link* named = chain.find(body.charter_hash);
  if (named == nullptr) return fail(kNotFound, "charter of the alert");
  Folder folder;
  tell_what_this_is(folder, chain, named->charter, state);
  const CharterChain::Link* before = nullptr;
  for (const CharterChain::Link& link : chain.links()) {
    // Version 1 is signed by its own holders.
    const Charter& signers = before == nullptr ? link.charter : before->charter;
    const std::uint32_t version = link.charter.version;
    const std::string name = charter_name(version);
    folder.space();
    folder.tell("Version " + std::to_string(version) + " of the charter, signed by holders of " +
                "version " + std::to_string(signers.version));
    // CHA-3: what the organisation's number is made from, and the hash of a version.
    if (before == nullptr)
      folder.hashed("charter-1.numbered", Label::kCharterId, name, link.envelope.body);
    folder.hashed(name + ".hashed", Label::kCharterHash, name, link.envelope.body);
    if (before != nullptr)
      TRY(folder.names(name, link.envelope.body, before->charter.version, before->hash));
    TRY(folder.keys(link.charter, link.envelope.body));
    TRY(folder.document(name, link.envelope, signers));
    before = &link;
  }
  folder.space();
  folder.tell("The alert, signed by holders of version " + std::to_string(named->charter.version));
  TRY(folder.names("alert", message.envelope.body, named->charter.version, named->hash));
  TRY(folder.document("alert", message.envelope, named->charter));
  folder.add("page.html", as_bytes(to_html(page)));
  folder.type("echo every check held");
  return std::move(folder).finish();
}

}  // namespace tocsin
