// relay/store/wake.h: an eventfd: one thread wakes another that polls.
//
// Errors:  file_fault (errno)
// Threads: ring from any thread or signal handler; clear from the polling one
#pragma once

#include "crypto/base/files.h"

namespace tocsin {

class Wake {
 public:
  static Result<Wake> create();
  int fd() const { return event_.get(); }
  void ring() const;
  void clear() const;

 private:
  explicit Wake(FileDescriptor event) : event_(std::move(event)) {}
  FileDescriptor event_;
};

}  // namespace tocsin
