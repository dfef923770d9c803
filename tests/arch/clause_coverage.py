"""Every clause of protocol/spec is cited by at least one test; every clause a test cites exists.

The clauses of threat-model.md name their tests themselves, which threat_model.py checks; they need no citation back.
"""

import pathlib
import re
import sys

CLAUSE = r"[A-Z]{3}-\d+(?:\.\d+)?"


def main() -> int:
    root = pathlib.Path(sys.argv[1])
    defined: dict[str, str] = {}
    problems = []
    for page in sorted((root / "protocol/spec").glob("*.md")):
        for number, line in enumerate(page.read_text(encoding="utf-8").splitlines(), 1):
            match = re.match(rf"\*\*({CLAUSE})\*\*", line)
            if not match:
                continue
            place = f"protocol/spec/{page.name}:{number}"
            if match.group(1) in defined:
                problems.append(f"{place}: {match.group(1)} is defined at {defined[match.group(1)]} already")
            defined[match.group(1)] = place

    prefixes = {clause.split("-")[0] for clause in defined}
    cited: dict[str, str] = {}
    for path in sorted((root / "tests").rglob("*")):
        if path.suffix not in {".cc", ".h", ".py", ".sh"} and path.name not in {"quickstart"}:
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            for clause in re.findall(rf"\b({CLAUSE})\b", line):
                if clause.split("-")[0] in prefixes:
                    cited.setdefault(clause, f"{path.relative_to(root)}:{number}")
    problems += [f"{place}: {clause} is cited by no test" for clause, place in defined.items()
                 if clause not in cited and not clause.startswith("THR-")]
    problems += [f"{place}: cites {clause}, which no page defines" for clause, place in cited.items()
                 if clause not in defined]
    print("\n".join(problems) or f"{len(defined)} clauses, each cited by a test")
    return 1 if problems else 0


sys.exit(main())
