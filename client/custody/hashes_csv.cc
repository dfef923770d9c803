#include "client/custody/hashes_csv.h"

namespace tocsin {
namespace {

// Always in quotes: a stranger's name may hold commas, quotes and line breaks.
std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + "\"";
}

}  // namespace

std::string hashes_csv(std::span<const CaseFile> files) {
  std::string table = "path,sha256\r\n";
  for (const CaseFile& file : files)
    table += quoted(file.path) + "," + to_hex(file.content.view()) + "\r\n";
  return table;
}

}  // namespace tocsin
