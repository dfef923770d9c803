#include "protocol/wire/capnp_codec.h"

// The shim comes first (trap C8).
#include "protocol/wire/capnp_shim.h"
// The schema's code, compiled here and nowhere else.
#include <capnp/message.h>

#include "crypto/base/overloaded.h"
#include "protocol/codes.h"
#include "protocol/limits.h"
#include "tocsin.capnp.c++"

namespace tocsin {
namespace {

constexpr std::size_t kMaxSegmentWords = (kCellBytes - kSegmentTableBytes) / kWordBytes;

// Aligned room for one segment; Cap'n Proto wants it zeroed for building.
class Words {
 public:
  explicit Words(BytesView bytes) : size_(bytes.size() / kWordBytes) {
    if (!bytes.empty()) std::memcpy(words_.data(), bytes.data(), bytes.size());
  }
  Words() : size_(kMaxSegmentWords) {}
  kj::ArrayPtr<capnp::word> room() {
    return {reinterpret_cast<capnp::word*>(words_.data()), size_};
  }

 private:
  std::array<std::uint64_t, kMaxSegmentWords> words_{};
  std::size_t size_;
};

// Runs `work`, which uses Cap'n Proto, and turns what it throws into an error.
template <class Work>
auto guarded(const char* where, Work&& work) -> decltype(work()) {
  try {
    return work();
  } catch (const kj::Exception& exception) {
    return fail(kMalformed, where, exception.getLine());
  } catch (const std::bad_alloc&) {
    return fail(kNoMemory, where);
  }
}

template <class Root, class Fill>
Result<Bytes> build(const char* where, Fill&& fill) {
  return guarded(where, [&]() -> Result<Bytes> {
    Words words;
    capnp::MallocMessageBuilder builder(words.room());
    fill(builder.initRoot<Root>());
    const auto segments = builder.getSegmentsForOutput();
    if (segments.size() != 1) return fail(kTooLarge, where);
    const auto bytes = segments[0].asBytes();
    return Bytes(bytes.begin(), bytes.end());
  });
}

template <class Root, class Read>
auto read(const char* where, BytesView segment, Read&& take)
    -> decltype(take(std::declval<typename Root::Reader>())) {
  if (segment.empty() || segment.size() % kWordBytes != 0 ||
      segment.size() > kMaxSegmentWords * kWordBytes) {
    return fail(kMalformed, where, static_cast<std::int64_t>(segment.size()));
  }
  return guarded(where, [&]() -> decltype(take(std::declval<typename Root::Reader>())) {
    Words words(segment);
    const kj::ArrayPtr<const capnp::word> only = words.room();
    capnp::ReaderOptions options;
    options.traversalLimitInWords = kTraversalWords;
    options.nestingLimit = kNestingLevels;
    capnp::SegmentArrayMessageReader reader(kj::arrayPtr(&only, 1), options);
    return take(reader.getRoot<Root>());
  });
}

capnp::Data::Reader data_of(BytesView bytes) { return {bytes.data(), bytes.size()}; }
BytesView view_of(capnp::Data::Reader data) { return {data.begin(), data.size()}; }

// Lists of a message: how each element is written and read.
void put(schema::Request::Builder to, const Request& request) {
  to.setId(request.id.value);
  if (!request.command.empty()) to.setCommand(data_of(request.command));
  if (request.tag.has_value()) to.setTag(data_of(request.tag->view()));
  if (!request.access.empty()) to.setAccess(data_of(request.access));
}
Result<Request> take(schema::Request::Reader from) {
  Request request{{from.getId()}, to_bytes(view_of(from.getCommand()))};
  if (from.hasTag()) request.tag = TRY(Tag::from(view_of(from.getTag())));
  request.access = to_bytes(view_of(from.getAccess()));
  return request;
}

void put(schema::Reply::Builder to, const Reply& reply) {
  to.setId(reply.id.value);
  to.setAnswer(static_cast<std::uint16_t>(reply.answer));
  if (!reply.body.empty()) to.setBody(data_of(reply.body));
}
Result<Reply> take(schema::Reply::Reader from) {
  if (from.getAnswer() >= kAnswerCount) return fail(kMalformed, "answer", from.getAnswer());
  return Reply{
      {from.getId()}, static_cast<Answer>(from.getAnswer()), to_bytes(view_of(from.getBody()))};
}

void put(schema::Push::Builder to, const Push& push) {
  to.setSubscription(push.subscription.value);
  to.setSequence(push.sequence.value);
  if (!push.body.empty()) to.setBody(data_of(push.body));
}
Result<Push> take(schema::Push::Reader from) {
  return Push{{from.getSubscription()}, {from.getSequence()}, to_bytes(view_of(from.getBody()))};
}

template <class ListBuilder, class Element>
void put_list(ListBuilder to, const std::vector<Element>& list) {
  for (unsigned i = 0; i < to.size(); ++i) put(to[i], list[i]);
}
template <class Many, class ListReader>
Result<Message> take_list(ListReader from) {
  Many many;
  many.list.reserve(from.size());
  for (const auto element : from) many.list.push_back(TRY(take(element)));
  return many;
}

unsigned count(std::size_t size) { return static_cast<unsigned>(size); }

// The fixed-length value a command is about.
template <class Value>
Result<Value> value_of(capnp::Data::Reader data) {
  return Value::from(view_of(data));
}

}  // namespace

Result<Bytes> build_message(const Message& message) {
  return build<schema::Message>("cell encoding", [&](schema::Message::Builder root) {
    std::visit(Overloaded{
                   [&](const Hello& hello) {
                     auto versions = root.initHello(count(hello.versions.size()));
                     for (unsigned i = 0; i < versions.size(); ++i)
                       versions.set(i, hello.versions[i]);
                   },
                   [&](const SignedWelcome& welcome) {
                     auto to = root.initWelcome();
                     if (!welcome.body.empty()) to.setBody(data_of(welcome.body));
                     to.setSignature(data_of(welcome.signature.view()));
                   },
                   [&](const Requests& requests) {
                     put_list(root.initRequests(count(requests.list.size())), requests.list);
                   },
                   [&](const Replies& replies) {
                     put_list(root.initReplies(count(replies.list.size())), replies.list);
                   },
                   [&](const Pushes& pushes) {
                     put_list(root.initPushes(count(pushes.list.size())), pushes.list);
                   },
                   [&](const Malformed&) { root.setMalformed(); },
               },
               message);
  });
}

Result<Message> read_message(BytesView segment) {
  return read<schema::Message>(
      "cell decoding", segment, [](schema::Message::Reader root) -> Result<Message> {
        switch (root.which()) {
          case schema::Message::HELLO: {
            Hello hello;
            for (const std::uint16_t version : root.getHello()) hello.versions.push_back(version);
            return hello;
          }
          case schema::Message::WELCOME: {
            const auto from = root.getWelcome();
            const auto signature = TRY(value_of<Signature>(from.getSignature()));
            return SignedWelcome{to_bytes(view_of(from.getBody())), signature};
          }
          case schema::Message::REQUESTS:
            return take_list<Requests>(root.getRequests());
          case schema::Message::REPLIES:
            return take_list<Replies>(root.getReplies());
          case schema::Message::PUSHES:
            return take_list<Pushes>(root.getPushes());
          case schema::Message::MALFORMED:
            return Malformed{};
        }
        return fail(kMalformed, "message kind", static_cast<std::int64_t>(root.which()));
      });
}

Result<Bytes> build_command(const Command& command) {
  return build<schema::Command>("command encoding", [&](schema::Command::Builder root) {
    std::visit(Overloaded{
                   [&](const Ping&) { root.setPing(); },
                   [&](const CreateMailbox& create) {
                     auto to = root.initCreateMailbox();
                     to.setOwner(data_of(create.owner.view()));
                     to.setMailboxClass(static_cast<std::uint8_t>(create.mailbox_class));
                     to.setQuota(create.quota);
                   },
                   [&](const Subscribe& subscribe) {
                     auto to = root.initSubscribe();
                     to.setReadId(data_of(subscribe.read_id.view()));
                     to.setCredit(subscribe.credit);
                   },
                   [&](const Ack& ack) {
                     auto to = root.initAck();
                     to.setReadId(data_of(ack.read_id.view()));
                     to.setCredit(ack.credit);
                     to.setThrough(ack.through.value);
                   },
                   [&](const RotateDrop& rotate) {
                     auto to = root.initRotateDrop();
                     to.setReadId(data_of(rotate.read_id.view()));
                     to.setOldDrop(static_cast<std::uint8_t>(rotate.old_drop));
                   },
                   [&](const DeleteMailbox& erase) {
                     root.initDeleteMailbox().setReadId(data_of(erase.read_id.view()));
                   },
                   [&](const Deposit& deposit) {
                     auto to = root.initDeposit();
                     to.setDropId(data_of(deposit.drop_id.view()));
                     to.setEnvelope(data_of(deposit.envelope));
                   },
                   [&](const PutBoard& put_board) {
                     root.initPutBoard().setRecord(data_of(put_board.record));
                   },
                   [&](const DeleteBoard& erase) {
                     auto to = root.initDeleteBoard();
                     to.setWriter(data_of(erase.writer.view()));
                     to.setSignature(data_of(erase.signature.view()));
                   },
                   [&](const GetBoard& get) {
                     root.initGetBoard().setBoardId(data_of(get.board_id.view()));
                   },
                   [&](const WatchBoard& watch) {
                     root.initWatchBoard().setBoardId(data_of(watch.board_id.view()));
                   },
               },
               command);
  });
}

Result<Command> read_command(BytesView segment) {
  return read<schema::Command>(
      "command decoding", segment, [](schema::Command::Reader root) -> Result<Command> {
        switch (root.which()) {
          case schema::Command::PING:
            return Ping{};
          case schema::Command::CREATE_MAILBOX: {
            const auto from = root.getCreateMailbox();
            return CreateMailbox{TRY(value_of<OwnerPublic>(from.getOwner())),
                                 static_cast<MailboxClass>(from.getMailboxClass()),
                                 from.getQuota()};
          }
          case schema::Command::SUBSCRIBE: {
            const auto from = root.getSubscribe();
            return Subscribe{TRY(value_of<ReadId>(from.getReadId())), from.getCredit()};
          }
          case schema::Command::ACK: {
            const auto from = root.getAck();
            return Ack{
                TRY(value_of<ReadId>(from.getReadId())), {from.getThrough()}, from.getCredit()};
          }
          case schema::Command::ROTATE_DROP: {
            const auto from = root.getRotateDrop();
            return RotateDrop{TRY(value_of<ReadId>(from.getReadId())),
                              static_cast<OldDropId>(from.getOldDrop())};
          }
          case schema::Command::DELETE_MAILBOX:
            return DeleteMailbox{TRY(value_of<ReadId>(root.getDeleteMailbox().getReadId()))};
          case schema::Command::DEPOSIT: {
            const auto from = root.getDeposit();
            return Deposit{TRY(value_of<DropId>(from.getDropId())),
                           to_bytes(view_of(from.getEnvelope()))};
          }
          case schema::Command::PUT_BOARD:
            return PutBoard{to_bytes(view_of(root.getPutBoard().getRecord()))};
          case schema::Command::DELETE_BOARD: {
            const auto from = root.getDeleteBoard();
            const auto writer = TRY(value_of<WriterPublic>(from.getWriter()));
            const auto signature = TRY(value_of<Signature>(from.getSignature()));
            return DeleteBoard{writer, signature};
          }
          case schema::Command::GET_BOARD:
            return GetBoard{TRY(value_of<BoardId>(root.getGetBoard().getBoardId()))};
          case schema::Command::WATCH_BOARD:
            return WatchBoard{TRY(value_of<BoardId>(root.getWatchBoard().getBoardId()))};
        }
        return fail(kUnsupportedVersion, "command kind", static_cast<std::int64_t>(root.which()));
      });
}

}  // namespace tocsin
