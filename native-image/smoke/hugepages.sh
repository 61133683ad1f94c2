#!/usr/bin/env bash
# A node that crashes leaves no hugepage behind, and its threads run where they should. Needs root, to set up 80 pages
# of 2 MiB and a mount for the time of the story; skipped without.
. "$(dirname "$0")/story.sh"
PAGES=/sys/kernel/mm/hugepages/hugepages-2048kB
BEFORE=$(cat "$PAGES/nr_hugepages" 2>/dev/null || echo 0)
give_back() {
    local pid
    for pid in "${STARTED[@]}"; do kill -KILL "$pid" 2>/dev/null; done
    wait 2>/dev/null
    umount "$WORK/huge" 2>/dev/null
    [[ $(cat "$PAGES/nr_hugepages" 2>/dev/null) == "$BEFORE" ]] || echo "$BEFORE" >"$PAGES/nr_hugepages"
    end_story
}
trap give_back EXIT
mkdir "$WORK/huge"
free_pages() { cat "$PAGES/free_hugepages"; }
if ! { echo $((BEFORE + 80)) >"$PAGES/nr_hugepages" && (($(free_pages) >= 80)) &&
    mount -t hugetlbfs -o pagesize=2M none "$WORK/huge"; } 2>/dev/null; then
    skip "no hugepages can be had"
fi

write_pair alpha beta 1 server
write_pair beta alpha 2 client
for name in alpha beta; do
    sed -i "s# --no-huge # #; s# -m 256 # --huge-dir=$WORK/huge #; s/^socket-mem.*/socket-mem = 64/; s/^mempool-size.*/mempool-size = 2047/" \
        "$WORK/$name/dpdk.conf"
done
FREE=$(free_pages)
start_pair
check "frames are exchanged" until_true 30 at_least 10 alpha /pantheon/peers beta received
check "hugepages are in use" test "$(free_pages)" -le $((FREE - 64))
check "no file of them stands in the mount" test -z "$(ls -A "$WORK/huge")"

# affinity PID THREAD: the CPUs of the thread with this name.
affinity() {
    local task
    for task in "/proc/$1/task"/*; do
        [[ $(cat "$task/comm") == "$2" ]] && awk '/^Cpus_allowed_list/ { print $2 }' "$task/status"
    done
}
DATA=$(first_cpus 1)
check "the worker runs on the CPU of -l" test "$(affinity "$PID_alpha" rte-worker-1)" = "$DATA"
if (($(nproc) > 1)); then
    check "the control thread runs elsewhere" test "$(affinity "$PID_alpha" pantheon-node)" != "$DATA"
    check "EAL's interrupt thread runs elsewhere" test "$(affinity "$PID_alpha" eal-intr-thread)" != "$DATA"
fi

kill -KILL "$PID_alpha" "$PID_beta"
check "alpha is gone" exits "$PID_alpha" 10 137
check "beta is gone" exits "$PID_beta" 10 137
all_back() { (($(free_pages) == FREE)); }
check "every hugepage is free again" until_true 10 all_back
