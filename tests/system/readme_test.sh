#!/usr/bin/env bash
# The example in README.md, line by line as somebody would paste it, ends with an authentic alert that was answered.
#
# Usage:  tests/system/readme_test.sh README.md FOLDER_OF_THE_PROGRAMS
set -euo pipefail

readme=$(realpath "$1")
PATH=$(realpath "$2"):$PATH
work=$(mktemp -d)
relay=
trap '[ -z "$relay" ] || kill "$relay" 2>/dev/null || true; rm -rf "$work"' EXIT
cd "$work"
export HOME=$work XDG_RUNTIME_DIR=$work XDG_DATA_HOME=$work/data

# The sh blocks between the heading of the example and the next heading.
awk '/^## /{inside = ($0 == "## An example")} /^```/{code = ($0 == "```sh"); next} inside && code' "$readme" >example
[ "$(wc -l <example)" -gt 20 ] || { echo "FAILED: the example of $readme was not found" >&2; exit 1; }
{ . ./example; } >said 2>&1 || { echo "FAILED: a command of the example" >&2; cat said >&2; exit 1; }
for expected in '\[AUTHENTIC\.' 'case 17: acknowledged by the person' 'Thank you. I call now.'; do
  grep -q "$expected" said || { echo "FAILED: the example did not show '$expected'" >&2; cat said >&2; exit 1; }
done
echo "README: the example works as printed"
