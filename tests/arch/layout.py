"""The agreed layout: nothing unknown at the top level; every public header opens with a card that names itself."""

import pathlib
import subprocess
import sys

TOP = {"CMakeLists.txt", "CMakePresets.json", "README.md", "LICENSE", "SECURITY.md", "CONTRIBUTING.md", "CHANGELOG.md",
       "relay", "client", "protocol", "crypto", "tests", "deploy"}


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
            if not path.read_text(encoding="utf-8").startswith(f"// {name}: "):
                problems.append(f"{name}: the header card must start with '// {name}: '")
    print("\n".join(problems) or f"layout: kept over {len(files)} files")
    return 1 if problems else 0


sys.exit(main())
