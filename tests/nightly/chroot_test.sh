#!/usr/bin/env bash
# tests/nightly/chroot_test.sh: the packages on a machine with nothing else: installed in a fresh root by its own apt, the relay
# started as its unit starts it, two people pair through it and write.
#
# Usage:  tests/nightly/chroot_test.sh [SUITE [FOLDER]]     as root; SUITE bookworm or trixie, FOLDER of packages made on that very
#         release (deploy/package; default build/release/packages)
#
# No systemd runs in a chroot. What stands in its place here, setting by setting of the unit: user, group and no capability
# (setpriv), NoNewPrivileges, UMask, LimitCORE and LimitNOFILE, ProtectSystem=strict with StateDirectory as the only place to
# write, PrivateTmp, ProtectHome, ProcSubset's hidden /proc, and the notify socket. Not: the system call filter, devices,
# MemoryDenyWriteExecute, RestrictAddressFamilies, which the program's own sandbox does not replace either.
set -euo pipefail
cd "$(dirname "$0")/../.."

suite=${1:-bookworm}
packages=${2:-build/release/packages}
[ "$(id -u)" -eq 0 ] || { echo "error: a chroot needs root" >&2; exit 1; }
ls "$packages"/tocsin-relay_*.deb "$packages"/tocsin_*.deb >/dev/null 2>&1 ||
  { echo "error: no packages in $packages" >&2; echo "hint:  deploy/package" >&2; exit 1; }

# shellcheck source=tests/nightly/debian_root.sh
. tests/nightly/debian_root.sh
relay=
on_exit() {
  [ -z "$relay" ] || kill "$relay" 2>/dev/null || true
  wait 2>/dev/null || true
}

step "a fresh $suite"
make_root "$suite"

step "the packages, by its own apt from its main archive alone"
mkdir "$root/packages"
cp "$packages"/*.deb "$root/packages/"
printf '#!/bin/sh\nexit 101\n' >"$root/usr/sbin/policy-rc.d"   # a chroot starts no services
chmod +x "$root/usr/sbin/policy-rc.d"
in_root sh -c 'apt-get -qq update && apt-get -qq -y --no-install-recommends install /packages/*.deb' >"$root/apt.log" 2>&1 ||
  { tail -20 "$root/apt.log"; fail "apt"; }
in_root dpkg -s tocsin-relay tocsin | grep -E '^(Package|Status|Version)'
in_root getent passwd tocsin-relay | grep -q nologin || fail "the relay's user"

step "the relay, as its unit starts it"
unit=$root/usr/lib/systemd/system/tocsin-relay.service
for setting in User=tocsin-relay Type=notify UMask=0077 LimitCORE=0 LimitNOFILE=65536 NoNewPrivileges=yes \
  ProtectSystem=strict CapabilityBoundingSet= PrivateTmp=yes; do
  grep -qx "$setting" "$unit" || fail "the unit does not say $setting any more: this script stands in for it"
done
as_relay() { in_root setpriv --reuid tocsin-relay --regid tocsin-relay --clear-groups tocsin-relay "$@"; }
as_relay init --listen 127.0.0.1:17700 >/dev/null
in_root grep -q . /etc/tocsin-relay/relay.toml
in_root sh -c '[ "$(stat -c %U:%a /var/lib/tocsin-relay)" = tocsin-relay:700 ]' || fail "StateDirectory"
notify_socket=$root/run/notify
python3 - "$notify_socket" >"$root/notified" <<'EOF' &
import socket, sys, os
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind(sys.argv[1]); os.chmod(sys.argv[1], 0o777)
listener.settimeout(60)
while True:
    said = listener.recv(4096).decode()
    print(said, flush=True)
    if "READY=1" in said:
        break
EOF
notified=$!
for _ in $(seq 100); do [ -S "$notify_socket" ] && break; sleep 0.1; done
# Its own mount namespace: everything read-only but its state, a /tmp of its own, no homes.
as_service='
  mount --make-rprivate / && mount --bind ROOT ROOT && mount -o remount,bind,ro ROOT
  mount --bind ROOT/var/lib/tocsin-relay ROOT/var/lib/tocsin-relay && mount -o remount,bind,rw ROOT/var/lib/tocsin-relay
  mount -t tmpfs none ROOT/tmp && mount -t tmpfs none ROOT/home && mount -t tmpfs none ROOT/root
  mount -t proc -o hidepid=invisible,subset=pid proc ROOT/proc
  ulimit -c 0; ulimit -n 65536 2>/dev/null || ulimit -n "$(ulimit -Hn)"; umask 0077
  exec chroot ROOT /usr/bin/env -i NOTIFY_SOCKET=/run/notify setpriv --reuid tocsin-relay --regid tocsin-relay \
    --clear-groups --no-new-privs --bounding-set=-all --inh-caps=-all'
unshare --mount sh -ec "${as_service//ROOT/$root} /usr/bin/tocsin-relay check" || fail "ExecStartPre"
unshare --mount sh -ec "${as_service//ROOT/$root} /usr/bin/tocsin-relay run" >"$root.address" 2>"$root.relay.log" &
relay=$!
wait "$notified" || { cat "$root.relay.log"; fail "it never said READY=1"; }
address=$(head -n 1 "$root.address")
rm -f "$root.address"
case $address in tocsin-relay:*) ;; *) fail "no address: $address" ;; esac
echo "ready; $address"
grep -qx 'NoNewPrivs:	1' "/proc/$relay/status" || fail "NoNewPrivs"
grep -qx 'CapBnd:	0000000000000000' "/proc/$relay/status" || fail "capabilities"

step "two people pair and write"
in_root useradd --create-home alice
in_root useradd --create-home bob
as() { local who=$1; shift; in_root setpriv --reuid "$who" --regid "$who" --clear-groups env HOME="/home/$who" tocsin --key-file "/home/$who/key" "$@"; }
as_new() { local who=$1; shift; in_root setpriv --reuid "$who" --regid "$who" --clear-groups env HOME="/home/$who" tocsin "$@"; }
as_new alice init --make-key-file /home/alice/key --relay "$address" >/dev/null
as alice invite bob --file /home/alice/link >/dev/null
cp "$root/home/alice/link" "$root/home/bob/link"
in_root chown bob /home/bob/link
as_new bob accept /home/bob/link --name alice --make-key-file /home/bob/key >/dev/null
as alice sync --for 2 >/dev/null
as bob sync --for 2 >/dev/null
printf 'from a package\n' | as alice send bob >/dev/null
as bob sync --for 2 >/dev/null
as bob inbox | tee "$root/inbox"
grep -q 'from a package' "$root/inbox" || fail "the message"

step "it stops when it is told to, and the packages go with every file of theirs"
kill -TERM "$relay"
stopped=$SECONDS
wait "$relay" || fail "exit code $?: $(cat "$root.relay.log")"
relay=
[ $((SECONDS - stopped)) -le 2 ] || fail "SIGTERM took $((SECONDS - stopped)) s"
rm -f "$root.relay.log"
in_root dpkg -L tocsin tocsin-relay >"$root/theirs"
in_root sh -c 'apt-get -qq -y purge tocsin tocsin-relay' >/dev/null 2>&1 || fail "purge"
left=$(while read -r file; do [ ! -f "$root$file" ] || echo "$file"; done <"$root/theirs")
[ -z "$left" ] || fail "left behind: $left"

step "done: $suite"
