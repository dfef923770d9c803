// relay/ops/stored.h: everything the store holds, in readable lines: the answer to a legal order.
//
// Shape:   one JSON object per line: every mailbox with its cells after it, every board, every
//          blob; ids in lower-case hexadecimal, ciphertext in base64url when asked for, else its
//          length
// Errors:  the store's
// Threads: the store's
#pragma once

#include <string>
#include <string_view>

#include "protocol/blob/rows.h"
#include "relay/store/store.h"

namespace tocsin::ops {

// The last line of a whole listing.
inline constexpr std::string_view kListingEnd = "{\"end\":true}\n";

enum class Ciphertext : std::uint8_t { kLeftOut, kIncluded };

// A blob with how many of its frames are there.
std::string blob_line(const BlobRow& row, std::uint32_t stored);

// A listing taken in steps, so that a running relay serves in between: rows that come and go
// meanwhile may be in it or not, rows that stay are in it once.
class StoredListing {
 public:
  explicit StoredListing(Ciphertext ciphertext) : ciphertext_(ciphertext) {}
  // Appends the lines of about `rows` more rows; false when there are none left.
  Result<bool> next(Store& store, std::size_t rows, std::string& lines);

 private:
  Result<std::size_t> list_cells(Store& store, std::string& lines);

  Ciphertext ciphertext_;
  MailboxNumber mailbox_{0};  // listed last; its cells are being listed
  Sequence cell_{0};
  bool in_cells_ = false;
  bool in_boards_ = false;
  BoardId board_;
};

}  // namespace tocsin::ops
