// The smallest store that carries out decisions: maps in memory, one batch per request. For tests
// of decisions; the relay's real stores have their own conformance suite.
#pragma once

#include <map>

#include "crypto/base/overloaded.h"
#include "crypto/box/agree.h"
#include "protocol/mailbox/decide.h"
#include "protocol/wire/reply.h"
#include "tests/support/wire_samples.h"

namespace tocsin::samples {

class TinyRelay {
 public:
  explicit TinyRelay(std::uint64_t seed = 1)
      : rng_(seed),
        session_(make_x25519_pair<StoreSessionPublic, StoreSessionSecret>(rng_)),
        lookup_key_(LookupKey::random(rng_)) {}

  ConnectionId connect() {
    const ConnectionId id{++connections_};
    SessionFacts facts{filled<CurvePublic>(0x12), session_.public_key, rng_.draw<WelcomeNonce>()};
    keys_.emplace(id, OwnerKeys(session_.secret.duplicate(), facts));
    return id;
  }
  const SessionFacts& facts(ConnectionId connection) { return keys_.at(connection).facts(); }
  std::uint64_t derivations(ConnectionId connection) { return keys_.at(connection).derivations(); }

  // Carries a request out and returns the caller's last reply.
  Reply ask(ConnectionId from, const Request& request,
            AccessVerdict access = AccessVerdict::kNone) {
    const Command command = decode_command(request.command).value();
    const Loaded loaded = load(command);
    const auto held = [&](const auto& all) {
      std::uint32_t count = 0;
      for (const auto& [mailbox, live] : all)
        count += live.subscription.has_value() && live.subscription->connection == from;
      return count;
    };
    const Caller caller{from, keys_.at(from), held(live_), watch_counts_[from]};
    last_effects =
        decide({command, request, access}, loaded, caller, {lookup_key_, rng_, today, room, life});
    const std::size_t before = replies.size();
    for (const Effect& effect : last_effects) apply(effect);
    for (std::size_t i = replies.size(); i-- > before;)
      if (replies[i].connection == from && replies[i].reply.id == request.id)
        return replies[i].reply;
    return {request.id, Answer::kMalformedCommand, as_bytes_of("no reply")};
  }

  std::size_t stored(std::size_t mailbox = 0) { return cells_[{mailbox + 1}].size(); }
  const MailboxRow& row(std::size_t mailbox = 0) { return mailboxes_.at({mailbox + 1}); }
  std::size_t mailboxes() const { return mailboxes_.size(); }
  LiveMailbox& live(std::size_t mailbox = 0) { return live_[{mailbox + 1}]; }

  Day today{20'000};
  Room room = Room::kPlenty;
  RelayLife life = RelayLife::kOpen;
  std::vector<SendPush> pushes;
  std::vector<SendReply> replies;
  Effects last_effects;

 private:
  static Bytes as_bytes_of(std::string_view text) { return to_bytes(as_bytes(text)); }

  Loaded load(const Command& command) {
    Loaded loaded;
    const Needs needs = needs_of(command, lookup_key_);
    if (const auto* mailbox = std::get_if<NeedsMailbox>(&needs)) {
      for (const auto& [number, row] : mailboxes_) {
        const bool found = mailbox->by == NeedsMailbox::By::kRead
                               ? row.read == mailbox->lookup
                               : row.drop == mailbox->lookup ||
                                     (row.old_drop && row.old_drop->drop == mailbox->lookup);
        if (!found) continue;
        loaded.mailbox = row;
        loaded.live = live_[number];
        const auto& cells = cells_[number];
        loaded.live.stored = static_cast<std::uint32_t>(cells.size());
        loaded.live.newest = cells.empty() ? Sequence{} : cells.back().sequence;
      }
    }
    if (const auto* board = std::get_if<NeedsBoard>(&needs)) {
      if (boards_.contains(board->board)) loaded.board = boards_.at(board->board);
      loaded.watches = watches_[board->board];
    }
    return loaded;
  }

  void apply(const Effect& effect) {
    std::visit(
        Overloaded{
            [&](InsertMailbox insert) {
              insert.row.number = {mailboxes_.size() + 1};
              live_[insert.row.number].next = first_sequence(7);
              mailboxes_[insert.row.number] = insert.row;
            },
            [&](const UpdateMailbox& update) { mailboxes_[update.row.number] = update.row; },
            [&](const EraseMailbox& erase) {
              mailboxes_.erase(erase.mailbox);
              cells_.erase(erase.mailbox);
              live_.erase(erase.mailbox);
            },
            [&](const AppendCell& append) {
              cells_[append.mailbox].push_back(append.cell);
              Sequence& next = live_[append.mailbox].next;
              next = next_sequence(next);
            },
            [&](const EraseThrough& erase) {
              std::erase_if(cells_[erase.mailbox],
                            [&](const CellRow& cell) { return cell.sequence <= erase.through; });
            },
            [&](const PutBoardRow& put) { boards_[put.row.board] = put.row; },
            [&](const EraseBoard& erase) { boards_.erase(erase.board); },
            [&](const SetSubscription& set) { live_[set.mailbox].subscription = set.subscription; },
            [&](const AddWatch& add) {
              watches_[add.board].push_back(add.watch);
              ++watch_counts_[add.watch.connection];
            },
            [&](const PushBacklog& backlog) {
              for (const Effect& next :
                   push_backlog(backlog.mailbox, *live_[backlog.mailbox].subscription,
                                cells_[backlog.mailbox]))
                apply(next);
            },
            [&](const SendPush& push) { pushes.push_back(push); },
            [&](const SendReply& reply) { replies.push_back(reply); },
        },
        effect);
  }

  SeededRng rng_;
  KeyPair<StoreSessionPublic, StoreSessionSecret> session_;
  LookupKey lookup_key_;
  std::uint64_t connections_ = 0;
  std::map<ConnectionId, OwnerKeys> keys_;
  std::map<MailboxNumber, MailboxRow> mailboxes_;
  std::map<MailboxNumber, std::vector<CellRow>> cells_;
  std::map<MailboxNumber, LiveMailbox> live_;
  std::map<BoardId, BoardRow> boards_;
  std::map<BoardId, std::vector<BoardWatch>> watches_;
  std::map<ConnectionId, std::uint32_t> watch_counts_;
};

// An owner's side of one connection: numbers requests and tags them.
class Owner {
 public:
  Owner(TinyRelay& relay, std::uint64_t seed) : relay_(relay), rng_(seed) {}

  Request tagged(ConnectionId on, const Command& command) {
    Request request = samples::request(++id_, command);
    const OwnerKey key = owner_key(pair_.secret, pair_.public_key, relay_.facts(on)).value();
    request.tag = owner_tag(key, request.id, request.command);
    return request;
  }
  Reply ask(ConnectionId on, const Command& command) {
    return relay_.ask(on, tagged(on, command), AccessVerdict::kGranted);
  }
  Reply create(ConnectionId on, MailboxClass mailbox_class = MailboxClass::kContact,
               std::uint32_t quota = 8) {
    Reply reply = ask(on, CreateMailbox{pair_.public_key, mailbox_class, quota});
    if (reply.answer == Answer::kOk) mailbox = decode_created(reply.body).value();
    return reply;
  }
  std::uint64_t last_id() const { return id_; }

  CreatedMailbox mailbox;

 private:
  TinyRelay& relay_;
  SeededRng rng_;
  KeyPair<OwnerPublic, OwnerSecret> pair_ = make_x25519_pair<OwnerPublic, OwnerSecret>(rng_);
  std::uint64_t id_ = 0;
};

}  // namespace tocsin::samples
