#include "relay/ops/config.h"

// The one translation unit that reads TOML.
#define TOML_HEADER_ONLY 1
#define TOML_EXCEPTIONS 0
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <limits>

#include "crypto/base/files.h"
#include "relay/edge/limits.h"

namespace tocsin::ops {

namespace {

constexpr std::array<std::string_view, 13> kKeys{"listen",
                                                 "public",
                                                 "directory",
                                                 "access",
                                                 "connections",
                                                 "work_bits",
                                                 "password_file",
                                                 "deposits_per_second",
                                                 "budget_cells",
                                                 "bulk_listen",
                                                 "bulk_mebibytes",
                                                 "bulk_port",
                                                 "drop_deposits_per_second"};

// Reads the values of one file; the first problem stops it.
class ConfigReader {
 public:
  ConfigReader(const toml::table& table, const Path& name) : table_(table), name_(name) {}

  Said<RelayConfig> read() {
    RelayConfig config;
    refuse_unknown_keys();
    read_endpoint("listen", config.listen);
    read_public(config);
    read_path("directory", config.directory);
    read_access(config);
    read_number("connections", config.connections, {0, edge::kMaxConnections});
    read_number("work_bits", config.work_bits, {0, kMaxWorkBits});
    read_number("deposits_per_second", config.deposits_per_second, {1, kMaxRate});
    read_number("drop_deposits_per_second", config.drop_deposits_per_second, {1, kMaxRate});
    read_number("budget_cells", config.budget_cells, {0, kMaxCells});
    read_bulk(config);
    if (problem_) return std::unexpected(*problem_);
    return config;
  }

 private:
  static constexpr std::int64_t kMaxRate = 1'000'000;
  static constexpr std::int64_t kMaxCells = 1'000'000'000'000;
  struct Range {
    std::int64_t low, high;
  };

  void refuse(const toml::node* node, std::string error, std::string hint) {
    if (problem_) return;
    std::string place = name_.string();
    if (node != nullptr) place += " line " + std::to_string(node->source().begin.line);
    problem_ = Complaint{Exit::kConfig, place + ": " + std::move(error), std::move(hint)};
  }

  void refuse_unknown_keys() {
    for (const auto& [key, node] : table_) {
      if (std::find(kKeys.begin(), kKeys.end(), key.str()) != kKeys.end()) continue;
      std::string known;
      for (const std::string_view name : kKeys)
        known += (known.empty() ? "" : ", ") + std::string(name);
      refuse(&node, "unknown key '" + std::string(key.str()) + "'", "known keys: " + known);
    }
  }

  std::optional<std::string> text(std::string_view key) {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return std::nullopt;
    if (const auto* value = node->as_string(); value != nullptr && !value->get().empty())
      return value->get();
    refuse(node, std::string(key) + " must be a text that is not empty",
           "write " + std::string(key) + " = \"…\"");
    return std::nullopt;
  }

  template <class Number>
  void read_number(std::string_view key, Number& target, Range range) {
    const toml::node* node = table_.get(key);
    if (node == nullptr) return;
    const auto* value = node->as_integer();
    if (value == nullptr || value->get() < range.low || value->get() > range.high) {
      refuse(node,
             std::string(key) + " must be a whole number from " + std::to_string(range.low) +
                 " to " + std::to_string(range.high),
             "remove the line to get the default");
      return;
    }
    target = static_cast<Number>(value->get());
  }

  void read_path(std::string_view key, Path& target) {
    const std::optional<std::string> value = text(key);
    if (value) target = name_.parent_path() / *value;
  }

  void read_endpoint(std::string_view key, edge::Endpoint& target) {
    const std::optional<std::string> value = text(key);
    if (!value) return;
    const Result<edge::Endpoint> endpoint = edge::parse_endpoint(*value);
    if (!endpoint.has_value()) {
      refuse(table_.get(key), std::string(key) + " is not a numeric address and a port",
             "for example \"127.0.0.1:7700\", \"0.0.0.0:7700\" or \"[::]:7700\"");
      return;
    }
    target = *endpoint;
  }

  // BLB-4.1: strangers store no blobs.
  void read_bulk(RelayConfig& config) {
    read_number("bulk_mebibytes", config.bulk_mebibytes, {0, kMaxBulkMebibytes});
    read_endpoint("bulk_listen", config.bulk_listen);
    read_number("bulk_port", config.bulk_port, {0, std::numeric_limits<std::uint16_t>::max()});
    if (config.has_bulk() && config.access != AccessPolicy::kPassword)
      refuse(table_.get("bulk_mebibytes"), "bulk_mebibytes needs access \"password\"",
             "evidence is stored for people you know: write access = \"password\" too");
  }

  void read_public(RelayConfig& config) {
    const std::optional<std::string> value = text("public");
    if (!value) return;
    const Result<edge::Endpoint> endpoint = edge::parse_endpoint(*value);
    if (!endpoint.has_value() || endpoint->port == 0 || !check_host(endpoint->host).has_value()) {
      refuse(table_.get("public"), "public is not a host and a port that clients could use",
             "for example \"relay.example.org:7700\", lower case");
      return;
    }
    config.public_host = endpoint->host;
    config.public_port = endpoint->port;
  }

  void read_access(RelayConfig& config) {
    const std::string access = text("access").value_or("open");
    read_path("password_file", config.password_file);
    if (access == "password") {
      config.access = AccessPolicy::kPassword;
      if (config.password_file.empty())
        refuse(table_.get("access"), "access \"password\" needs a password_file",
               "write password_file = \"password\" and put the password into that file");
    } else if (access != "open") {
      refuse(table_.get("access"), "access must be \"open\" or \"password\"",
             "\"open\": strangers pay with work; \"password\": they need a word from you");
    } else if (!config.password_file.empty()) {
      refuse(table_.get("password_file"), "password_file without access \"password\"",
             "write access = \"password\", or remove password_file");
    }
  }

  const toml::table& table_;
  const Path& name_;
  std::optional<Complaint> problem_;
};

}  // namespace

Said<RelayConfig> parse_config(std::string_view text, const Path& name) {
  const toml::parse_result parsed = toml::parse(text);
  if (!parsed) {
    return complain(Exit::kConfig,
                    name.string() + " line " + std::to_string(parsed.error().source().begin.line) +
                        ": not TOML",
                    std::string(parsed.error().description()));
  }
  return ConfigReader(parsed.table(), name).read();
}

Said<RelayConfig> load_config(const Path& path) {
  const Result<Bytes> content = read_file(path, kMaxConfigBytes);
  if (!content.has_value()) {
    if (content.error().code == kFileNotFound)
      return complain(Exit::kConfig, "no configuration at " + path.string(),
                      "make one with `tocsin-relay init`, or name it with --config");
    return complain(Exit::kConfig,
                    "cannot read " + path.string() + ": " + in_words(content.error()),
                    "check its owner, mode and size");
  }
  return parse_config(as_text(*content), path);
}

std::string config_text(const RelayConfig& config) {
  const std::string listen = edge::endpoint_text(config.listen);
  const std::string public_endpoint =
      config.public_host.empty()
          ? "# public = \"relay.example.org:7700\"\n"
          : "public = \"" + edge::endpoint_text({config.public_host, config.public_port}) + "\"\n";
  return "# Configuration of tocsin-relay. Every key may be left out; unknown keys are errors.\n"
         "# After a change: `tocsin-relay check`, then restart the relay.\n"
         "\n"
         "# Where the relay listens: a numeric address and a port. Behind an onion service "
         "127.0.0.1\n"
         "# is enough; \"[::]:7700\" is every address of this machine, IPv6 and IPv4.\n"
         "listen = \"" +
         listen +
         "\"\n"
         "\n"
         "# What the address that you give to people says, if it is not the same: a name, a "
         "number\n"
         "# or an onion name, and a port.\n" +
         public_endpoint +
         "\n"
         "# Keys, store and control socket. Only the relay's own user may read it.\n"
         "directory = \"" +
         config.directory.string() +
         "\"\n"
         "\n"
         "# Who may create mailboxes and boards and write to public ones:\n"
         "#   \"open\"      anyone who pays with a little computing work\n"
         "#   \"password\"  those to whom you gave the word in password_file\n"
         "access = \"open\"\n"
         "# password_file = \"password\"\n"
         "\n"
         "# How hard that work is: one more doubles it. 0 … 24.\n"
         "work_bits = " +
         std::to_string(config.work_bits) +
         "\n"
         "\n"
         "# Connections at once; 0 chooses one for each MiB of memory and says so at start.\n"
         "connections = 0\n"
         "\n"
         "# Deposits a second: of one connection, and into one mailbox.\n"
         "deposits_per_second = " +
         std::to_string(config.deposits_per_second) +
         "\n"
         "drop_deposits_per_second = " +
         std::to_string(config.drop_deposits_per_second) +
         "\n"
         "\n"
         "# Cells (4 KiB each) the store may hold; 0 is half the disk that is free at start.\n"
         "budget_cells = 0\n"
         "\n"
         "# Evidence: MiB of disk for it, taken at the first start and never more; 0 stores none. "
         "Needs\n"
         "# access = \"password\". It has a port of its own; bulk_port is what clients are told, "
         "if "
         "it is\n"
         "# not the same.\n"
         "# bulk_mebibytes = 10240\n"
         "# bulk_listen = \"" +
         edge::endpoint_text(config.bulk_listen) +
         "\"\n"
         "# bulk_port = 7701\n";
}

}  // namespace tocsin::ops
