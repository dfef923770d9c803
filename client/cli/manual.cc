#include "client/cli/manual.h"

#include <map>
#include <set>

#include "client/cli/command_table.h"

namespace tocsin {
namespace {

// Hyphens and backslashes mean something to roff; a leading dot or quote would start a request.
std::string roff(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\\') {
      out += "\\e";
    } else if (c == '-') {
      out += "\\-";
    } else if ((c == '.' || c == '\'') && out.empty()) {
      out += "\\&";
      out += c;
    } else {
      out += c;
    }
  }
  return out;
}

bool is_positional(const OptionSpec& option) {
  return option.form == OptionForm::kPositional || option.form == OptionForm::kOptionalPositional;
}

std::string option_head(const OptionSpec& option) {
  if (is_positional(option)) return "\\fI" + roff(option.value) + "\\fR";
  std::string head = "\\fB" + roff("--" + std::string(option.name)) + "\\fR";
  if (option.form != OptionForm::kFlag) head += " \\fI" + roff(option.value) + "\\fR";
  return head;
}

}  // namespace

std::string man_page() {
  std::string page =
      ".\\\" Made from the command table by `tocsin --man-page`.\n"
      ".TH TOCSIN 1 \"\" \"tocsin " TOCSIN_VERSION
      "\" \"User commands\"\n"
      ".SH NAME\ntocsin \\- end\\-to\\-end encrypted, co\\-signed alerts and their answers\n"
      ".SH SYNOPSIS\n.B tocsin\n[\\fIoptions\\fR] \\fIcommand\\fR [\\fIarguments\\fR]\n"
      ".SH DESCRIPTION\n"
      "Tells a person safely that a device of theirs is infected, and takes their answer. Texts "
      "come from a prompt, standard\n"
      "input or a file, passphrases from a prompt, a file, a key file or a descriptor; never from "
      "arguments.\n"
      ".SH OPTIONS\n";
  for (const OptionSpec& option : global_options()) {
    page += ".TP\n" + option_head(option) + "\n" + roff(option.help) + "\n";
  }
  page += ".SH COMMANDS\n";
  for (const CommandSpec& command : command_table()) {
    page += ".SS \"" + roff("tocsin " + std::string(command.path));
    for (const OptionSpec& option : command.options) {
      if (is_positional(option)) page += " " + roff(option.value);
    }
    page += "\"\n" + roff(command.summary) + "\n";
    for (const OptionSpec& option : command.options) {
      page += ".TP\n" + option_head(option) + "\n" + roff(option.help) + "\n";
    }
  }
  page += ".SH EXIT STATUS\n";
  for (const ExitSpec& exit : exit_table()) {
    page += ".TP\n.B " + std::to_string(exit.code) + "\n" + roff(exit.meaning) + "\n";
  }
  page +=
      ".SH FILES\n.TP\n.I $XDG_DATA_HOME/tocsin/\nthe vault: vault.db (SQLCipher) and vault.keys\n"
      ".TP\n.I $XDG_RUNTIME_DIR/tocsin/\nthe socket of a running \\fBtocsin run\\fR\n"
      ".SH SEE ALSO\n.BR tocsin\\-relay (8)\n";
  return page;
}

std::string bash_completion() {
  std::string firsts;
  std::set<std::string> seen;
  std::map<std::string, std::string> seconds;
  std::map<std::string, std::string> options;
  std::string globals;
  for (const OptionSpec& option : global_options()) globals += " --" + std::string(option.name);
  for (const CommandSpec& command : command_table()) {
    const std::string path(command.path);
    const std::size_t space = path.find(' ');
    const std::string first = path.substr(0, space);
    if (seen.insert(first).second) firsts += (firsts.empty() ? "" : " ") + first;
    if (space != std::string::npos) {
      std::string& names = seconds[first];
      names += (names.empty() ? "" : " ") + path.substr(space + 1);
    }
    std::string& list = options[path];
    for (const OptionSpec& option : command.options) {
      if (!is_positional(option)) list += (list.empty() ? "--" : " --") + std::string(option.name);
    }
  }
  std::string script =
      "# Completion of tocsin, made from the command table by `tocsin --completion`.\n"
      "_tocsin() {\n"
      "  local current=${COMP_WORDS[COMP_CWORD]} first=${COMP_WORDS[1]:-} "
      "second=${COMP_WORDS[2]:-} words=\n"
      "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n"
      "    words='" +
      firsts + globals +
      "'\n"
      "  else\n"
      "    case \"$first $second\" in\n";
  for (const auto& [path, list] : options) {
    if (path.find(' ') != std::string::npos)
      script += "      '" + path + "') words='" + list + "' ;;\n";
  }
  script += "      *)\n        case \"$first\" in\n";
  for (const auto& [first, names] : seconds)
    script += "          " + first + ") words='" + names + "' ;;\n";
  for (const auto& [path, list] : options) {
    if (path.find(' ') == std::string::npos)
      script += "          " + path + ") words='" + list + "' ;;\n";
  }
  script += "        esac\n        ;;\n    esac\n    words=\"$words" + globals +
            "\"\n  fi\n"
            "  mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$current\")\n"
            "  [ ${#COMPREPLY[@]} -gt 0 ] || mapfile -t COMPREPLY < <(compgen -f -- \"$current\")\n"
            "}\n"
            "complete -o filenames -F _tocsin tocsin\n";
  return script;
}

}  // namespace tocsin
