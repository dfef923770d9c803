#include "relay/ops/blocking.h"

#include <cstdio>
#include <sstream>

#include "crypto/base/files.h"
#include "protocol/pairing/link.h"
#include "relay/harden/harden.h"
#include "relay/ops/keys.h"

namespace tocsin::ops {
namespace {

constexpr std::size_t kLineBytes = 2 * BoardId::kBytes + 1;
constexpr std::size_t kMaxBlocked = 10'000;

Path list_file(const RelayConfig& config) { return config.directory / "blocked"; }

Result<std::set<BoardId>> parse_list(std::string_view text) {
  std::set<BoardId> boards;
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line);)
    boards.insert(TRY(BoardId::from(TRY(from_hex(line)))));
  return boards;
}

// A link that leads to another relay blocks nothing here.
Result<BoardId> board_named(const std::string& text, const RelayKeys& keys) {
  if (!text.starts_with(kLinkScheme)) return BoardId::from(TRY(from_hex(text)));
  const Link link = TRY(parse_link(text));
  if (link.relay.curve != keys.curve_public) return fail(kMalformed, "a link to another relay");
  return link.locator;
}

void answer(const std::string& text) { std::fwrite(text.data(), 1, text.size(), stdout); }

std::string listed(const std::set<BoardId>& boards, Form form) {
  std::string text;
  for (const BoardId& board : boards) {
    const std::string id = to_hex(board.view());
    text += form == Form::kJson ? (text.empty() ? "\"" : ", \"") + id + "\"" : id + "\n";
  }
  if (form == Form::kJson) return "{\"blocked\": [" + text + "]}\n";
  return text.empty() ? "No board is blocked.\n" : text;
}

}  // namespace

Said<std::set<BoardId>> blocked_boards(const RelayConfig& config) {
  const Result<Bytes> file = read_file(list_file(config), kMaxBlocked * kLineBytes);
  if (!file.has_value() && file.error().code == kFileNotFound) return std::set<BoardId>();
  Result<std::set<BoardId>> boards =
      file.has_value() ? parse_list(as_text(*file)) : fail(file.error());
  if (boards.has_value()) return std::move(*boards);
  return complain(Exit::kConfig, "cannot read " + list_file(config).string(),
                  "one board id a line, 64 hexadecimal digits; tocsin-relay block writes it");
}

Said<void> block(const Path& path, const std::string& board, Blocking what, Form form) {
  const RelayConfig config = TRY(load_config(path));
  if (const Status hardened = harden_process(); !hardened.has_value())
    return complain(Exit::kFailed, "cannot harden this process: " + in_words(hardened.error()), "");
  std::set<BoardId> boards = TRY(blocked_boards(config));
  if (board.empty()) {
    answer(listed(boards, form));
    return {};
  }
  const Result<RelayKeys> keys = load_keys(config.key_file());
  if (!keys.has_value())
    return complain(Exit::kKeys, "cannot read " + config.key_file().string(),
                    "run this as the relay's user");
  const Result<BoardId> id = board_named(board, *keys);
  if (!id.has_value())
    return complain(Exit::kUsage, "this is no board's id and no link to this relay",
                    "64 hexadecimal digits, or the link that was reported");
  if (what == Blocking::kUndo) {
    boards.erase(*id);
  } else {
    boards.insert(*id);
  }
  if (boards.size() > kMaxBlocked)
    return complain(Exit::kFailed, "too many boards are blocked",
                    "boards end by themselves after 37 days: undo old ones");
  std::string lines;
  for (const BoardId& each : boards) lines += to_hex(each.view()) + "\n";
  if (const Status wrote = replace_file(list_file(config), as_bytes(lines)); !wrote.has_value())
    return complain(Exit::kFailed,
                    "cannot write " + list_file(config).string() + ": " + in_words(wrote.error()),
                    "run this as the relay's user; check free space");
  answer(form == Form::kJson
             ? listed(boards, form)
             : std::to_string(boards.size()) +
                   " blocked. Restart the relay for this to take effect: systemctl restart "
                   "tocsin-relay\n");
  return {};
}

}  // namespace tocsin::ops
