// protocol/alert/html.h: a page as one self-contained HTML file, for the target and the lawyer.
//
// Spec:    protocol/spec/phrases.md PHR-7
// Shape:   in   a page of safe lines;  out  UTF-8 text: no script, no reference to anything outside
// Threads: values only
#pragma once

#include <string>

#include "protocol/alert/render.h"

namespace tocsin {

std::string to_html(const Page& page);

}  // namespace tocsin
