// client/cli/notify.h: telling the person that something arrived, without saying what or from whom.
//
// Shape:   a desktop notification through libnotify where it is installed, and a hook program
//          without arguments
// Errors:  none: a notification that cannot be shown is not worth stopping for
// Threads: one
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace tocsin {

class Notifier {
 public:
  struct Options {
    bool desktop = true;
    std::string hook;  // a program; empty: none
  };
  explicit Notifier(Options options);
  void something_arrived();
  // Collects hooks that have ended.
  void reap();

 private:
  Options options_;
  std::vector<pid_t> hooks_;
};

}  // namespace tocsin
