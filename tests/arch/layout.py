"""The agreed layout: nothing unknown at the top level; every public header opens with a card that names itself and is whole."""

import pathlib
import re
import subprocess
import sys

TOP = {"CMakeLists.txt", "CMakePresets.json", "README.md", "LICENSE", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md",
       "relay", "client", "protocol", "crypto", "tests", "deploy"}

# What a card's lines begin with. clang-format breaks a line that is too long and glues its rest to the next one.
FIELD = re.compile(r"\b(Errors|Threads|Shape|Secrets|Cost|Spec|Source|Layout):")
CONTINUED = "//" + " " * 10  # a field's text goes on below its beginning


def torn_lines(text: str):
    """The numbers of the lines at which a header's card is torn."""
    in_field = False
    for number, line in enumerate(text.splitlines(), 1):
        if not line.startswith("//"):
            return
        if any(match.start() != len("// ") for match in FIELD.finditer(line)):
            yield number  # a field begins within a line
        elif FIELD.match(line, len("// ")):
            in_field = True
        elif line == "//":
            in_field = False
        elif in_field and not line.startswith(CONTINUED):
            yield number  # the rest of a field at the margin


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    listed = subprocess.run(["git", "-C", str(root), "ls-files"], capture_output=True, text=True, check=False)
    files = listed.stdout.splitlines() or [
        path.relative_to(root).as_posix() for path in root.rglob("*") if path.is_file() and "build" not in path.parts]
    bad = sorted({name.split("/")[0] for name in files} - TOP)
    problems = [f"{name}: not part of the agreed top level" for name in bad if not name.startswith(".")]
    for name in files:
        path = root / name
        if name.endswith(".h") and name.split("/")[0] in TOP - {"tests"} and path.exists():
            text = path.read_text(encoding="utf-8")
            if not text.startswith(f"// {name}: "):
                problems.append(f"{name}: the header card must start with '// {name}: '")
            problems += [f"{name}:{number}: the card is torn: a line of its own for each field, the rest of it indented"
                         for number in torn_lines(text)]
    print("\n".join(problems) or f"layout: kept over {len(files)} files")
    return 1 if problems else 0


sys.exit(main())
