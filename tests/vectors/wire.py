"""protocol/spec/vectors/wire.txt made a second time, by a program written from the pages alone (wire.md, mailbox.md,
board.md): no code of Tocsin, no Cap'n Proto library. Argon2id is not in Python, so MBX-7.1's key and the second part of
MBX-6.3 are taken as given; signatures are checked by this file's own Ed25519 (RFC 8032)."""

import base64
import hashlib
import hmac
import pathlib
import struct
import sys

P = 2**255 - 19


# RFC 7748
def x25519(scalar: bytes, point: bytes) -> bytes:
    k = int.from_bytes(scalar, "little") & ~7 & (1 << 255) - 1 & ~(128 << 248) | 64 << 248
    u = int.from_bytes(point, "little") & (1 << 255) - 1
    x2, z2, x3, z3, swap = 1, 0, u, 1, 0
    for t in reversed(range(255)):
        bit = k >> t & 1
        if swap ^ bit:
            x2, x3, z2, z3 = x3, x2, z3, z2
        swap = bit
        a, b, c, d = x2 + z2, x2 - z2, x3 + z3, x3 - z3
        da, cb, aa, bb = d * a, c * b, a * a, b * b
        e = aa - bb
        x3, z3 = (da + cb) ** 2 % P, u * (da - cb) ** 2 % P
        x2, z2 = aa * bb % P, e * (aa + 121665 * e) % P
    if swap:
        x2, z2 = x3, z3
    return (x2 * pow(z2, P - 2, P) % P).to_bytes(32, "little")


# RFC 8032
D = -121665 * pow(121666, P - 2, P) % P
L = 2**252 + 27742317777372353535851937790883648493
I = pow(2, (P - 1) // 4, P)


def recover(y: int, sign: int):
    x2 = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(x2, (P + 3) // 8, P)
    if (x * x - x2) % P:
        x = x * I % P
    assert (x * x - x2) % P == 0
    return (P - x if x & 1 != sign else x, y)


def add(a, b):
    (x1, y1), (x2, y2) = a, b
    k = D * x1 * x2 * y1 * y2
    return ((x1 * y2 + x2 * y1) * pow(1 + k, P - 2, P) % P, (y1 * y2 + x1 * x2) * pow(1 - k, P - 2, P) % P)


def times(n: int, point):
    result = (0, 1)
    while n:
        if n & 1:
            result = add(result, point)
        point, n = add(point, point), n >> 1
    return result


BASE = recover(4 * pow(5, P - 2, P) % P, 0)


def pack(point) -> bytes:
    return (point[1] | (point[0] & 1) << 255).to_bytes(32, "little")


def ed25519(seed: bytes, message: bytes):
    h = hashlib.sha512(seed).digest()
    a = int.from_bytes(h[:32], "little") & ~7 & (1 << 254) - 1 | 1 << 254
    public = pack(times(a, BASE))
    r = int.from_bytes(hashlib.sha512(h[32:] + message).digest(), "little") % L
    big_r = pack(times(r, BASE))
    s = (r + int.from_bytes(hashlib.sha512(big_r + public + message).digest(), "little") * a) % L
    return public, big_r + s.to_bytes(32, "little")


def blake(size: int, *parts: bytes, key: bytes = b"") -> bytes:
    return hashlib.blake2b(b"".join(parts), digest_size=size, key=key).digest()


def hkdf(salt: bytes, ikm: bytes, info: bytes) -> bytes:
    return hmac.digest(hmac.digest(salt, ikm, "sha512"), info + b"\x01", "sha512")[:32]


# WIR-2.1
def data(bytes_: bytes) -> bytes:
    return bytes_ + bytes(-len(bytes_) % 8)


def struct_with(fields: bytes, values: list[bytes], offset_after: int):
    """Data section and pointers of a struct whose pointers' targets start offset_after words after its end."""
    pointers, targets = b"", b""
    for index, value in enumerate(values):
        if not value:
            pointers += bytes(8)
            continue
        offset = len(values) - 1 - index + offset_after + len(targets) // 8
        pointers += struct.pack("<II", offset << 2 | 1, 2 | len(value) << 3)
        targets += data(value)
    return fields + pointers, targets


def list_of(elements: list[tuple[bytes, list[bytes]]]) -> tuple[bytes, int]:
    """A list of structs with its tag word, and its words without it."""
    words = len(elements[0][0]) // 8
    pointers = len(elements[0][1])
    each = words + pointers
    structs, targets = b"", b""
    for index, (fields, values) in enumerate(elements):
        after = each * (len(elements) - 1 - index) + len(targets) // 8
        body, more = struct_with(fields, values, after)
        structs, targets = structs + body, targets + more
    tag = struct.pack("<IHH", len(elements) << 2, words, pointers)
    return tag + structs + targets, each * len(elements)


def cell(tag: int, pointer: int, target: bytes) -> bytes:
    segment = struct.pack("<IHH", 0, 1, 1) + struct.pack("<Q", tag) + struct.pack("<Q", pointer) + target
    return struct.pack("<II", 0, len(segment) // 8) + segment


def list_cell(tag: int, elements) -> bytes:
    target, words = list_of(elements)
    return cell(tag, 1 | (7 | words << 3) << 32, target)


def command(tag: int, small: int = 0, u32: int = 0, u64: int = 0, first: bytes = b"", second: bytes = b"") -> bytes:
    body, targets = struct_with(struct.pack("<HBxIQ", tag, small, u32, u64), [first, second], 0)
    return struct.pack("<IHH", 0, 2, 2) + body + targets


def request(number: int, body: bytes, tag: bytes = b"", access: bytes = b""):
    return struct.pack("<Q", number), [body, tag, access]


def reply(number: int, answer: int, body: bytes = b""):
    return struct.pack("<QQ", number, answer), [body]


def made(given: dict[str, str]) -> dict[str, str]:
    out: dict[str, bytes] = {}
    nine = (9).to_bytes(32, "little")
    owner, session, curve, nonce = b"\x01" * 32, b"\x02" * 32, b"\x12" * 32, b"\x14" * 32
    out["owner_public"], out["session_public"] = x25519(owner, nine), x25519(session, nine)
    agreed = x25519(owner, out["session_public"])
    assert agreed == x25519(session, out["owner_public"])
    out["owner_key"] = hkdf(b"tocsin/1 owner", agreed, curve + out["session_public"] + out["owner_public"] + nonce)
    three = struct.pack("<Q", 3)
    ack = out["ack_command"] = command(3, 0, 5, 0x0000000700000003, b"\x22" * 32)
    out["ack_tag"] = blake(32, three, ack, key=out["owner_key"])
    out["ack_cell"] = list_cell(2, [request(3, ack, out["ack_tag"]), request(4, command(0))])

    out["hello_cell"] = cell(0, 1 | (3 | 3 << 3) << 32, data(struct.pack("<HHH", 1, 2, 7)))
    out["malformed_cell"] = cell(5, 0, b"")
    out["replies_cell"] = list_cell(3, [reply(1, 0), reply(2, 8), reply(3, 0, b"\x07" * 32)])
    push = list_cell(4, [(struct.pack("<QQ", 2, 0x0000000700000004), [b"\x44" * 3840])])
    out["push_cell_sha256"] = hashlib.sha256(push.ljust(4096, b"\0")).digest()
    deposit = command(6, first=b"\x33" * 32, second=b"\x44" * 3840)
    deposit_cell = list_cell(2, [request(9, deposit, access=b"\x99" * 104)])
    out["deposit_cell_sha256"] = hashlib.sha256(deposit_cell.ljust(4096, b"\0")).digest()

    store = b"\x03" * 32
    out["store_public"] = ed25519(store, b"")[0]
    out["store_pin"] = blake(16, b"tocsin/1 store pin", out["store_public"])
    keys = base64.urlsafe_b64encode(curve + out["store_pin"]).decode()
    address = f"tocsin-relay:{keys}@relay.example.org:4242"
    limits = struct.pack("<10I", 64, 64, 64, 200, 50, 256, 64, 4096, 21, 6)
    body = out["welcome_body"] = (
        struct.pack("<H", 1) + out["store_public"] + curve + out["session_public"] + nonce + limits
        + struct.pack("<HBBBIB", 4243, 0, 3, 0, 20000, 1) + struct.pack("<IH", 20100, len(address)) + address.encode())
    out["welcome_signature"] = ed25519(store, b"tocsin/1 welcome" + body)[1]
    inner, targets = struct_with(b"", [body, out["welcome_signature"]], 0)
    out["welcome_cell"] = cell(1, 2 << 48, inner + targets)

    out["read_lookup"] = blake(16, b"tocsin/1 lookup", b"\0", b"\x22" * 32, key=b"\x04" * 32)
    out["drop_lookup"] = blake(16, b"tocsin/1 lookup", b"\1", b"\x22" * 32, key=b"\x04" * 32)
    challenge = out["work_challenge"] = blake(32, b"tocsin/1 work", curve, nonce, three, ack)
    work = bytes.fromhex(given["work_access_2_bits"])
    assert len(work) == 17 and work[0] == 1
    counter = 0
    while hashlib.sha256(challenge + struct.pack("<Q", counter)).digest()[:2] != b"\0\0":
        counter += 1
    assert counter == struct.unpack("<Q", work[1:9])[0], "the least counter"
    out["work_access_2_bits"] = work
    out["password_key"] = bytes.fromhex(given["password_key"])
    out["password_access"] = b"\x02" + blake(32, b"tocsin/1 access", curve, nonce, three, ack, key=out["password_key"])

    writer, payload = b"\x05" * 32, b"\x66" * 10
    public = ed25519(writer, b"")[0]
    board = out["board_id"] = blake(32, public)
    signed = b"tocsin/1 signed board" + board + struct.pack("<QI", 9, 20014) + blake(32, payload)
    out["board_record"] = (public + struct.pack("<QIH", 9, 20014, len(payload)) + payload + ed25519(writer, signed)[1])
    out["unpublish_signature"] = ed25519(
        writer, b"tocsin/1 unpublish" + board + curve + nonce + struct.pack("<Q", 12))[1]

    text = {name: value.rstrip(b"\0").hex() if name.endswith("_cell") else value.hex() for name, value in out.items()}
    return text | {"relay_address": address}


def main() -> int:
    page = pathlib.Path(sys.argv[1]) / "protocol/spec/vectors/wire.txt"
    lines = [line.split(" = ") for line in page.read_text(encoding="utf-8").splitlines() if " = " in line and line[0] != "#"]
    given = {name: value for name, value in lines}
    ours = made(given)
    wrong = sorted(name for name in given.keys() | ours.keys() if given.get(name) != ours.get(name))
    for name in wrong:
        print(f"{name}\n  published {given.get(name)}\n  made      {ours.get(name)}")
    print(f"{len(given)} vectors, {len(wrong)} differ")
    return 1 if wrong else 0


sys.exit(main())
