// client/cli/questions.h: what is asked at the terminal between showing something and doing it.
//
// Threads: one
#pragma once

#include <functional>

#include "client/cli/report.h"
#include "client/cli/request.h"

namespace tocsin {

// Carries out one request, here or at the vault's owner.
using Carrier = std::function<Report(const CommandRequest&)>;

// The request as it is, or, where it is incomplete and somebody can be asked, after a question: the
// case label before a signature, "the same?" after the digits, the organisation's words.
Report ask_and_carry(const CommandRequest& request, const Carrier& carry);

// What an alert says beside its text: from --details, else asked at a terminal. Into the request's
// options, under the names of the file. What it answers is an error, or kDone and empty.
Report take_details(CommandRequest& request);

// Commands that leave something to be sent.
bool queues_messages(const CommandRequest& request);

}  // namespace tocsin
