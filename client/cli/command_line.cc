#include "client/cli/command_line.h"

#include <CLI/CLI.hpp>
#include <map>
#include <memory>
#include <sstream>

#include "protocol/alert/text.h"

namespace tocsin {
namespace {

// What CLI11 writes into while it parses: one place per option.
struct Values {
  bool flag = false;
  std::vector<std::string> texts;
};
using ValueMap = std::map<std::string, std::unique_ptr<Values>, std::less<>>;

void add_option(CLI::App& app, const OptionSpec& spec, ValueMap& values) {
  auto place = std::make_unique<Values>();
  Values& target = *place;
  const std::string name(spec.name);
  const std::string help(spec.help);
  if (spec.form == OptionForm::kFlag) {
    app.add_flag("--" + name, target.flag, help);
  } else {
    const bool positional =
        spec.form == OptionForm::kPositional || spec.form == OptionForm::kOptionalPositional;
    CLI::Option* option = app.add_option(positional ? name : "--" + name, target.texts, help);
    option->option_text(std::string(spec.value));
    if (spec.form == OptionForm::kPositional) option->required();
    if (spec.form == OptionForm::kRepeated) {
      option->take_all();
    } else {
      option->expected(1);
    }
    // Two values for a single option are a mistake, not a choice.
    if (spec.form == OptionForm::kValue) option->multi_option_policy(CLI::MultiOptionPolicy::Throw);
    option->allow_extra_args(false);
  }
  values.emplace(name, std::move(place));
}

void collect(const ValueMap& values, CommandRequest& request) {
  for (const auto& [name, place] : values) {
    if (place->flag) request.options[name] = {""};
    if (!place->texts.empty()) request.options[name] = place->texts;
  }
}

std::string exit_codes() {
  std::string text = "Exit codes:\n";
  for (const ExitSpec& exit : exit_table()) {
    text += "  " + std::to_string(exit.code) + "  " + std::string(exit.meaning) + "\n";
  }
  return text;
}

}  // namespace

std::expected<CommandLine, Usage> parse_command_line(const std::vector<std::string>& arguments) {
  CLI::App app("End-to-end encrypted, co-signed alerts and their answers.", "tocsin");
  app.set_version_flag("--version", "tocsin " TOCSIN_VERSION);
  app.require_subcommand(0, 1);
  app.footer(exit_codes() +
             "Without a command it asks what to do, at a terminal.\n"
             "--man-page prints the man page, --completion the completion script of bash.\n");
  ValueMap globals;
  for (const OptionSpec& option : global_options()) add_option(app, option, globals);

  std::map<std::string, CLI::App*, std::less<>> groups;
  std::vector<std::pair<const CommandSpec*, CLI::App*>> leaves;
  std::vector<ValueMap> leaf_values(command_table().size());
  std::size_t index = 0;
  for (const CommandSpec& command : command_table()) {
    CLI::App* parent = &app;
    std::string name(command.path);
    if (const std::size_t space = name.find(' '); space != std::string::npos) {
      const std::string group = name.substr(0, space);
      name.erase(0, space + 1);
      if (!groups.contains(group)) {
        groups[group] = app.add_subcommand(group, "see `tocsin " + group + " --help`")
                            ->require_subcommand(1)
                            ->fallthrough();
      }
      parent = groups[group];
    }
    CLI::App* leaf = parent->add_subcommand(name, std::string(command.summary))->fallthrough();
    leaf->footer(exit_codes());
    for (const OptionSpec& option : command.options) add_option(*leaf, option, leaf_values[index]);
    leaves.emplace_back(&command, leaf);
    ++index;
  }

  try {
    std::vector<std::string> reversed(arguments.rbegin(), arguments.rend());
    app.parse(reversed);
  } catch (const CLI::ParseError& error) {
    std::ostringstream out;
    std::ostringstream err;
    const int status = app.exit(error, out, err);
    if (status == 0) return std::unexpected(Usage{0, out.str()});
    return std::unexpected(Usage{
        2,
        "error: " +
            safe_text(error.what(), {.max_letters = 1'000, .line_breaks = LineBreaks::kForbidden}) +
            "\nhint:  tocsin --help lists every command and option\n"});
  }

  CommandLine line;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    if (!leaves[i].second->parsed()) continue;
    line.command = leaves[i].first;
    line.request.command = std::string(leaves[i].first->path);
    collect(leaf_values[i], line.request);
  }
  collect(globals, line.request);
  return line;
}

}  // namespace tocsin
