#include "relay/ops/manual.h"

#include <CLI/CLI.hpp>

#include "relay/ops/config.h"

namespace tocsin::ops {

namespace {

// Hyphens and backslashes mean something to roff; a leading dot or quote would start a request.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool starts_line = out.empty() || out.back() == '\n';
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if ((c == '.' || c == '\'') && starts_line) {
      out += "\\&";
      out += c;
    } else {
      out += c;
    }
  }
  return out;
}

std::string options_of(const CLI::App& command) {
  std::string text;
  for (const CLI::Option* option : command.get_options()) {
    text += ".TP\n\\fB" + roff(option->get_name(false, true)) + "\\fR";
    if (option->get_type_size() > 0) text += " \\fI" + roff(option->get_type_name()) + "\\fR";
    text += "\n" + roff(option->get_description()) + "\n";
    const std::string standard = option->get_default_str();
    if (!standard.empty()) text += ".br\nDefault: " + roff(standard) + "\n";
  }
  return text;
}

std::string long_names(const CLI::App& command) {
  std::string names;
  for (const CLI::Option* option : command.get_options()) {
    for (const std::string& name : option->get_lnames())
      names += (names.empty() ? "--" : " --") + name;
  }
  return names;
}

std::vector<const CLI::App*> commands_of(const CLI::App& app) {
  return app.get_subcommands([](const CLI::App*) { return true; });
}

}  // namespace

std::string man_page(const CLI::App& app) {
  std::string page =
      ".\\\" Made from the parser by `tocsin-relay --man-page`.\n"
      ".TH TOCSIN\\-RELAY 8 \"\" \"tocsin-relay " TOCSIN_VERSION
      "\" \"System administration\"\n"
      ".SH NAME\ntocsin\\-relay \\- moves ciphertext between strangers and knows neither\n"
      ".SH SYNOPSIS\n.B tocsin\\-relay\n\\fIcommand\\fR [\\fIoptions\\fR]\n.SH DESCRIPTION\n" +
      roff(app.get_description()) + "\n.SH OPTIONS\n" + options_of(app) + ".SH COMMANDS\n";
  for (const CLI::App* command : commands_of(app)) {
    page += ".SS \"tocsin\\-relay " + roff(command->get_name()) + "\"\n" +
            roff(command->get_description()) + "\n" + options_of(*command);
  }
  return page + ".SH EXIT STATUS\n" + roff(app.get_footer()) + "\n.SH FILES\n.TP\n.I " +
         roff(kDefaultConfigPath) + "\nthe configuration; every key is explained in it\n.TP\n.I " +
         roff(kDefaultDirectory) +
         "/\nkeys, store, boot epoch and control socket; only the relay's own user reads it\n"
         ".SH SEE ALSO\n.BR tocsin (1)\n";
}

std::string bash_completion(const CLI::App& app) {
  std::string names;
  std::string cases;
  for (const CLI::App* command : commands_of(app)) {
    names += command->get_name() + " ";
    cases += "      " + command->get_name() + ") words='" + long_names(*command) + "' ;;\n";
  }
  return "# Completion of tocsin-relay, made from the parser by `tocsin-relay --completion`.\n"
         "_tocsin_relay() {\n"
         "  local current=${COMP_WORDS[COMP_CWORD]} words=\n"
         "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
         "    words='" +
         names + long_names(app) +
         "'\n"
         "  else\n"
         "    case \"${COMP_WORDS[1]}\" in\n" +
         cases +
         "    esac\n"
         "  fi\n"
         "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
         "  [ ${#COMPREPLY[@]} -gt 0 ] || mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
         "}\n"
         "complete -o filenames -F _tocsin_relay tocsin-relay\n";
}

}  // namespace tocsin::ops
