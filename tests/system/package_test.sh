#!/usr/bin/env bash
# What deploy/package made: the packages hold what they say, need nothing beyond this Debian's main archive, and run.
#
# Usage:  tests/system/package_test.sh FOLDER        77: there are no packages to test (ctest shows it as skipped)
set -euo pipefail

folder=${1:?folder of the packages}
shopt -s nullglob
relay=("$folder"/tocsin-relay_*.deb)
client=("$folder"/tocsin_*.deb)
portable=("$folder"/tocsin-*.tar.gz)
if [ ${#relay[@]} -eq 0 ] || [ ${#client[@]} -eq 0 ] || [ ${#portable[@]} -eq 0 ]; then
  echo "skipped: no packages in $folder (deploy/package makes them)"
  exit 77
fi

. /etc/os-release
fail() { echo "FAILED: $*" >&2; exit 1; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

expect_file() { [ -s "$work/$1/$2" ] || fail "$1 lacks $2"; }

# Name by name: in this release's main archive (its security updates are main's), at a version that is enough.
check_depends() {
  dpkg-deb -f "$1" Depends | tr ',' '\n' | while read -r name relation version _; do
    if [[ $name == libsqlcipher* || $name == libntruprime* ]]; then fail "$1 needs $name"; fi
    offers=$(apt-cache madison "$name" 2>/dev/null | awk -F'|' -v release="$VERSION_CODENAME" '$3 ~ release && $3 !~ /backports/ && $3 ~ /\/main / {print $2}')
    if [ -z "$offers" ]; then
      apt-cache show libc6 >/dev/null 2>&1 || { echo "skipped: no package lists here to check $name against"; continue; }
      fail "$1 needs $name, which $PRETTY_NAME does not have"
    fi
    wanted=${version%)}
    if [ "${relation:-}" = "(>=" ]; then
      enough=no
      for offer in $offers; do dpkg --compare-versions "$offer" ge "$wanted" && enough=yes; done
      [ "$enough" = yes ] || fail "$1 needs $name $wanted; $PRETTY_NAME has $offers"
    fi
  done
}

check_hardened() {
  readelf -hW "$1" | grep -q 'DYN ' || fail "$1 is not position independent"
  readelf -dW "$1" | grep -q 'BIND_NOW\|NOW' || fail "$1 is not fully relocated at start"
  readelf -lW "$1" | grep 'GNU_STACK' | grep -q 'RW ' || fail "$1 has an executable stack"
  ! readelf -dW "$1" | grep 'NEEDED' | grep -q 'sqlcipher\|ntruprime' || fail "$1 needs a library that Debian 12 lacks"
}

for package in relay client; do
  declare -n file=$package
  dpkg-deb -x "${file[0]}" "$work/$package"
  check_depends "${file[0]}"
done
for made in usr/bin/tocsin-relay usr/lib/systemd/system/tocsin-relay.service usr/lib/sysusers.d/tocsin-relay.conf \
  usr/share/man/man8/tocsin-relay.8.gz usr/share/bash-completion/completions/tocsin-relay \
  usr/share/doc/tocsin-relay/examples/relay.toml usr/share/doc/tocsin-relay/copyright; do
  expect_file relay $made
done
for made in usr/bin/tocsin usr/lib/systemd/user/tocsin.service usr/share/man/man1/tocsin.1.gz \
  usr/share/bash-completion/completions/tocsin usr/share/doc/tocsin/copyright; do
  expect_file client $made
done
for script in postinst prerm postrm; do
  dpkg-deb --ctrl-tarfile "${relay[0]}" | tar -xO "./$script" | sh -n || fail "$script is not a script"
done
for program in relay/usr/bin/tocsin-relay client/usr/bin/tocsin; do
  check_hardened "$work/$program"
  ! readelf -dW "$work/$program" | grep -q 'RPATH\|RUNPATH' || fail "$program looks for libraries in a folder of its own"
  "$work/$program" --version | grep -Eq '^tocsin(-relay)? [0-9]+\.[0-9]+\.[0-9]+$' || fail "$program --version"
done
for script in relay/usr/share/bash-completion/completions/tocsin-relay client/usr/share/bash-completion/completions/tocsin; do
  bash -n "$work/$script" || fail "$script"
done
# The example configuration is one the relay reads, but for its folders, which are not here.
"$work/relay/usr/bin/tocsin-relay" check --config "$work/relay/usr/share/doc/tocsin-relay/examples/relay.toml" \
  >"$work/check" 2>&1 || grep -q 'no keys at' "$work/check" || fail "example configuration: $(cat "$work/check")"

# The portable client: unpacked with a blank in the path, from another folder, in an empty environment.
mkdir "$work/a stick"
tar -xzf "${portable[0]}" -C "$work/a stick"
root=("$work/a stick"/tocsin-*)
program=${root[0]}/bin/tocsin
check_hardened "$program"
cd /
env -i "$program" --version >/dev/null || fail "the portable client does not run in an empty environment"
outside=$(env -i LD_TRACE_LOADED_OBJECTS=1 "$program" | grep -F ' => ' | grep -vF " => ${root[0]}/" |
  grep -Ev '^[[:space:]]*lib(c|m|dl|rt|pthread|resolv|util|anl)\.so\.[0-9]+ ' || true)
[ -z "$outside" ] || fail "the portable client takes from the machine: $outside"
# It makes a vault on the stick and asks it something: the libraries are not only there, they work.
printf 'a word for the test only\n' >"$work/passphrase"
env -i HOME="$work" "$program" --vault "$work/a stick/vault" --passphrase-file "$work/passphrase" init >/dev/null ||
  fail "the portable client makes no vault"
env -i HOME="$work" "$program" --vault "$work/a stick/vault" --passphrase-file "$work/passphrase" contacts >/dev/null ||
  fail "the portable client does not open its vault"
echo "packages: complete, for $PRETTY_NAME, and they run"
