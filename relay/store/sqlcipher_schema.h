// relay/store/sqlcipher_schema.h: the tables of the relay's store, version by version.
//
// Spec:    protocol/spec/store.md STO-1; mailbox.md MBX-1 (what is stored, and what is not)
// Shape:   script i brings the schema from version i to i + 1; never edit a published one
//
// Not here on purpose: times finer than a day, addresses, transport keys, senders, counts.
#pragma once

#include "crypto/db/statement.h"

namespace tocsin {

inline constexpr std::int32_t kStoreApplicationId = 0x746f6373;  // "tocs"

inline constexpr Sql kStoreSchema[] = {R"sql(
CREATE TABLE run(
  id INTEGER PRIMARY KEY CHECK (id = 1),
  boot_epoch INTEGER NOT NULL
) STRICT;
INSERT INTO run(id, boot_epoch) VALUES (1, 0);

CREATE TABLE mailbox(
  number INTEGER PRIMARY KEY,
  read_hash BLOB NOT NULL UNIQUE,
  drop_hash BLOB NOT NULL UNIQUE,
  old_drop_hash BLOB,
  old_drop_dies INTEGER,
  first_on_new INTEGER,
  owner BLOB NOT NULL,
  class INTEGER NOT NULL,
  quota INTEGER NOT NULL,
  last_month INTEGER NOT NULL
) STRICT;
CREATE UNIQUE INDEX mailbox_old_drop ON mailbox(old_drop_hash) WHERE old_drop_hash IS NOT NULL;

CREATE TABLE cell(
  place INTEGER PRIMARY KEY,
  mailbox INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  last_day INTEGER NOT NULL,
  envelope BLOB NOT NULL
) STRICT;
CREATE UNIQUE INDEX cell_of_mailbox ON cell(mailbox, sequence);

CREATE TABLE board(
  place INTEGER PRIMARY KEY,
  board BLOB NOT NULL UNIQUE,
  version INTEGER NOT NULL,
  expiry INTEGER NOT NULL,
  written INTEGER NOT NULL,
  record BLOB NOT NULL
) STRICT;
)sql"};

}  // namespace tocsin
