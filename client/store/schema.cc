#include "client/store/schema.h"

namespace tocsin {
namespace {

// AUTOINCREMENT where an id is held outside the database (a line, a circuit, a list that was
// shown): what is removed must not have its number taken by a stranger.
constexpr Sql kVersion1 = R"sql(
CREATE TABLE setting(
  name TEXT PRIMARY KEY, value BLOB NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE relay(
  id INTEGER PRIMARY KEY,
  address TEXT NOT NULL UNIQUE,
  password BLOB NOT NULL,             -- empty: none
  common INTEGER NOT NULL,            -- 1: for every contact; 0: for those who came by it
  leaving_day INTEGER                 -- since when it is given up; null while in use
) STRICT;

CREATE TABLE mailbox(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  relay INTEGER NOT NULL REFERENCES relay(id),
  class INTEGER NOT NULL,
  read_id BLOB NOT NULL UNIQUE,
  drop_id BLOB NOT NULL,
  owner_secret BLOB NOT NULL,
  last_day INTEGER,                   -- delete at the relay after this day; null while in use
  active_hour INTEGER NOT NULL,       -- made, or something came in it or was queued for its contact
  contact INTEGER REFERENCES contact(id) ON DELETE SET NULL  -- whom alone it is for; null: an invitation's
) STRICT;
CREATE INDEX mailbox_by_contact ON mailbox(contact);

CREATE TABLE contact(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  petname TEXT NOT NULL UNIQUE,
  identity BLOB NOT NULL UNIQUE,
  signing BLOB NOT NULL,              -- zero: none
  standing INTEGER NOT NULL,
  mailbox INTEGER REFERENCES mailbox(id),  -- the first of ours for this contact
  routes BLOB NOT NULL,               -- theirs; empty until known
  peer_card BLOB,                     -- newest contact card they sent
  verified INTEGER NOT NULL,
  verified_day INTEGER,
  charter BLOB,                       -- charter id their card named
  added_day INTEGER NOT NULL,
  stream INTEGER NOT NULL,            -- of our messages to them
  next_sequence INTEGER NOT NULL,
  streams BLOB NOT NULL,              -- protocol/delivery: what of theirs has arrived
  receipts BLOB NOT NULL,             -- protocol/delivery: what we owe them
  healing BLOB NOT NULL,              -- protocol/delivery: when we owe the ratchet an envelope
  unopenable_run INTEGER NOT NULL,
  moved_day INTEGER NOT NULL,         -- of the last change of their routes
  moves INTEGER NOT NULL,             -- changes on that day
  least_generation INTEGER NOT NULL,  -- of the next first contact (a restored vault)
  keep_days INTEGER NOT NULL,         -- what was said is erased after so many; 0: kept
  heard_day INTEGER NOT NULL          -- when something of theirs was opened last
) STRICT;

CREATE INDEX contact_by_mailbox ON contact(mailbox);

CREATE TABLE card(                    -- our own
  number INTEGER PRIMARY KEY,
  kind INTEGER NOT NULL,
  mailbox INTEGER NOT NULL REFERENCES mailbox(id),
  contact INTEGER REFERENCES contact(id) ON DELETE CASCADE,  -- whom a contact card is for, or who used an invitation
  petname TEXT NOT NULL,              -- how the invited person will be called
  bytes BLOB NOT NULL,
  prekey_secret BLOB NOT NULL,        -- empty once wiped
  kem_secret BLOB NOT NULL,           -- empty once wiped
  link_secret BLOB NOT NULL,          -- empty for a contact card
  writer_secret BLOB NOT NULL,        -- of the board it lies on; empty for a contact card
  published INTEGER NOT NULL,         -- 1 once its board or the contact has it
  used_day INTEGER,
  secrets_until INTEGER NOT NULL
) STRICT;
CREATE INDEX card_by_mailbox ON card(mailbox);

CREATE TABLE session(
  sid BLOB PRIMARY KEY,
  contact INTEGER NOT NULL REFERENCES contact(id) ON DELETE CASCADE,
  mailbox INTEGER NOT NULL REFERENCES mailbox(id),  -- of ours it is heard on
  generation INTEGER NOT NULL,
  standing INTEGER NOT NULL,
  superseded INTEGER,
  routes BLOB NOT NULL,               -- where its first contact named; used until a card names better ones
  unconfirmed_sends INTEGER NOT NULL,
  state BLOB NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_contact ON session(contact);
CREATE INDEX session_by_mailbox ON session(mailbox);

CREATE TABLE replay(                  -- transcripts of first contacts accepted
  transcript BLOB PRIMARY KEY, last_day INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE accepted(                -- digests of envelopes accepted
  digest BLOB PRIMARY KEY, day INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX accepted_by_day ON accepted(day);

CREATE TABLE fragment(                -- of messages not yet complete
  id INTEGER PRIMARY KEY,
  contact INTEGER NOT NULL REFERENCES contact(id) ON DELETE CASCADE,
  message BLOB NOT NULL,
  day INTEGER NOT NULL,
  content BLOB NOT NULL
) STRICT;
CREATE INDEX fragment_by_message ON fragment(contact, message);

CREATE TABLE incoming(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  contact INTEGER NOT NULL REFERENCES contact(id) ON DELETE CASCADE,
  message BLOB NOT NULL,
  kind INTEGER NOT NULL,
  body BLOB NOT NULL,
  sent_minute INTEGER NOT NULL,       -- the sender's claim
  received INTEGER NOT NULL,          -- milliseconds, our clock
  place INTEGER NOT NULL,             -- order key within the contact
  read INTEGER NOT NULL,              -- 1 once shown
  UNIQUE(contact, message)
) STRICT;
CREATE INDEX incoming_unread ON incoming(contact, length(body)) WHERE read = 0;

CREATE TABLE seen(                    -- whole messages received
  contact INTEGER NOT NULL REFERENCES contact(id) ON DELETE CASCADE,
  message BLOB NOT NULL,
  day INTEGER NOT NULL,
  PRIMARY KEY(contact, message)
) STRICT, WITHOUT ROWID;

CREATE TABLE outgoing(
  message BLOB PRIMARY KEY,
  contact INTEGER NOT NULL REFERENCES contact(id) ON DELETE CASCADE,
  kind INTEGER NOT NULL,
  stream INTEGER NOT NULL,
  sequence INTEGER NOT NULL,
  sent_minute INTEGER NOT NULL,
  body BLOB NOT NULL,
  row BLOB NOT NULL                   -- protocol/delivery's OutboxRow
) STRICT, WITHOUT ROWID;

CREATE TABLE copy(                    -- sealed bytes on their way to a relay
  message BLOB NOT NULL REFERENCES outgoing(message) ON DELETE CASCADE,
  sealing INTEGER NOT NULL,
  fragment INTEGER NOT NULL,
  route INTEGER NOT NULL,
  target BLOB NOT NULL,               -- route: relay address and dropId
  envelope BLOB NOT NULL,
  PRIMARY KEY(message, sealing, fragment, route)
) STRICT;

CREATE TABLE sent(                    -- what we wrote, for the person; kept when the outbox forgets
  message BLOB PRIMARY KEY,
  contact INTEGER NOT NULL REFERENCES contact(id) ON DELETE CASCADE,
  kind INTEGER NOT NULL,
  body BLOB NOT NULL,
  at INTEGER NOT NULL,                -- milliseconds
  progress INTEGER NOT NULL,          -- highest reached
  undelivered INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE organisation(
  number INTEGER PRIMARY KEY,
  charter BLOB NOT NULL UNIQUE,
  chain BLOB NOT NULL,
  petname TEXT NOT NULL,
  confirmed INTEGER NOT NULL,
  confirmed_day INTEGER NOT NULL,
  offered_by INTEGER REFERENCES contact(id) ON DELETE SET NULL
) STRICT;

CREATE TABLE founding(                -- organisations in the making
  id BLOB PRIMARY KEY,
  organisation TEXT NOT NULL,
  threshold INTEGER NOT NULL,
  asked_by INTEGER REFERENCES contact(id) ON DELETE CASCADE,  -- null: we are the founder, or
  by_file INTEGER NOT NULL,           -- 1: asked by a file, carried by hand
  our_name TEXT NOT NULL,
  proposal BLOB NOT NULL,             -- the charter with its signatures so far; empty before all keys are there
  signed INTEGER NOT NULL,            -- 1 once we signed the proposal
  base BLOB                           -- charter id whose next version it is; null: a new organisation
) STRICT, WITHOUT ROWID;

CREATE TABLE founding_ask(            -- who is asked to sign beside the colleagues known
  founding BLOB NOT NULL REFERENCES founding(id) ON DELETE CASCADE,
  contact INTEGER NOT NULL REFERENCES contact(id) ON DELETE CASCADE,
  PRIMARY KEY(founding, contact)
) STRICT, WITHOUT ROWID;

CREATE TABLE founding_seat(           -- one holder of a founding of ours, in the order of the charter
  founding BLOB NOT NULL REFERENCES founding(id) ON DELETE CASCADE,
  seat INTEGER NOT NULL,
  name TEXT NOT NULL,
  contact INTEGER REFERENCES contact(id) ON DELETE CASCADE,   -- null: a key made here, or asked for by a file
  key BLOB,                           -- null until answered
  PRIMARY KEY(founding, seat)
) STRICT, WITHOUT ROWID;

CREATE TABLE holder(                  -- our own alert signing keys
  public BLOB PRIMARY KEY,
  secret BLOB NOT NULL,
  founding BLOB NOT NULL              -- the founding it was made for
) STRICT, WITHOUT ROWID;

CREATE TABLE charter_offer(           -- who was sent which version of a charter
  charter BLOB NOT NULL,
  contact INTEGER NOT NULL REFERENCES contact(id) ON DELETE CASCADE,
  version INTEGER NOT NULL,
  PRIMARY KEY(charter, contact)
) STRICT, WITHOUT ROWID;

CREATE TABLE colleague(               -- by whom the holder of an alert key is reached
  charter BLOB NOT NULL,
  public BLOB NOT NULL,
  contact INTEGER NOT NULL REFERENCES contact(id) ON DELETE CASCADE,
  own INTEGER NOT NULL,               -- 1: the key is this contact's own
  PRIMARY KEY(charter, public)
) STRICT, WITHOUT ROWID;

CREATE TABLE alert(                   -- received
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  contact INTEGER NOT NULL REFERENCES contact(id) ON DELETE CASCADE,
  message BLOB NOT NULL,              -- message id it came under
  alert BLOB NOT NULL,                -- alert id; zero when unreadable
  bytes BLOB NOT NULL,
  received INTEGER NOT NULL,          -- milliseconds
  read INTEGER NOT NULL,
  acknowledged INTEGER NOT NULL,
  UNIQUE(contact, message)
) STRICT;

CREATE TABLE former_identity(         -- ours, before `recover --new-identity`
  number INTEGER PRIMARY KEY,
  identity BLOB NOT NULL UNIQUE,
  last_alert INTEGER NOT NULL         -- number of the last alert that came to it
) STRICT;

CREATE TABLE first_verdict(
  id INTEGER PRIMARY KEY, alert BLOB NOT NULL, record BLOB NOT NULL UNIQUE
) STRICT;

CREATE TABLE draft(                   -- alerts in the making: ours and those we are asked to sign
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  body_hash BLOB NOT NULL UNIQUE,
  alert BLOB NOT NULL,
  request BLOB NOT NULL,
  charter BLOB NOT NULL,
  requester INTEGER REFERENCES contact(id) ON DELETE CASCADE,  -- null: ours
  recipient INTEGER REFERENCES contact(id) ON DELETE SET NULL, -- of ours
  answered INTEGER NOT NULL,          -- 0 not yet, 1 signed by us, 2 refused by us
  message BLOB,                       -- message id it was sent under; null before
  created INTEGER NOT NULL            -- milliseconds
) STRICT;

CREATE TABLE draft_answer(            -- to drafts of ours
  draft INTEGER NOT NULL REFERENCES draft(id) ON DELETE CASCADE,
  answer BLOB NOT NULL,
  contact INTEGER REFERENCES contact(id) ON DELETE SET NULL,  -- null: a key of this vault or from a file
  holder BLOB,                        -- alert key of who answered by a file
  UNIQUE(draft, answer)
) STRICT;

CREATE TABLE notice(                  -- what `doctor` and `inbox` tell; no content
  id INTEGER PRIMARY KEY,
  contact INTEGER REFERENCES contact(id) ON DELETE CASCADE,
  kind INTEGER NOT NULL,
  detail INTEGER NOT NULL,
  at INTEGER NOT NULL
) STRICT;
)sql";

// Evidence: files on their way to and from contacts (protocol/spec/evidence.md EVI-4).
constexpr Sql kVersion2 = R"sql(
CREATE TABLE evidence(
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  contact INTEGER NOT NULL REFERENCES contact(id) ON DELETE CASCADE,
  direction INTEGER NOT NULL,         -- 1 to them, 2 from them
  file BLOB NOT NULL UNIQUE,          -- file id
  secret BLOB NOT NULL,
  standing INTEGER NOT NULL,
  name TEXT NOT NULL,                 -- ours as it is; theirs made safe
  note TEXT NOT NULL,
  path TEXT NOT NULL,                 -- ours: of the file; theirs: where it grows, empty before it is wanted
  packed INTEGER NOT NULL,            -- ours: 1 the file was made for this and goes when it is over
  dropped TEXT NOT NULL,              -- a name that is to be removed from the disk; empty: none
  length INTEGER NOT NULL,
  mark BLOB NOT NULL,                 -- ours: what the file looked like; theirs: empty
  inside BLOB NOT NULL,               -- ours: what opens the age file that it is in; else empty
  rate INTEGER NOT NULL,              -- ours: bytes a second at most; 0: as fast as it goes
  next INTEGER NOT NULL,              -- the first frame that is not durably there
  peaks BLOB NOT NULL,                -- of the tree over those before
  taken INTEGER NOT NULL,             -- ours: what they said they have
  content BLOB,                       -- SHA-256: ours as computed, theirs as the end says
  root BLOB,
  fault INTEGER NOT NULL,             -- code of what held it up last; 0: nothing, or it goes on
  begun INTEGER NOT NULL              -- milliseconds
) STRICT;

CREATE TABLE evidence_place(          -- blobs with frames of a file
  evidence INTEGER NOT NULL REFERENCES evidence(id) ON DELETE CASCADE,
  first INTEGER NOT NULL,
  frames INTEGER NOT NULL,
  relay TEXT NOT NULL,                -- address
  blob BLOB,                          -- read id; null until it is made
  owner BLOB,                         -- secret; null when they keep it to themselves
  told INTEGER NOT NULL,              -- ours: 1 sealed, and they have the owner's key to erase it
  gone INTEGER NOT NULL,              -- 1: nothing is to be fetched or erased there any more
  PRIMARY KEY(evidence, first)
) STRICT, WITHOUT ROWID;

CREATE TABLE evidence_early(          -- messages about a file that came before its offer
  id INTEGER PRIMARY KEY,
  contact INTEGER NOT NULL REFERENCES contact(id) ON DELETE CASCADE,
  file BLOB NOT NULL,
  message BLOB NOT NULL
) STRICT;

CREATE TABLE custody_case(            -- files exchanged with one contact (protocol/spec/custody.md)
  id INTEGER PRIMARY KEY AUTOINCREMENT,
  contact INTEGER NOT NULL REFERENCES contact(id) ON DELETE CASCADE,
  case_id BLOB NOT NULL UNIQUE,
  secret BLOB NOT NULL,               -- the key of our chain
  who TEXT NOT NULL,                  -- what we call ourselves in it
  peer BLOB,                          -- the key of theirs; null until their first record
  peer_length INTEGER NOT NULL,       -- records of theirs that follow each other from number 0 on
  fault INTEGER NOT NULL,             -- code of what is wrong with theirs; 0: nothing
  fault_at INTEGER NOT NULL,          -- number of the record that it is about
  closed INTEGER NOT NULL             -- 1: ours ends here, because this vault came out of a backup
) STRICT;

CREATE TABLE custody_record(
  custody_case INTEGER NOT NULL REFERENCES custody_case(id) ON DELETE CASCADE,
  ours INTEGER NOT NULL,              -- 1 our chain, 0 theirs
  number INTEGER NOT NULL,
  file BLOB NOT NULL,
  envelope BLOB NOT NULL,
  PRIMARY KEY(custody_case, ours, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX custody_by_file ON custody_record(file);

CREATE TABLE hand_over(
  evidence INTEGER PRIMARY KEY REFERENCES evidence(id) ON DELETE CASCADE,
  standing INTEGER NOT NULL,          -- 1 we asked, 2 they ask, 3 signed by both
  envelope BLOB NOT NULL
) STRICT;
)sql";

constexpr std::array kSchema{kVersion1, kVersion2};

}  // namespace

std::span<const Sql> vault_schema() { return kSchema; }

DatabaseOptions vault_database_options() {
  return {.schema = vault_schema(),
          .application_id = kVaultApplicationId,
          .page_bytes = kClientPageBytes,
          .wiping = MemoryWiping::kOn,
          .locking = Locking::kByCaller};
}

}  // namespace tocsin
