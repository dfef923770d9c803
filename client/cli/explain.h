// client/cli/explain.h: an Error in words: what happened, and what to do.
//
// Threads: values only
#pragma once

#include "client/cli/report.h"

namespace tocsin {

Report explain(const Error& error);

}  // namespace tocsin
