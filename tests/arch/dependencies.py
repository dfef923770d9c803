"""protocol/spec/dependencies.md: every trap is held by a test that exists, or by a pattern that stands nowhere in the code."""

import pathlib
import re
import sys

from named_tests import NAMED, exists, known_tests

ROOMS = ("crypto", "protocol", "relay", "client")
EXPECTED = {f"S{n}" for n in range(1, 12)} | {f"Z{n}" for n in range(1, 16)} | {f"C{n}" for n in range(1, 9)} \
    | {f"D{n}" for n in range(1, 9)} | {f"K{n}" for n in range(1, 5)}
PATTERN = re.compile(r"pattern `((?:[^`\\]|\\.)+)`")
# K3: what comes from another release of Debian, and nothing else does.
PINNED = {"libntruprime", "librandombytes", "libcpucycles", "libsqlcipher", "sqlcipher"}


def sources(root: pathlib.Path):
    for room in ROOMS:
        for path in (root / room).rglob("*"):
            if path.suffix in {".h", ".cc"}:
                # Comments may name what the code must not do.
                yield path, re.sub(r"//[^\n]*", "", path.read_text(encoding="utf-8"))


def problems_of(root: pathlib.Path):
    page = (root / "protocol/spec/dependencies.md").read_text(encoding="utf-8")
    known = known_tests(root)
    code = list(sources(root))
    rows = re.findall(r"^\| ([SZCDK]\d+) \|(.*)\|$", page, re.MULTILINE)
    for missing in sorted(EXPECTED - {number for number, _ in rows}):
        yield f"{missing}: no row"
    for number, row in rows:
        held = re.split(r"(?<!\\)\|", row)[-1]
        tests, patterns = NAMED.findall(held), PATTERN.findall(held)
        if not tests and not patterns and number != "D8":
            yield f"{number}: held by nothing"
        for test in tests:
            if not exists(root, known, test):
                yield f"{number}: there is no test {test}"
        for pattern in patterns:
            for path, text in code:
                if re.search(pattern.replace("\\|", "|"), text):
                    yield f"{number}: {pattern} stands in {path.relative_to(root)}"
    if "capnp_shim.h" not in (root / "protocol/wire/capnp_codec.cc").read_text(encoding="utf-8"):
        yield "C8: the codec includes Cap'n Proto without its shim"
    pins = (root / "deploy/setup").read_text(encoding="utf-8").split("<<'PINS'")[1].split("\nPINS\n")[0]
    named = re.findall(r"^Package: (.*)$", pins, re.MULTILINE)
    foreign = {re.sub(r"(-dev)?\d*$", "", package) for line in named if line != "*" for package in line.split()}
    for package in sorted(foreign - PINNED):
        yield f"K3: {package} is taken from another release"


def main() -> int:
    problems = list(problems_of(pathlib.Path(sys.argv[1])))
    print("\n".join(problems) or f"dependencies: {len(EXPECTED)} traps, each held")
    return 1 if problems else 0


sys.exit(main())
