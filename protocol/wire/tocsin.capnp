# What travels between client and relay. Normative text: protocol/spec/wire.md.
#
# Fields are written in the order of their numbers, depth first, each struct at its full size, and empty data stays a
# null pointer: so one message has one encoding, and a decoder refuses every other.
@0xd8b1f6a3c94e7205;

using Cxx = import "/capnp/c++.capnp";
$Cxx.namespace("tocsin::schema");

# The root of a cell.
struct Message {
  union {
    hello @0 :List(UInt16);      # versions offered, strictly rising
    welcome @1 :Welcome;
    requests @2 :List(Request);  # never empty
    replies @3 :List(Reply);     # never empty
    pushes @4 :List(Push);       # never empty
    malformed @5 :Void;          # the last cell did not decode
  }
}

struct Welcome {
  body @0 :Data;       # flat little-endian record, signed as it is
  signature @1 :Data;  # 64 bytes
}

struct Request {
  id @0 :UInt64;     # strictly rising over one connection
  command @1 :Data;  # one segment with root Command, without a segment table
  tag @2 :Data;      # 0 or 32 bytes
  access @3 :Data;   # 0 ... 104 bytes
}

struct Reply {
  id @0 :UInt64;
  answer @1 :UInt16;
  body @2 :Data;
}

struct Push {
  subscription @0 :UInt64;  # id of the request that subscribed or watches
  sequence @1 :UInt64;      # of the cell; version of the board
  body @2 :Data;            # envelope or board record
}

# The root of the command bytes of a request.
struct Command {
  union {
    ping @0 :Void;
    createMailbox :group {
      owner @1 :Data;
      mailboxClass @2 :UInt8;
      quota @3 :UInt32;
    }
    subscribe :group {
      readId @4 :Data;
      credit @5 :UInt32;
    }
    ack :group {
      readId @6 :Data;
      credit @7 :UInt32;
      through @8 :UInt64;
    }
    rotateDrop :group {
      readId @9 :Data;
      oldDrop @10 :UInt8;
    }
    deleteMailbox :group {
      readId @11 :Data;
    }
    deposit :group {
      dropId @12 :Data;
      envelope @13 :Data;
    }
    putBoard :group {
      record @14 :Data;
    }
    deleteBoard :group {
      writer @15 :Data;
      signature @16 :Data;
    }
    getBoard :group {
      boardId @17 :Data;
    }
    watchBoard :group {
      boardId @18 :Data;
    }
  }
}
