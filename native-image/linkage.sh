#!/usr/bin/env bash
# What the program needs to run: glibc and libnuma, nothing of DPDK. linkage.sh PROGRAM
set -u
PROGRAM=$1
ldd "$PROGRAM" | sed 's/^/# /'
NEEDED=$(readelf --dynamic "$PROGRAM" | sed -n 's/.*Shared library: \[\(.*\)\]/\1/p')
CASES=0
FAILED=0
say() { # say SENTENCE STATUS
    CASES=$((CASES + 1))
    (($2 == 0)) && echo "ok $CASES - $1" && return
    FAILED=1
    echo "not ok $CASES - $1"
}
! grep -q '^librte_' <<<"$NEEDED"
say "no librte_*.so is needed" $?
! grep -vqE '^(libc|libm|libnuma|ld-linux-x86-64)\.so\.[0-9]+$' <<<"$NEEDED"
say "nothing beside glibc and libnuma is needed" $?
readelf --dynamic "$PROGRAM" | grep -qF '[$ORIGIN/../lib]'
say "shared libraries are found in lib/ next to bin/" $?
readelf --file-header "$PROGRAM" | grep -q 'DYN (Position-Independent' && readelf --dynamic "$PROGRAM" | grep -q 'NOW' &&
    readelf --program-headers "$PROGRAM" | grep -q 'GNU_RELRO'
say "position-independent, relocations read-only and bound at start" $?
! readelf --program-headers --wide "$PROGRAM" | grep -E 'GNU_STACK' | grep -q 'RWE'
say "the stack is not executable" $?
nm --dynamic "$PROGRAM" | grep -q '__stack_chk_fail' && nm --dynamic "$PROGRAM" | grep -q '_chk@'
say "stack protector and fortified functions are in it" $?
for driver in net_e1000_igb_vf net_i40e net_iavf net_ice net_ena net_memif; do
    grep -qaF "$driver" "$PROGRAM"
    say "has the driver $driver" $?
done
echo "1..$CASES"
exit $FAILED
