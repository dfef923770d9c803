"""The rooms depend one way (crypto <- protocol <- relay, client), and a library enters a room through named files only."""

import pathlib
import re
import sys

ROOMS = {
    "crypto": {"crypto"},
    "protocol": {"protocol", "crypto"},
    "relay": {"relay", "protocol", "crypto"},
    "client": {"client", "protocol", "crypto"},
}

# A library's headers may be included below these paths only: its adapters.
ADAPTERS = {
    r"<sodium": ["crypto/"],
    # Two files: what hashes and enciphers, and the parser of time stamps, which meets hostile DER and certificates.
    r"<openssl/": ["crypto/box/openssl.cc", "crypto/box/timestamp_token.cc"],
    r"<signal/|\"crypto/ratchet/libsignal/": ["crypto/ratchet/", "tests/unit/crypto/ratchet/"],
    r"<ntruprime": ["crypto/kem/"],
    r"<sqlcipher/": ["crypto/db/"],
    r"<zmq": ["relay/edge/", "client/net/", "tests/"],
    r"<capnp/|<kj/|\.capnp\.h": ["protocol/wire/"],
    r"<CLI/": ["client/cli/", "relay/ops/", "relay/main.cc", "client/main.cc", "tests/bench/"],
    r"<nlohmann/": ["client/", "relay/ops/", "protocol/alert/", "tests/"],
    r"<utf8proc": ["client/bag/name_key.cc"],
    r"<iconv": ["client/bag/tag_text.cc"],
    r"<archive": ["client/evidence/pack_folder.cc"],
    r"<curl/": ["client/custody/time_stamp_fetch.cc"],
    r"<toml\+\+": ["relay/ops/", "client/store/"],
    r"<qrencode": ["client/cli/picture.cc"],
    r"<zbar": ["client/cli/picture_reader.cc"],
    r"<png": ["client/cli/picture.cc", "client/cli/picture_reader.cc"],
    r"<gtest|<gmock": ["tests/"],
}

# protocol does no I/O: none of these headers there.
IO_HEADERS = re.compile(
    r"<(fstream|filesystem|iostream|cstdio|thread|mutex|chrono|random|future|ctime|unistd\.h|fcntl\.h|time\.h|"
    r"sys/.*|poll\.h|netinet/.*|arpa/.*|pthread\.h|stdio\.h)>"
)

INCLUDE = re.compile(r'^\s*#\s*include\s+(["<][^">]+[">])')


def violations(root: pathlib.Path):
    for path in sorted(root.rglob("*")):
        relative = path.relative_to(root).as_posix()
        room = relative.split("/")[0]
        if path.suffix not in {".h", ".cc"} or (room not in ROOMS and room != "tests"):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            if not match:
                continue
            included = match.group(1)
            place = f"{relative}:{number}"
            target = included.strip('"<>').split("/")[0]
            if room in ROOMS and included.startswith('"') and target in ROOMS and target not in ROOMS[room]:
                yield f"{place}: {room} includes {included}: against the dependency rule"
            if room in ROOMS and included.startswith('"') and target == "tests":
                yield f"{place}: {room} includes {included}: the program must not know its tests"
            if room == "protocol" and IO_HEADERS.match(included):
                yield f"{place}: protocol does no I/O, yet includes {included}"
            for pattern, allowed in ADAPTERS.items():
                if re.search(pattern, included) and not any(relative.startswith(prefix) for prefix in allowed):
                    if room == "tests" and "tests/" not in allowed and not pattern.startswith("<gtest"):
                        continue  # tests may look behind an adapter
                    yield f"{place}: {included} belongs behind {', '.join(allowed)}"


def main() -> int:
    found = list(violations(pathlib.Path(sys.argv[1])))
    print("\n".join(found) or "dependency rule: kept")
    return 1 if found else 0


sys.exit(main())
