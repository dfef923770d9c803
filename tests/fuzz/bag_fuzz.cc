// Tag files: the first byte says which, the rest is its bytes. What is read stays in the bag, and
// what can be written reads the same.
#include "client/bag/entry_path.h"
#include "client/bag/name_key.h"
#include "client/bag/tag_files.h"
#include "client/bag/tag_text.h"
#include "tests/fuzz/harness.h"

namespace tocsin {
namespace {

constexpr const char* kEncodings[] = {"UTF-8",  "US-ASCII", "ISO-8859-1", "windows-1252",
                                      "UTF-16", "UTF-16LE", "UTF-32",     "UTF-32BE"};

void try_manifest(std::string_view text, const char* file) {
  bag::Manifest manifest = *bag::manifest_named(file);
  bag::Findings findings;
  bag::parse_manifest(text, manifest, findings);
  for (const bag::ManifestLine& line : manifest.lines) {
    fuzz_check(bag::is_safe_path(line.path), "a listed path is safe");
    fuzz_check(bag::is_safe_path(bag::unescape_path(line.path)), "also without its escapes");
    fuzz_check(bag::is_payload_path(line.path) == (manifest.of == bag::ManifestOf::kPayload),
               "payload and tag files are not mixed");
    fuzz_check(line.digest.size() == manifest.algorithm->bytes, "a digest has its length");
  }
}

void try_info(std::string_view text) {
  bag::Findings findings;
  for (const bag::BagEntry& entry :
       bag::parse_bag_info(text, "bag-info.txt", bag::Version::k10, findings)) {
    const auto printed = bag::print_element(entry);
    if (!printed.has_value()) continue;
    bag::Findings none;
    const auto again = bag::parse_bag_info(*printed, "bag-info.txt", bag::Version::k10, none);
    fuzz_check(again.size() == 1 && none.errors() == 0 && again[0].label == entry.label &&
                   again[0].value == entry.value,
               "what is printed reads the same");
    static_cast<void>(bag::parse_oxum(entry.value));
  }
}

void try_names(std::string_view text) {
  fuzz_check(bag::unescape_path(bag::escape_path(text)) == text, "escapes come off again");
  const std::string canonical = bag::canonical_name(text);
  fuzz_check(bag::canonical_name(canonical) == canonical, "one canonical spelling");
  const std::string folded = bag::folded_name(text);
  fuzz_check(bag::folded_name(folded) == folded, "one folded spelling");
  static_cast<void>(bag::is_system_file(text));
}

void try_encodings(std::string_view text) {
  for (const char* encoding : kEncodings) {
    const auto decoded = bag::decode_tag_text(std::string(text), encoding);
    fuzz_check(!decoded.has_value() || bag::is_utf8(decoded->utf8), "only UTF-8 comes out");
  }
}

void try_fetch(std::string_view text) {
  bag::Findings findings;
  for (const bag::FetchLine& line : bag::parse_fetch(text, findings))
    fuzz_check(bag::is_safe_path(line.path) && bag::is_payload_path(line.path),
               "what is fetched goes into the payload");
}

Bytes sample(std::uint8_t kind, std::string_view text) {
  return concat({BytesView(&kind, 1), as_bytes(text)});
}

}  // namespace

std::vector<Bytes> fuzz_samples() {
  const std::string md5 = "900150983cd24fb0d6963f7d28e17f72";
  return {
      sample(0, "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"),
      sample(1, md5 + "  data/one\r\n" + md5 + " *data/a%0Ab\n" + md5 + " ./data/c\n"),
      sample(2, md5 + "  bagit.txt\n" + md5 + "  notes/x\n"),
      sample(3, "Contact-Name: A\nExternal-Description: long\n  and more\nPayload-Oxum: 12.3\n"),
      sample(4, "https://example.org/one 12 data/one\nhttp://example.org/two - data/two\n"),
      sample(5, "data/N\u00fa\u00f1ez \ud55c 100%\n"),
      sample(6, "caf\u00e9\n"),
  };
}

}  // namespace tocsin

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace tocsin;  // NOLINT(google-build-using-namespace): the entry point itself
  if (size == 0) return 0;
  const std::string_view text = as_text(BytesView(data, size).subspan(1));
  bag::Findings findings;
  switch (data[0] % 7) {
    case 0:
      static_cast<void>(bag::parse_declaration(text, findings));
      break;
    case 1:
      try_manifest(text, "manifest-md5.txt");
      break;
    case 2:
      try_manifest(text, "tagmanifest-md5.txt");
      break;
    case 3:
      try_info(text);
      break;
    case 4:
      try_fetch(text);
      break;
    case 5:
      try_names(text);
      break;
    default:
      try_encodings(text);
  }
  return 0;
}
