# deploy/quickstart.d/stage.sh: people, commands and checks of deploy/quickstart. Sourced, not run.
#
# Every person has a folder of their own, as if it were their own laptop. `type_as anna tocsin …` prints what Anna
# types, runs it there, and keeps its output in $output. Every check ends the quickstart when it does not hold.

# shellcheck shell=bash
stage=$(mktemp -d "${TMPDIR:-/tmp}/tocsin-quickstart.XXXXXX")
declare -A background=()   # name -> process id
output=
checks=0

clean_up() {
  local status=$?
  local name
  for name in "${!background[@]}"; do
    kill "${background[$name]}" 2>/dev/null || true
    wait "${background[$name]}" 2>/dev/null || true
  done
  if [ "$status" -eq 0 ]; then
    rm -rf "$stage"
  else
    printf '\nFAILED. Everything is left in %s\n' "$stage" >&2
  fi
}
trap clean_up EXIT

chapter() { printf '\n\n== %s\n' "$*"; }
note() { printf '\n# %s\n' "$*"; }

fail() {
  printf '\nerror: %s\n' "$1" >&2
  printf 'hint:  the last output was:\n%s\n' "$output" >&2
  exit 1
}

# Words as a person would type them: quoted only where a shell needs it.
quoted() {
  local word text=
  for word in "$@"; do
    case $word in
      *[!A-Za-z0-9_./:=,@+-]* | '') word="\"$word\"" ;;
    esac
    text+="${text:+ }$word"
  done
  printf '%s' "$text"
}

# In a subshell that stands in somebody's folder: that folder is home.
at_home() {
  unset XDG_DATA_HOME XDG_RUNTIME_DIR
  export HOME=$PWD LC_ALL=C.UTF-8
  "$@"
}

# run_as PERSON WANTED-EXIT COMMAND…: standard input is the command's.
run_as() {
  local person=$1 wanted=$2 status=0
  shift 2
  output=$(cd "$stage/$person" && at_home "$@" 2>&1) || status=$?
  [ "$status" -eq "$wanted" ] || fail "'$(quoted "$@")' of $person ended with $status, not with $wanted"
  checks=$((checks + 1))
}

type_as() {
  local person=$1
  shift
  printf '\n%s$ %s\n' "$person" "$(quoted "$@")"
  run_as "$person" 0 "$@" </dev/null
  printf '%s\n' "$output"
}

# The same for a command that must be refused with this exit code.
type_refused() {
  local person=$1 code=$2
  shift 2
  printf '\n%s$ %s\n' "$person" "$(quoted "$@")"
  run_as "$person" "$code" "$@" </dev/null
  printf '%s\n[ends with exit code %s]\n' "$output" "$code"
}

# type_text PERSON TEXT COMMAND…: what is written comes by standard input, never as an argument.
type_text() {
  local person=$1 text=$2
  shift 2
  printf '\n%s$ echo "%s" | %s\n' "$person" "$text" "$(quoted "$@")"
  run_as "$person" 0 "$@" <<<"$text"
  printf '%s\n' "$output"
}

# Quietly: for values that later steps need.
json_of() {
  local person=$1 expression=$2
  shift 2
  run_as "$person" 0 "$@" --json </dev/null
  python3 -c 'import json, sys; j = json.loads(sys.argv[1]); print(eval(sys.argv[2]))' "$output" "$expression"
}

# Not shown, and allowed to fail: what a person does now and then, inside wait_for.
quietly() {
  local person=$1
  shift
  (cd "$stage/$person" && at_home "$@" >/dev/null 2>&1 </dev/null) || true
}
# says PERSON TEXT COMMAND…: whether the command's output has the text.
says() {
  local person=$1 wanted=$2
  shift 2
  (cd "$stage/$person" && at_home "$@" 2>&1 </dev/null) | grep -qF -- "$wanted"
}

expect() {
  local wanted
  for wanted in "$@"; do
    grep -qF -- "$wanted" <<<"$output" || fail "expected to read: $wanted"
    checks=$((checks + 1))
  done
}
expect_not() {
  if grep -qF -- "$1" <<<"$output"; then fail "must not appear: $1"; fi
  checks=$((checks + 1))
}

# expect_json PERSON 'EXPRESSION over j' COMMAND…
expect_json() {
  local value
  value=$(json_of "$@")
  [ "$value" = True ] || fail "does not hold for $1: $2"
  checks=$((checks + 1))
}

# wait_for SECONDS COMMAND…: until it succeeds.
wait_for() {
  local end=$((SECONDS + $1))
  shift
  until "$@" 2>/dev/null; do
    [ "$SECONDS" -lt "$end" ] || fail "waited too long for: $*"
    sleep 0.05
  done
}

# in_background NAME FOLDER COMMAND…: its output goes to FOLDER/NAME.log.
in_background() {
  local name=$1 folder=$stage/$2
  shift 2
  (cd "$folder" && at_home exec "$@" >>"$name.log" 2>&1 </dev/null) &
  background[$name]=$!
}

# stop NAME [SIGNAL]
stop() {
  kill "-${2:-TERM}" "${background[$1]}"
  wait "${background[$1]}" 2>/dev/null || true
  unset "background[$1]"
}

milliseconds() { echo $(($(date +%s%N) / 1000000)); }
