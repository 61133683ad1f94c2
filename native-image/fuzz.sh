#!/usr/bin/env bash
# Fuzzes what reads bytes from outside, with clang's libFuzzer and sanitizers: fuzz.sh [SECONDS], 60 for each if not given.
# Nightly. What it finds lies in $BUILD/findings; new inputs worth keeping go into src/fuzz/corpus by hand.
set -euo pipefail
cd "$(dirname "$0")"
SECONDS_EACH=${1:-60}
BUILD=${BUILD:-build-fuzz}
if ! command -v clang >/dev/null; then
    echo "clang is missing: install clang (Debian's package) to fuzz; test.sh replays the corpora without it"
    exit 0
fi
[[ -f $BUILD/build.ninja ]] || CC=clang meson setup "$BUILD" -Dfuzzers=true -Dtests=false \
    -Db_sanitize=address,undefined -Db_lundef=false
kinds=()
for source in src/*/fuzz_*.c; do
    kind=${source##*/fuzz_}
    kinds+=("${kind%.c}")
done
nice -n 10 ninja -C "$BUILD" -j 2 "${kinds[@]/#/fuzz_}"
mkdir -p "$BUILD/findings"
for kind in "${kinds[@]}"; do
    mkdir -p "$BUILD/corpus-$kind"
    nice -n 10 "$BUILD/src/fuzz_$kind" -max_total_time="$SECONDS_EACH" -max_len=8192 -timeout=10 -print_final_stats=1 \
        -artifact_prefix="$BUILD/findings/$kind-" "$BUILD/corpus-$kind" "src/fuzz/corpus/$kind"
done
