// The public age test kit (C2SP CCTV, age): every file says what must become of it, and what of it
// may be released before a failure. tests/vectors/age_kit.sh fetches it.
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>

#include "crypto/age/age.h"
#include "crypto/age/armor.h"

namespace tocsin {
namespace {

namespace fs = std::filesystem;

struct KitFile {
  std::string name;
  std::multimap<std::string, std::string> says;
  Bytes content;

  std::string said(const std::string& key) const {
    const auto found = says.find(key);
    return found == says.end() ? std::string{} : found->second;
  }
};

Bytes inflated(const Bytes& packed) {
  constexpr uLongf kMost = 64U << 20U;
  Bytes content(kMost);
  uLongf length = kMost;
  EXPECT_EQ(::uncompress(content.data(), &length, packed.data(), packed.size()), Z_OK);
  content.resize(length);
  return content;
}

KitFile read_kit_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  KitFile file{path.filename().string(), {}, {}};
  for (std::string line; std::getline(in, line) && !line.empty();) {
    const std::size_t colon = line.find(": ");
    file.says.emplace(line.substr(0, colon), line.substr(colon + 2));
  }
  file.content.assign(std::istreambuf_iterator<char>(in), {});
  if (file.said("compressed") == "zlib") file.content = inflated(file.content);
  return file;
}

struct Outcome {
  Status status;
  Bytes released;
};

// In pieces of `piece` bytes: nothing may depend on where a piece ends.
Outcome open_file(const KitFile& file, std::size_t piece) {
  Outcome outcome;
  age::Keys keys;
  for (auto [key, last] = file.says.equal_range("identity"); key != last; ++key)
    keys.identities.push_back(age::parse_identity(key->second).value());
  if (file.says.contains("passphrase"))
    keys.passphrase = SecretBytes::copy_of(as_bytes(file.said("passphrase")));
  age::Opener opener(std::move(keys), [&](BytesView plaintext) -> Status {
    outcome.released.insert(outcome.released.end(), plaintext.begin(), plaintext.end());
    return {};
  });
  age::ArmorReader armor([&](BytesView bytes) { return opener.update(bytes); });
  const bool armored = file.said("armored") == "yes";
  const auto all = [&]() -> Status {
    for (std::size_t at = 0; at < file.content.size(); at += piece) {
      const BytesView part =
          BytesView(file.content).subspan(at, std::min(piece, file.content.size() - at));
      TRY(armored ? armor.update(part) : opener.update(part));
    }
    if (armored) TRY(armor.finish());
    return opener.finish();
  };
  outcome.status = all();
  return outcome;
}

std::string kind_of(const Status& status) {
  if (status.has_value()) return "success";
  switch (static_cast<std::uint16_t>(status.error().code)) {
    case static_cast<std::uint16_t>(kMalformed):
    case static_cast<std::uint16_t>(kTooLarge):
    case static_cast<std::uint16_t>(kBadKey):
      return "header failure";
    case static_cast<std::uint16_t>(kBadSignature):
      return "HMAC failure";
    case static_cast<std::uint16_t>(kNoRecipient):
      return "no match";
    case static_cast<std::uint16_t>(kBadCiphertext):
      return "payload failure";
    case static_cast<std::uint16_t>(kBadArmor):
      return "armor failure";
    default:
      return std::string(crypto_code_name(status.error().code));
  }
}

bool is_ours(const KitFile& file) {
  for (auto [key, last] = file.says.equal_range("identity"); key != last; ++key) {
    if (key->second.starts_with("AGE-SECRET-KEY-PQ-")) return false;  // another recipient type
  }
  return true;
}

TEST(AgeKitTest, EveryFileEndsAsItSays) {
  const char* folder = std::getenv("TOCSIN_AGE_KIT");
  const fs::path kit =
      folder != nullptr ? fs::path(folder) : fs::path(TOCSIN_SHARED_DATA "/vectors/age");
  if (!fs::is_directory(kit))
    GTEST_SKIP() << "no age test kit: tests/vectors/age_kit.sh fetches it";
  int tried = 0;
  int left_out = 0;
  for (const auto& entry : fs::directory_iterator(kit)) {
    const KitFile file = read_kit_file(entry.path());
    if (!is_ours(file)) {
      ++left_out;
      continue;
    }
    ++tried;
    SCOPED_TRACE(file.name + ": " + file.said("comment"));
    for (const std::size_t piece : {std::size_t{1}, std::size_t{4'096}, std::size_t{1} << 30U}) {
      if (piece == 1 && file.content.size() > 200'000) continue;
      const Outcome outcome = open_file(file, piece);
      EXPECT_EQ(kind_of(outcome.status), file.said("expect"))
          << (outcome.status.has_value() ? "" : outcome.status.error().where);
      if (file.says.contains("payload"))
        EXPECT_EQ(to_hex(sha256({outcome.released}).view()), file.said("payload"));
      else
        EXPECT_TRUE(outcome.released.empty());
    }
  }
  EXPECT_GE(tried, 100);
  std::printf("%d files tried; %d are for the post-quantum recipient type\n", tried, left_out);
}

}  // namespace
}  // namespace tocsin
