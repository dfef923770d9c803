"""The eight stops of a message's journey are tagged `// flow n/8` once each, in this order of rooms and subjects."""

import pathlib
import re
import sys

# Stop -> where it must be: write text, seal, envelope and cell, send, edge decodes, decide, commit, open and acknowledge.
STOPS = {
    1: "client/engine/",
    2: "crypto/ratchet/",
    3: "protocol/",
    4: "client/net/",
    5: "relay/edge/",
    6: "protocol/mailbox/",
    7: "relay/store/",
    8: "client/engine/",
}


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    found: dict[int, list[str]] = {}
    for room in ("crypto", "protocol", "relay", "client"):
        for path in sorted((root / room).rglob("*.cc")):
            for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
                for stop in re.findall(r"// flow (\d+)/8", line):
                    found.setdefault(int(stop), []).append(f"{path.relative_to(root)}:{number}")
    problems = []
    for stop, prefix in STOPS.items():
        places = found.pop(stop, [])
        if len(places) != 1:
            problems.append(f"flow {stop}/8: expected once below {prefix}, found {places or 'nowhere'}")
        elif not places[0].startswith(prefix):
            problems.append(f"flow {stop}/8: {places[0]} is not below {prefix}")
    problems += [f"flow {stop}/8 at {places}: there are eight stops" for stop, places in found.items()]
    print("\n".join(problems) or "flow: eight stops, in order")
    return 1 if problems else 0


sys.exit(main())
