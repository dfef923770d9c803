"""Every promise of protocol/spec/threat-model.md names tests that exist, or says plainly that none holds it yet."""

import pathlib
import re
import sys

from named_tests import NAMED, exists, known_tests


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    page = (root / "protocol/spec/threat-model.md").read_text(encoding="utf-8")
    known = known_tests(root)
    problems = []
    clauses = re.findall(r"^\*\*(THR-[\d.]+)\*\*(.*?)(?=^\*\*THR-|^## |\Z)", page, re.MULTILINE | re.DOTALL)
    for clause, text in clauses:
        named = NAMED.findall(text)
        if not named and "ot yet held by a test" not in text:
            problems.append(f"{clause}: names no test and does not say so")
        for test in named:
            if not exists(root, known, test):
                problems.append(f"{clause}: there is no test {test}")
    if not clauses:
        problems.append("threat-model.md: no clauses")
    print("\n".join(problems) or f"threat model: {len(clauses)} promises, every named test exists")
    return 1 if problems else 0


sys.exit(main())
