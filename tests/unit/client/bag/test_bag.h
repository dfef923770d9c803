// tests/unit/client/bag/test_bag.h: a bag made by hand in a folder of its own, right until a test
// makes it wrong.
#pragma once

#include <algorithm>
#include <fstream>
#include <string>

#include "client/bag/algorithms.h"
#include "client/bag/entry_path.h"
#include "client/bag/verify.h"
#include "tests/support/temporary_folder.h"

namespace tocsin::bag {

inline std::string hex_digest(std::string_view algorithm, std::string_view content) {
  const std::array one{algorithm_named(algorithm)};
  DigestSet set = DigestSet::create(one).value();
  EXPECT_TRUE(set.update(as_bytes(content)).has_value());
  return to_hex(set.finish().value().front());
}

class TestBag {
 public:
  explicit TestBag(const std::string& version = "1.0") : path_(folder_.path() / "bag") {
    std::filesystem::create_directories(path_ / "data");
    put("bagit.txt", "BagIt-Version: " + version + "\nTag-File-Character-Encoding: UTF-8\n");
  }

  const Path& path() const { return path_; }

  void put(const std::string& name, std::string_view content) {
    const Path file = path_ / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary | std::ios::trunc) << content;
  }
  void add(const std::string& name, std::string_view content) {
    std::ofstream(path_ / name, std::ios::binary | std::ios::app) << content;
  }
  std::string content(const std::string& name) const {
    std::ifstream file(path_ / name, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }
  // "digest  name\n"
  std::string line(const std::string& name, const std::string& algorithm = "sha256") const {
    return hex_digest(algorithm, content(name)) + "  " + name + "\n";
  }
  // A manifest of what lies in data/ now.
  void list(const std::string& algorithm = "sha256") {
    std::string text;
    for (const std::string& name : files()) {
      if (is_payload_path(name))
        text += hex_digest(algorithm, content(name)) + "  " + escape_path(name) + "\n";
    }
    put("manifest-" + algorithm + ".txt", text);
  }
  void list_tags(const std::string& algorithm = "sha256") {
    std::string text;
    for (const std::string& name : files()) {
      if (!is_payload_path(name) && !name.starts_with("tagmanifest-"))
        text += line(name, algorithm);
    }
    put("tagmanifest-" + algorithm + ".txt", text);
  }
  BagReport verify() const { return verify_bag(path_).value(); }

 private:
  std::vector<std::string> files() const {
    std::vector<std::string> names;
    for (const auto& each : std::filesystem::recursive_directory_iterator(path_)) {
      if (each.is_regular_file()) names.push_back(each.path().lexically_relative(path_).string());
    }
    std::ranges::sort(names);
    return names;
  }

  TemporaryFolder folder_;
  Path path_;
};

inline bool tells(const BagReport& report, Severity severity, FindingKind kind) {
  return std::ranges::any_of(report.findings.kept(), [&](const Finding& each) {
    return each.severity == severity && each.kind == kind;
  });
}

// Everything that was found, for a failing test to show.
inline std::string told(const BagReport& report) {
  std::string text;
  for (const Finding& each : report.findings.kept())
    text += std::string(name_of(each.kind)) + " " + each.file + ": " + each.sentence + "\n";
  return text;
}

#define EXPECT_VALID(bag) EXPECT_TRUE((bag).verify().is_valid()) << told((bag).verify())
#define EXPECT_ERROR(bag, kind) \
  EXPECT_TRUE(tells((bag).verify(), Severity::kError, FindingKind::kind)) << told((bag).verify())
// Valid, and something is said about it.
#define EXPECT_WARNING(bag, kind) \
  EXPECT_VALID(bag);              \
  EXPECT_TRUE(tells((bag).verify(), Severity::kWarning, FindingKind::kind)) << told((bag).verify())

}  // namespace tocsin::bag
