#!/usr/bin/env bash
# As in a pod: the process may use some CPUs, whichever they are, and the files count them from 0; a port is named by a variable
# of the environment that a device plugin would have set.
. "$(dirname "$0")/story.sh"

ends_with() { # ends_with CODE COMMAND…
    local code=$1 found
    shift
    timeout 30 "$@" >"$WORK/out" 2>"$WORK/err"
    found=$?
    cat "$WORK/out" "$WORK/err"
    ((found == code))
}
says() { grep -qF -- "$1" "$WORK/out" "$WORK/err"; }

write_pair alpha beta 1 server
write_pair beta alpha 2 client
# The last CPU of the machine: its number is not 0 where there are two.
last=$(($(nproc --all) - 1))
sed -i -E 's#-l [0-9]+#-l 0#' "$WORK/alpha/dpdk.conf"
sed -i -E 's/^cpu_cores = .*/cpu_cores = [0]/' "$WORK/alpha/config.toml"
cat >"$WORK/in-pod" <<RUN
#!/usr/bin/env bash
exec taskset -c $last "$NODE" --in-pod "\$@"
RUN
chmod +x "$WORK/in-pod"

check "CPU 0 of the files is the only one that the process has" \
    ends_with 0 "$WORK/in-pod" --config "$WORK/alpha/config.toml" --check-config
NODE="$WORK/in-pod" start alpha
until_true 30 memif_listens # start_pair says why
start beta
check "it starts" until_true 30 grep -q "ready$" "$WORK/alpha/log"
check "its worker is on that CPU" grep -qE "EAL: .*--lcores=0@\($last\),1@$last( |$)" "$WORK/alpha/log"
check "and exchanges frames" until_true 30 at_least 20 alpha /pantheon/peers beta received

sed -i -E 's#-l [0-9]+#-l 0-1#' "$WORK/beta/dpdk.conf"
sed -i -E 's/^cpu_cores = .*/cpu_cores = [0, 1]/' "$WORK/beta/config.toml"
check "more CPUs than it has are refused with 78" \
    ends_with 78 "$WORK/in-pod" --config "$WORK/beta/config.toml" --check-config
check "and told with what to ask for" says \
    "found CPU 1 of -l; the pod may use 1 CPUs, counted from 0: ask for 2 whole ones"

sed -i -E 's#^port-0-pci = .*#port-0-pci = $PCIDEVICE_TEST_FUNCTIONS[1]#; s# --no-pci##; s# --vdev=[^ ]+##; s#-l [0-9-]+#-l 0#' "$WORK/beta/dpdk.conf"
sed -i -E 's/^cpu_cores = .*/cpu_cores = [0]/' "$WORK/beta/config.toml"
check "a port that no variable names is refused with 78" \
    ends_with 78 "$WORK/in-pod" --config "$WORK/beta/config.toml" --check-config
check "and told" says "[ports] port-0-pci: found \$PCIDEVICE_TEST_FUNCTIONS[1]; is not set"
check "one that a variable names is accepted" env PCIDEVICE_TEST_FUNCTIONS=0000:3b:02.0,0000:3b:02.1 \
    timeout 30 "$WORK/in-pod" --config "$WORK/beta/config.toml" --check-config
check "outside a pod it is no address" ends_with 78 "$NODE" --config "$WORK/beta/config.toml" --check-config
