"""No TRY behind another initialiser in braces, or among the arguments of `new`.

g++ 12 does not destroy what such a list has built when TRY returns, and the storage of `new` is taken before its arguments.

A leak is the smaller harm: what was built may be a secret, which then is not wiped. Found by LeakSanitizer in a decoder.
`return Pair{TRY(first()), TRY(second())};` leaks the first when the second fails; each into a variable of its own does not.
"""

import pathlib
import re
import sys

ROOMS = ("crypto", "protocol", "relay", "client", "tests")


def blanked(text):
    """Without comments and what stands between quotes; every place keeps its number."""
    text = re.sub(r"//[^\n]*", lambda found: " " * len(found.group()), text)
    return re.sub(r'"(?:[^"\\\n]|\\.)*"', lambda found: '"' + " " * (len(found.group()) - 2) + '"', text)


def is_behind_another(text, at):
    """Whether the innermost braces around it are a list, with an element before the one that it stands in."""
    depth, comma = 0, False
    for i in range(at - 1, -1, -1):
        letter = text[i]
        if letter in ")}]":
            depth += 1
        elif letter in "([{":
            if depth > 0:
                depth -= 1
            elif letter == "{":
                return comma
            else:
                comma = False  # the commas of a call are not the list's
        elif depth == 0 and letter == ";":
            return False
        elif depth == 0 and letter == ",":
            comma = True
    return False


def is_argument_of_new(text, at):
    """Whether one of the calls it stands in is a `new`."""
    depth = 0
    for i in range(at - 1, -1, -1):
        letter = text[i]
        if letter in ")}]":
            depth += 1
        elif letter in "([{":
            if depth > 0:
                depth -= 1
            elif re.search(r"\bnew\s+[\w:<>]+\s*$", text[:i]):
                return True
        elif letter == ";" and depth == 0:
            return False
    return False


def violations(root):
    for room in ROOMS:
        for path in sorted((root / room).rglob("*")):
            if path.suffix not in {".h", ".cc"}:
                continue
            text = blanked(path.read_text(encoding="utf-8"))
            for found in re.finditer(r"\bTRY\(", text):
                line = text.count("\n", 0, found.start()) + 1
                if is_behind_another(text, found.start()):
                    yield f"{path.relative_to(root)}:{line}: TRY behind another initialiser in braces"
                if is_argument_of_new(text, found.start()):
                    yield f"{path.relative_to(root)}:{line}: TRY among the arguments of new"


def self_check():
    """The check can fail."""
    assert is_behind_another("return Two{TRY(a()), ", len("return Two{TRY(a()), "))
    assert is_behind_another("f({.a = 1, .b = g(", len("f({.a = 1, .b = g("))
    assert not is_behind_another("{ f(a, ", len("{ f(a, "))
    assert not is_behind_another("return One{", len("return One{"))
    assert is_argument_of_new("f(new Thing(a, ", len("f(new Thing(a, "))
    assert not is_argument_of_new("x = 1; f(a, ", len("x = 1; f(a, "))


def main():
    self_check()
    found = list(violations(pathlib.Path(sys.argv[1])))
    print("\n".join(found) or "braces: nothing is leaked by an early return")
    return 1 if found else 0


sys.exit(main())
