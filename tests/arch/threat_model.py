"""Every promise of protocol/spec/threat-model.md names tests that exist, or says plainly that none holds it yet."""

import pathlib
import re
import sys


def known_tests(root: pathlib.Path) -> set[str]:
    known = set()
    for path in (root / "tests").rglob("*"):
        if path.suffix == ".cc":
            text = path.read_text(encoding="utf-8")
            for suite, name in re.findall(r"^(?:TYPED_)?TEST(?:_[FP])?\(\s*(\w+),\s*(\w+)\)", text, re.MULTILINE):
                known.add(f"{suite}.{name}")
        elif path.name == "CMakeLists.txt":
            known.update(re.findall(r"add_test\(NAME \w+/(\w+\.\w+)", path.read_text(encoding="utf-8")))
    return known


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    page = (root / "protocol/spec/threat-model.md").read_text(encoding="utf-8")
    known = known_tests(root)
    problems = []
    clauses = re.findall(r"^\*\*(THR-[\d.]+)\*\*(.*?)(?=^\*\*THR-|^## |\Z)", page, re.MULTILINE | re.DOTALL)
    for clause, text in clauses:
        named = re.findall(r"`(\w+\.\w+|tests/[\w/.]+)`", text)
        if not named and "ot yet held by a test" not in text:
            problems.append(f"{clause}: names no test and does not say so")
        for test in named:
            if not ((root / test).is_file() if test.startswith("tests/") else test in known):
                problems.append(f"{clause}: there is no test {test}")
    if not clauses:
        problems.append("threat-model.md: no clauses")
    print("\n".join(problems) or f"threat model: {len(clauses)} promises, every named test exists")
    return 1 if problems else 0


sys.exit(main())
