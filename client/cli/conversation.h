// client/cli/conversation.h: one question at a time, in the person's language, at a terminal.
//
// Spec:    protocol/spec/phrases.md PHR-2.3, PHR-8
// Shape:   phrases of the catalogue out, with the English beside a draft; numbers, lines and
//          secrets in
// Errors:  not_ready (the input ended), broken_off (by a signal), nobody_typed, output_lost
// Threads: one
#pragma once

#include <functional>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "client/cli/idle.h"
#include "crypto/keys/secret.h"
#include "protocol/alert/phrases/catalogue.h"

namespace tocsin {

inline constexpr std::int64_t kIdleMinutes = 15;  // then an open vault is locked

// Something to choose: a phrase, or a person's own word for it.
struct Choice {
  std::string text;
  explicit Choice(std::string shown_text) : text(std::move(shown_text)) {}
  Choice(Language language, Phrase phrase);
};

// What a person typed for a number from 1 to `most`: digits of Latin, Arabic, Persian and
// Devanagari keyboards. Nothing for anything else.
std::optional<std::size_t> typed_number(std::string_view typed, std::size_t most);

class Conversation {
 public:
  // Called again and again while nothing is typed; it takes half a second, less when something is.
  using Meanwhile = std::function<Status()>;

  explicit Conversation(Language language) : language_(language) {}
  Language language() const { return language_; }
  void speak(Language language) { language_ = language; }
  void set_meanwhile(Meanwhile meanwhile) { meanwhile_ = std::move(meanwhile); }

  Status tell(Phrase phrase, std::initializer_list<std::string> values = {});
  Status show(std::string_view text);
  // The index of what was chosen; asked again until it is one.
  Result<std::size_t> choose(std::span<const Choice> choices);
  Result<bool> ask_yes(Phrase question, std::initializer_list<std::string> values = {});
  Result<std::string> ask_line(Phrase question, std::initializer_list<std::string> values = {});
  // Lines until an empty one.
  Result<std::string> ask_text(Phrase question);
  Result<SecretBytes> ask_secret(Phrase question);
  Status wait_for_enter();

 private:
  Result<std::string> typed_line();

  Language language_;
  Meanwhile meanwhile_;
};

}  // namespace tocsin
