#!/usr/bin/env bash
# Fuzzes what reads bytes from outside, with clang's libFuzzer and sanitizers:
#
#     fuzz.sh [SECONDS]         so long for each target, 60 s if not given
#     fuzz.sh --runs N [FILE]   so many executions of each target; FILE gets a line of JSON each. Nightly, with 10 million
#     TARGETS="ini toml" fuzz.sh …   these alone; the others keep their lines of FILE
#
# Ends with a table; 1 where something was found, which lies in $BUILD/findings. New inputs worth keeping go into
# src/fuzz/corpus by hand.
set -uo pipefail
cd "$(dirname "$0")"
BUILD=${BUILD:-build-fuzz}
record=/dev/null
if [[ ${1:-} == --runs ]]; then
    limit=-runs=${2:?how many executions}
    record=${3:-/dev/null}
else
    limit=-max_total_time=${1:-60}
fi
if ! command -v clang >/dev/null; then
    echo "fuzz.sh: clang is missing; install Debian's package clang. test.sh replays the corpora without it" >&2
    exit 1
fi
mkdir -p "$(dirname "$BUILD")"
[[ -f $BUILD/build.ninja ]] || CC=clang meson setup "$BUILD" -Dfuzzers=true -Dtests=false \
    -Db_sanitize=address,undefined -Db_lundef=false || exit 1
# Each of them, wherever its folder is: src/fuzz_ini, src/bench/fuzz_proc, …
mapfile -t programs < <(ninja -C "$BUILD" -t targets all | sed -n 's/^\(.*\/fuzz_[a-z]*\): c_LINKER$/\1/p' | sort)
((${#programs[@]} > 0)) || { echo "fuzz.sh: no fuzz target in $BUILD; remove that folder, it is made anew" >&2; exit 1; }
nice -n 10 ninja -C "$BUILD" -j 2 "${programs[@]}" || exit 1
if [[ -n ${TARGETS:-} ]]; then
    mapfile -t programs < <(printf '%s\n' "${programs[@]}" | grep -E "/fuzz_(${TARGETS// /|})$")
    ((${#programs[@]} > 0)) || { echo "fuzz.sh: no fuzz target of TARGETS=\"$TARGETS\"" >&2; exit 1; }
else
    : >"$record"
fi
mkdir -p "$BUILD/findings"

# longest KIND: bytes of an input. A longer one costs time and shows nothing new: these readers go message by message or line by line.
longest() {
    case $1 in
        packet | shred) echo 2048 ;;
        proc | hello) echo 256 ;;
        *) echo 512 ;;
    esac
}

# note LINE: into the record, in place of what it said of this target.
note() {
    [[ $record != /dev/null ]] || return 0
    touch "$record"
    { grep -v "\"target\": \"$kind\"" "$record"; echo "$1"; } >"$record.part"
    mv "$record.part" "$record"
}

# stat LOG NAME: one of libFuzzer's final numbers.
stat() { sed -n "s/^stat::$2: *//p" "$1"; }

failed=0
table=$(printf '%-16s %12s %8s %9s' target executions seconds findings)
for program in "${programs[@]}"; do
    kind=${program##*/fuzz_}
    log=$BUILD/fuzz-$kind.log start=$SECONDS findings=0
    mkdir -p "$BUILD/corpus-$kind"
    echo "== $kind"
    nice -n 10 "$BUILD/$program" "$limit" -max_len="$(longest "$kind")" -timeout=60 -print_final_stats=1 -verbosity=0 \
        -artifact_prefix="$BUILD/findings/$kind-" "$BUILD/corpus-$kind" "src/fuzz/corpus/$kind" >"$log" 2>&1 || findings=1
    ((findings == 0)) || { failed=1; tail -n 60 "$log"; }
    executions=$(stat "$log" number_of_executed_units)
    table+=$'\n'$(printf '%-16s %12s %8s %9s' "$kind" "${executions:-0}" $((SECONDS - start)) "$findings")
    note "{\"target\": \"$kind\", \"executions\": ${executions:-0}, \"seconds\": $((SECONDS - start)), \"findings\": $findings}"
done
echo "$table"
exit "$failed"
