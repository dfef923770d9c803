#include "protocol/alert/html.h"

namespace tocsin {
namespace {

constexpr std::string_view kStyle =
    "body{font-family:sans-serif;font-size:1.1em;line-height:1.5;max-width:42em;margin:2em auto;"
    "padding:0 1em;color:#000;background:#fff}"
    "section{margin:1.5em 0}"
    "h2{font-size:1.1em;border-bottom:1px solid #000}"
    "p{margin:.4em 0;overflow-wrap:anywhere}"
    ".verdict p:first-child{font-size:1.3em;font-weight:bold;border:3px solid #000;padding:.6em}"
    ".rule{border-top:3px solid #000;font-weight:bold}"
    ".english{color:#444;font-size:.85em}"
    "@media print{body{font-size:9pt;line-height:1.3;max-width:none;margin:0}"
    "section{margin:.8em 0}}";

void append_escaped(std::string& out, std::string_view text) {
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
}

std::string_view direction_of(Direction direction) {
  return direction == Direction::kRightToLeft ? "rtl" : "ltr";
}

void append_line(std::string& out, const PageLine& line, std::string_view tag) {
  out.append("<").append(tag).append(" dir=\"").append(direction_of(line.direction)).append("\">");
  append_escaped(out, line.text);
  out.append("</").append(tag).append(">\n");
  if (line.english.empty()) return;
  out += "<p class=\"english\" lang=\"en\" dir=\"ltr\">";
  append_escaped(out, line.english);
  out += "</p>\n";
}

// What stands out; every other section looks alike.
std::string_view class_of(SectionKind kind) {
  if (kind == SectionKind::kVerdict) return " class=\"verdict\"";
  if (kind == SectionKind::kGoldenRule) return " class=\"rule\"";
  return "";
}

}  // namespace

std::string to_html(const Page& page) {
  std::string out = "<!DOCTYPE html>\n<html lang=\"";
  out.append(as_text(language_code(page.language).view())).append("\" dir=\"");
  out.append(direction_of(page.direction)).append("\">\n<head>\n<meta charset=\"utf-8\">\n");
  // Whatever a viewer makes of it: nothing is run, nothing is fetched.
  out +=
      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
      "style-src 'unsafe-inline'\">\n"
      "<meta name=\"referrer\" content=\"no-referrer\">\n"
      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
      "<title>Tocsin</title>\n<style>";
  out.append(kStyle).append("</style>\n</head>\n<body>\n");
  for (const PageSection& section : page.sections) {
    out.append("<section").append(class_of(section.kind)).append(">\n");
    if (!section.heading.text.empty()) append_line(out, section.heading, "h2");
    for (const PageLine& line : section.lines) append_line(out, line, "p");
    out += "</section>\n";
  }
  return out + "</body>\n</html>\n";
}

}  // namespace tocsin
