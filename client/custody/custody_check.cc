#include "client/custody/custody_check.h"

namespace tocsin {

// Offsets are those of CUS-1.3 and CUS-3.1: version 1, case 16, key 32 (byte 18 on, as tail
// counts); a record's "previous" begins at 58, its file's hash at 115 and its hand-over at 187, a
// hand-over's second key at 90.
std::string_view custody_check_script() {
  return R"SH(# Who had this evidence, and how to check that nobody changed the record of it, without Tocsin.
#
# Run this in its folder: sh VERIFY.txt
# It needs OpenSSL 3 and what every Linux has, and ends with the line: every check held
#
# Each line of custodian-*.jsonl is a record, signed by one custodian, as DSSE v1 describes.
# Each record holds the SHA-256 of the record before: none can be changed, left out or put between.
# Each hand-over-*.json is signed by both, and a record names it by its hash.
# A file time-stamp-*.tsr is checked with the certificate of its authority, which you need to get:
#   openssl ts -verify -queryfile X.tsq -in X.tsr -CAfile authority.pem
#
# Whoever gave you these files could have written this text as well, and a key is not a person:
# ask every custodian, on a way of your own, whether the number of the file is that of their key.
# A record cut off at the end is seen by comparing with a copy that somebody else has.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

member() { sed "s/.*\"$1\":\"\([A-Za-z0-9+=/.]*\)\".*/\1/"; }
hash_of() { sha256sum | cut -c 1-64; }
hex() { od -An -v -tx1 | tr -d ' \n'; }
bytes() { tail -c "+$1" "$work/body" | head -c "$2"; }

# A public key of Ed25519 as OpenSSL reads it: twelve bytes in front.
key_at() {
  { printf '\060\052\060\005\006\003\053\145\160\003\041\000'; bytes "$1" 32; } >"$work/key"
}
# The bytes that were signed: the document with its type and the lengths of both in front.
open_line() {
  type=$(printf '%s' "$1" | member payloadType)
  printf '%s' "$1" | member payload | base64 -d >"$work/body"
  { printf 'DSSEv1 %d %s %d ' "${#type}" "$type" "$(wc -c <"$work/body")"; cat "$work/body"; } >"$work/signed"
}
# Whether one of the signatures of a line is by the key.
signed_by_key() {
  for signature in $(printf '%s' "$1" | grep -o '"sig":"[A-Za-z0-9+/=]*"' | cut -d '"' -f 4); do
    printf '%s' "$signature" | base64 -d >"$work/signature"
    if openssl pkeyutl -verify -pubin -keyform DER -inkey "$work/key" -rawin -in "$work/signed" \
      -sigfile "$work/signature" >/dev/null 2>&1; then return 0; fi
  done
  return 1
}
wrong() { echo "NOT HELD: $1"; exit 1; }

for file in custodian-*.jsonl; do
  [ -e "$file" ] || wrong "there are no records"
  previous=$(head -c 32 /dev/zero | hex)
  number=0
  chain=
  while IFS= read -r line; do
    open_line "$line"
    owner=$(bytes 2 48 | hash_of)
    [ "${chain:=$owner}" = "$owner" ] || wrong "$file, record $number: another case or custodian"
    key_at 18
    signed_by_key "$line" || wrong "$file, record $number: the signature"
    [ "$(bytes 58 32 | hex)" = "$previous" ] || wrong "$file, record $number: what was before"
    bytes 187 32 | hex >>"$work/named"
    echo >>"$work/named"
    bytes 115 32 | hex >>"$work/contents"
    echo >>"$work/contents"
    previous=$({ printf 'tocsin/1 custody record'; cat "$work/body"; } | hash_of)
    number=$((number + 1))
  done <"$file"
  echo "$file: $number records, each signed, each naming the one before"
done
for file in hand-over-*.json; do
  [ -e "$file" ] || continue
  line=$(cat "$file")
  open_line "$line"
  key_at 18
  signed_by_key "$line" || wrong "$file: the signature of who gave"
  key_at 90
  signed_by_key "$line" || wrong "$file: the signature of who took"
  hash=$({ printf 'tocsin/1 custody handover'; cat "$work/body"; } | hash_of)
  grep -q "$hash" "$work/named" || wrong "$file: no record names it"
  echo "$file: signed by both"
done
# In a bag: every file of it is one that a record is about.
if [ -e ../manifest-sha256.txt ]; then
  while read -r hash name; do
    grep -q "^$hash$" "$work/contents" || wrong "$name: no record is about this file"
  done <../manifest-sha256.txt
  echo "the files are those of the records"
fi
echo every check held
)SH";
}

}  // namespace tocsin
