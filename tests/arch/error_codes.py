"""protocol/spec/errors.md lists every error code of every room (ERR-1); `error_codes.py ROOT --write` brings it up to date."""

import pathlib
import re
import sys

TABLES = ["crypto/base/codes.cc", "protocol/codes.cc", "relay/codes.cc", "client/codes.cc"]


def listed(root: pathlib.Path) -> str:
    codes: dict[int, str] = {}
    for table in TABLES:
        for number, name in re.findall(r'case (\d+):\s*return "([^"]+)"', (root / table).read_text(encoding="utf-8")):
            codes[int(number)] = name
    return "| code | name |\n|---|---|\n" + "".join(f"| {number} | {codes[number]} |\n" for number in sorted(codes))


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    page = root / "protocol/spec/errors.md"
    text = page.read_text(encoding="utf-8")
    start = text.index("| code | name |") if "| code | name |" in text else len(text)
    wanted = text[:start] + listed(root)
    if "--write" in sys.argv:
        page.write_text(wanted, encoding="utf-8")
    elif text != wanted:
        print("protocol/spec/errors.md is not the list of codes: run tests/arch/error_codes.py . --write")
        return 1
    print("errors: every code is listed")
    return 0


sys.exit(main())
