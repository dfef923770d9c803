#!/usr/bin/env bash
# tests/nightly/fresh_debian.sh: a command of this project in a fresh clone on a fresh Debian, where nothing is installed.
#
# Usage:  tests/nightly/fresh_debian.sh SUITE COMMAND [OUT]     as root, e.g. … trixie 'tests/run && deploy/package' build/trixie
#           SUITE    bookworm or trixie
#           COMMAND  for a shell in the clone of HEAD; ../shared lies beside it where it lies beside this checkout
#           OUT      a folder: what deploy/package made is copied there
set -euo pipefail
cd "$(dirname "$0")/../.."

suite=${1:?bookworm or trixie}
command=${2:?a command}
out=${3:-}
[ "$(id -u)" -eq 0 ] || { echo "error: a fresh Debian in a folder needs root" >&2; exit 1; }
# shellcheck source=tests/nightly/debian_root.sh
. tests/nightly/debian_root.sh

step "a fresh $suite"
make_root "$suite"
for mounted in dev dev/pts dev/shm; do mount --bind "/$mounted" "$root/$mounted"; done

step "a fresh clone"
git clone --quiet --no-hardlinks . "$root/root/tocsin"
if [ -d ../shared ]; then
  mkdir "$root/root/shared"
  mount --bind -o ro ../shared "$root/root/shared"
fi

step "$command"
in_root HOME=/root bash -c "cd /root/tocsin && $command"

if [ -n "$out" ]; then
  mkdir -p "$out"
  cp "$root"/root/tocsin/build/release/packages/*.{deb,tar.gz} "$out/"
fi
step "done: $suite"
