# tests/nightly/debian_root.sh: a Debian of its own in a folder, for the scripts here; it goes when they end. To be sourced.
#
#   make_root SUITE   debootstrap from the mirror that this machine uses; sets $root and $mirror
#   in_root …         a command in it, with an environment of its own (NAME=value first)
#   on_exit           a function of the script's, called before the root goes

command -v debootstrap >/dev/null || { echo "error: debootstrap is missing" >&2; echo "hint:  deploy/setup developer" >&2; exit 1; }

step() { printf '\n== %s (%ss)\n' "$1" "$SECONDS"; }
fail() { echo "FAILED: $*" >&2; exit 1; }
on_exit() { :; }

root=$(mktemp -d)
chmod 755 "$root"   # its own users look at it from inside
remove_root() {
  on_exit
  # Whatever is mounted below it is another place's: never deleted through.
  { awk -v below="$root/" 'index($5, below) == 1 {print $5}' /proc/self/mountinfo | sort -r | xargs -r -n 1 umount -l; } || true
  rm -rf --one-file-system "$root"
}
trap remove_root EXIT

mirror=$({ sed -n 's/^URIs:[[:space:]]*\([^[:space:]]*\/debian\)\/*$/\1/p; s/^deb[[:space:]]\+\(\[[^]]*\][[:space:]]*\)\?\([^[:space:]]*\/debian\)\/*[[:space:]].*/\2/p' \
  /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null || true; } | head -n 1)

make_root() {
  debootstrap --variant=minbase "$1" "$root" "$mirror" >"$root.log" 2>&1 || { tail -5 "$root.log"; fail "debootstrap"; }
  rm -f "$root.log"
  mount -t proc proc "$root/proc"
}
in_root() { chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive "$@"; }
