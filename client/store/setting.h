// client/store/setting.h: the vault's single values: identity keys, language, proxy, counters.
//
// Secrets: kIdentitySecret, kSigningSecret
// Errors:  not_found (a setting that must be there), malformed, those of crypto/db
// Threads: as the database
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "crypto/db/database.h"
#include "crypto/keys/keys.h"

namespace tocsin {

namespace setting {
inline constexpr std::string_view kIdentitySecret = "identity";
inline constexpr std::string_view kSigningSecret = "signing";
inline constexpr std::string_view kLanguage = "language";
inline constexpr std::string_view kProxy = "proxy";
inline constexpr std::string_view kHighestCard = "highest card";
inline constexpr std::string_view kForgotOn = "forgot on";
inline constexpr std::string_view kReceipts = "receipts";
inline constexpr std::string_view kCopy = "copy";             // out of a backup, not yet begun anew
inline constexpr std::string_view kMovedAway = "moved away";  // another device has this vault now
inline constexpr std::string_view kBackedUpOn = "backed up on";  // day, u32
}  // namespace setting

Result<std::optional<SecretBytes>> find_setting(Database& db, std::string_view name);
Result<SecretBytes> load_setting(Database& db, std::string_view name);
Status save_setting(Database& db, std::string_view name, BytesView value);
Status erase_setting(Database& db, std::string_view name);

Result<std::string> find_text_setting(Database& db, std::string_view name);  // "" when not set
// Raises a counter durably within the caller's transaction and returns its new value; the first
// is 1.
Result<std::uint32_t> raise_counter(Database& db, std::string_view name);

}  // namespace tocsin
