// relay/store/boot_epoch.h: the copy of the boot epoch that lies beside the store's key.
//
// Spec:    protocol/spec/store.md STO-2
// Shape:   8 bytes little-endian in a file of its own, replaced as a whole and durably
// Errors:  file_not_found, malformed, too_large, stale_store (the store was written before the
//          epoch the file knows: a restored copy), file_fault and disk_full (errno)
// Threads: values only
//
// The store's own epoch is raised first, the copy after it, both before the first push. So a crash
// between the two leaves the store ahead by one, which opens; a store brought back from a backup is
// behind, and its sequence numbers and its deleted cells would come back: it is refused.
#pragma once

#include "crypto/base/files.h"
#include "crypto/base/strong.h"

namespace tocsin {

using BootEpoch = Strong<struct BootEpochTag, std::uint32_t>;

Result<BootEpoch> read_boot_epoch(const Path& file);
Status write_boot_epoch(const Path& file, BootEpoch epoch);

// Refuses a store whose epoch is older than its copy; a copy may be missing only in the first run.
Status check_boot_epoch(BootEpoch in_store, const Path& file);

}  // namespace tocsin
