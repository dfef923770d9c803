#include "client/store/setting.h"

#include "crypto/base/codec.h"

namespace tocsin {

Result<std::optional<SecretBytes>> find_setting(Database& db, std::string_view name) {
  Statement find = TRY(db.statement("SELECT value FROM setting WHERE name = ?1"));
  find.bind(name);
  if (!TRY(find.next())) return std::optional<SecretBytes>();
  return std::optional<SecretBytes>(SecretBytes::copy_of(find.bytes(0)));
}

Result<SecretBytes> load_setting(Database& db, std::string_view name) {
  std::optional<SecretBytes> value = TRY(find_setting(db, name));
  if (!value.has_value()) return fail(kNotFound, "setting");
  return std::move(*value);
}

Status save_setting(Database& db, std::string_view name, BytesView value) {
  return db.run(
      "INSERT INTO setting(name, value) VALUES(?1, ?2) ON CONFLICT(name) DO UPDATE SET value = ?2",
      name, value);
}

Status erase_setting(Database& db, std::string_view name) {
  return db.run("DELETE FROM setting WHERE name = ?1", name);
}

Result<std::string> find_text_setting(Database& db, std::string_view name) {
  const std::optional<SecretBytes> value = TRY(find_setting(db, name));
  return value.has_value() ? std::string(as_text(value->expose(kExpose))) : std::string();
}

Result<std::uint32_t> raise_counter(Database& db, std::string_view name) {
  const std::optional<SecretBytes> stored = TRY(find_setting(db, name));
  std::uint32_t value = 0;
  if (stored.has_value()) {
    Reader reader(stored->expose(kExpose));
    value = reader.integer<std::uint32_t>();
    TRY(reader.finish("counter setting"));
  }
  ++value;
  TRY(save_setting(db, name, Writer().integer(value).view()));
  return value;
}

}  // namespace tocsin
