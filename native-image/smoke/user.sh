#!/usr/bin/env bash
# The node runs as an ordinary user without capabilities. Needs root to become one, and is skipped without.
. "$(dirname "$0")/story.sh"
if [[ $(id -u) != 0 ]] || ! setpriv --reuid=65534 --regid=65534 --clear-groups true 2>/dev/null; then
    skip "no other user can be become"
fi

chmod 755 "$WORK"
write_pair alpha beta 1 server
write_pair beta alpha 2 client
# The user can reach neither the build folder nor root's runtime folder.
cp "$NODE" "$WORK/node"
chmod 755 "$WORK/node" "$WORK/alpha" "$WORK/beta"
mkdir -p "$WORK/alpha/run" "$WORK/beta/run"
chown -R 65534 "$WORK/alpha" "$WORK/beta" && chmod 1777 "$WORK"
for name in alpha beta; do
    [[ $name == alpha ]] || until_true 30 memif_listens
    RUNTIME_DIRECTORY="$WORK/$name/run" setpriv --reuid=65534 --regid=65534 --clear-groups --bounding-set=-all \
        --inh-caps=-all --no-new-privs "$WORK/node" --config "$WORK/$name/config.toml" >"$WORK/$name/log" 2>&1 &
    STARTED+=($!)
    printf -v "PID_$name" %s $!
done
check "two unprivileged nodes exchange frames" until_true 30 at_least 30 alpha /pantheon/peers beta received
check "they have no capability at all" grep -qE '^CapEff:\s0+$' "/proc/$PID_alpha/status"
kill -TERM "$PID_alpha"
check "alpha ends with 0" exits "$PID_alpha" 10 0
