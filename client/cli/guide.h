// client/cli/guide.h: `tocsin` without a command: one question at a time, numbered choices, nothing
// to remember, in the person's language.
//
// Spec:    protocol/spec/phrases.md PHR-8
// Shape:   a conversation over the same commands that can be typed
// Secrets: passphrase and recovery words, while they are typed and shown
// Threads: the engine's
#pragma once

#include "client/cli/report.h"
#include "client/cli/request.h"

namespace tocsin {

// `base` holds what was given beside no command: --vault, --lang, how to unlock. A failure was told
// in the person's language already where there are words for it.
Result<Exit> guide(const CommandRequest& base);

}  // namespace tocsin
