#include "client/store/backup_rows.h"

#include <array>

namespace tocsin {
namespace {

// Identity, relays, our mailboxes, people with their newest card, organisations and alert keys.
// Never ratchets, prekeys, replay rows, nor what was said (VLT-9.3). A table that is not named here
// stays behind: whoever adds one decides.
constexpr std::array kStatements{
    Sql("INSERT INTO copy.setting SELECT * FROM main.setting WHERE name IN "
        "('identity', 'signing', 'language', 'proxy', 'highest card', 'receipts')"),
    Sql("INSERT INTO copy.setting(name, value) VALUES('copy', x'01')"),
    Sql("INSERT INTO copy.relay SELECT * FROM main.relay"),
    Sql("PRAGMA defer_foreign_keys = ON"),  // contacts and mailboxes name each other
    Sql("INSERT INTO copy.mailbox SELECT * FROM main.mailbox WHERE contact IS NOT NULL"),
    Sql("INSERT INTO copy.contact SELECT * FROM main.contact"),
    // A new first contact needs a generation above all that was used (CNT-6.4, VLT-9.4).
    Sql("UPDATE copy.contact SET least_generation = 1 + max(least_generation, ifnull("
        "(SELECT max(generation) FROM main.session WHERE session.contact = contact.id), 0))"),
    Sql("INSERT INTO copy.organisation SELECT * FROM main.organisation"),
    Sql("INSERT INTO copy.founding SELECT * FROM main.founding"),
    Sql("INSERT INTO copy.founding_seat SELECT * FROM main.founding_seat"),
    Sql("INSERT INTO copy.founding_ask SELECT * FROM main.founding_ask"),
    Sql("INSERT INTO copy.holder SELECT * FROM main.holder"),
    Sql("INSERT INTO copy.charter_offer SELECT * FROM main.charter_offer"),
    Sql("INSERT INTO copy.colleague SELECT * FROM main.colleague"),
    Sql("INSERT INTO copy.first_verdict SELECT * FROM main.first_verdict"),
    // What became of files, and both custodians' chains. Ours ends here: what was signed since is
    // not in the copy, and a second record of one number would be a fork (CUS-5.5).
    Sql("INSERT INTO copy.evidence SELECT * FROM main.evidence WHERE standing >= 4"),
    Sql("UPDATE copy.evidence SET dropped = ''"),  // what lies there by then is another file
    Sql("INSERT INTO copy.custody_case SELECT id, contact, case_id, secret, who, peer, "
        "peer_length, fault, fault_at, 1 FROM main.custody_case"),
    Sql("INSERT INTO copy.custody_record SELECT * FROM main.custody_record"),
    Sql("INSERT INTO copy.hand_over SELECT * FROM main.hand_over WHERE standing = 3 AND evidence "
        "IN "
        "(SELECT id FROM copy.evidence)"),
};

}  // namespace

std::span<const Sql> backup_statements() { return kStatements; }

}  // namespace tocsin
