#!/usr/bin/env bash
# Every test of this folder: unit tests and fuzz corpora replayed, under sanitizers and without, the program's shape, and the
# stories of smoke/, likewise. With STORIES=plain, for whom minutes matter, what sanitizers show is shown by the unit tests, and
# what the program is when it is optimized by the stories: nothing is built or run twice. Builds into $BUILD (build/ if not
# given), $BUILD-sanitized and $BUILD-threads. The last line counts.
#
# Needs: gcc meson ninja-build pkg-config libdpdk-dev libnuma-dev libbsd-dev libjansson-dev libcmocka-dev
# python3 iproute2 iputils-ping (Debian's packages).
set -uo pipefail
cd "$(dirname "$0")"
BUILD=${BUILD:-build}
PASSED=0
FAILED=0
JOBS=${JOBS:-2}
# What stories and figures need; everything else is tests.
PROGRAMS=(src/pantheon-node src/bench/pantheon-bench src/smoke-echo)
# What several threads share without a lock.
SHARED=(worker_test_slots worker_test_halt application_test_handoff application_test_batches application_test_consensus_thread
    application_test_peer_thread)
# Under sanitizers, with lines of code in what they say and no more to debug by.
SANITIZED=(-Doptimization=1 -Ddebug=false -Dc_args=-g1)

# count FILE: adds up the TAP in it; a program that ended badly without a `not ok` counts as one.
count() {
    PASSED=$((PASSED + $(grep -cE '^\s*ok [0-9]+' "$1")))
    local failed
    failed=$(grep -cE '^\s*not ok [0-9]+' "$1")
    ((failed > 0 || $2 == 0)) || failed=1
    FAILED=$((FAILED + failed))
}

# build FOLDER "TARGET…" OPTION…: configured and compiled. Nothing can be tested where it is not.
build() {
    local folder=$1 targets=$2
    shift 2
    # A folder that another copy of the sources has configured would build those.
    if [[ -f $folder/build.ninja ]] && ! grep -qF " regenerate $PWD " "$folder/build.ninja"; then rm -rf "$folder"; fi
    [[ -f $folder/build.ninja ]] || meson setup "$folder" "$@" >"$folder.log" 2>&1 || { cat "$folder.log"; return 1; }
    # shellcheck disable=SC2086 # several words
    nice -n 10 ninja -C "$folder" -j "$JOBS" $targets >"$folder.log" 2>&1 || { grep -E 'error|warning' "$folder.log"; return 1; }
    rm -f "$folder.log"
}

# units FOLDER [TEST…]: all of them, or these.
units() {
    meson test -C "$1" --no-rebuild --print-errorlogs "${@:2}" >"$1/units.log" 2>&1
    local status=$?
    grep -E '^ *[0-9]+/[0-9]+ ' "$1/units.log"
    ((status == 0)) || sed -n '/Summary of Failures/,$p' "$1/units.log"
    count "$1/meson-logs/testlog.txt" "$status"
}

# races FOLDER: the tests of SHARED under ThreadSanitizer, which wants addresses that are not drawn anew.
races() {
    build "$1" "${SHARED[*]/#/src/}" -Db_sanitize=thread -Db_lundef=false "${SANITIZED[@]}" || return 1
    local status name
    for name in "${SHARED[@]}"; do
        CMOCKA_MESSAGE_OUTPUT=TAP setarch --addr-no-randomize "$1/src/$name" >"$1.log" 2>&1
        status=$?
        grep -E '^\s*(not )?ok |WARNING' "$1.log"
        count "$1.log" "$status"
    done
    rm -f "$1.log"
}

# both: everything plain and under sanitizers, or with STORIES=plain each once. The stories need the programs, whatever it is.
both() {
    local targets=
    [[ ${STORIES:-} == plain ]] && targets="${PROGRAMS[*]}"
    build "$BUILD" "$targets" && build "$BUILD-sanitized" "" -Db_sanitize=address,undefined "${SANITIZED[@]}"
}

# stories PROGRAM: each has two minutes, after which it is a failure.
stories() {
    local story status
    for story in smoke/*.sh; do
        [[ $story == smoke/story.sh ]] && continue
        echo "# $story ($1)"
        NODE=$(realpath "$1") timeout --kill-after=10 120 bash "$story" | tee "$BUILD/story.log"
        status=$?
        count "$BUILD/story.log" "$status"
    done
}

mkdir -p "$(dirname "$BUILD")"
if both; then
    if [[ ${STORIES:-} == plain ]]; then units "$BUILD" bench_test_commands; else units "$BUILD"; fi
    units "$BUILD-sanitized"
    races "$BUILD-threads" || FAILED=$((FAILED + 1))
    bash linkage.sh "$BUILD/src/pantheon-node" | tee "$BUILD/story.log"
    count "$BUILD/story.log" "$?"
    stories "$BUILD/src/pantheon-node"
    if [[ ${STORIES:-} != plain ]]; then
        # EAL keeps what it took until the process ends: not ours to report.
        export ASAN_OPTIONS=detect_leaks=0:abort_on_error=0 UBSAN_OPTIONS=halt_on_error=1:print_stacktrace=1
        stories "$BUILD-sanitized/src/pantheon-node"
    fi
else
    FAILED=1
fi
echo "$PASSED passed, $FAILED failed"
exit $((FAILED > 0))
