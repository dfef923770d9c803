// client/custody/custody_words.h: what a verdict on custody says, in sentences.
//
// Shape:   plain English, each line safe to show on a terminal or a page
// Threads: values only
#pragma once

#include <string>
#include <vector>

#include "client/custody/custody_verdict.h"

namespace tocsin {

// What a stranger wrote, in quotes, isolated and cut: none of it can pass for ours.
std::string quoted(std::string_view foreign, std::size_t letters);

std::string_view event_words(CustodyEvent event);  // "acquired", "handed over"
// As a keyid and a file name show it: the first sixteen digits.
std::string key_number(const SigningPublic& key);
// The name in the last record that holds, else the number of the key.
std::string custodian_name(const CustodyVerdict& verdict, const SigningPublic& key);

// Why the record of this number, and all after it, are not believed.
std::string broken_record(Code code, std::uint64_t number);
// How long a chain is, who else pins it, what came after.
std::string chain_sentence(const ChainFacts& facts);
std::string hand_over_sentence(const CustodyVerdict& verdict, const HandOverFacts& facts);
std::string time_stamp_sentence(const CustodyVerdict& verdict, const TimeStampFacts& facts);

// All of it: what holds, then what does not.
std::vector<std::string> verdict_lines(const CustodyVerdict& verdict);

}  // namespace tocsin
