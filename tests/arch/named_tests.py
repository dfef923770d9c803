"""The tests a page may name: Suite.Name of a GoogleTest case, a ctest name, or the path of a file under tests/."""

import pathlib
import re

NAMED = re.compile(r"`(\w+\.\w+|tests/[\w/.]+)`")


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


def exists(root: pathlib.Path, known: set[str], test: str) -> bool:
    return (root / test).is_file() if test.startswith("tests/") else test in known
