#!/usr/bin/env bash
# tests/vectors/age_kit.sh: fetches the public age test kit (C2SP CCTV) as its npm package and runs it.
#
# Usage:  tests/vectors/age_kit.sh [PROGRAM]      default: build/dev/bin/vectors_test; needs npm and node
set -euo pipefail
cd "$(dirname "$0")/../.."

program=$PWD/${1:-build/dev/bin/vectors_test}
for tool in npm node; do
  command -v $tool >/dev/null || { echo "error: $tool is missing" >&2; echo "hint:  install Node.js" >&2; exit 1; }
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
mkdir "$work/kit"
(cd "$work" && npm install --silent --no-save --ignore-scripts cctv-age@0.2.0 && node -e '
  const kit = require("cctv-age");
  for (const name of Object.keys(kit))
    if (kit[name] instanceof Uint8Array) require("fs").writeFileSync("kit/" + name, kit[name]);')
[ "$(find "$work/kit" -type f | wc -l)" -eq 143 ] || { echo "error: the kit is not the one known" >&2; exit 1; }
TOCSIN_AGE_KIT=$work/kit "$program" --gtest_filter='AgeKit*'
