#!/usr/bin/env bash
# Puts the image's files together:  runtime-tree.sh TREE INSTALLED ABOUT ROOT DPDK
# DPDK is where the tree has one that was compiled from its source archive; empty: Debian's.
# ROOT gets the program and, out of the Debian tree that it was compiled in, so that versions agree, what it needs to run and no more:
#   opt/pantheonchain/bin    the program
#   opt/pantheonchain/lib    the shared libraries that it needs beside glibc: with the program they run on any host whose glibc
#                            is not older, without the rest of the image
#   usr/lib, usr/lib64       glibc
#   usr/share/doc/*/copyright, usr/share/common-licenses   the licences of what is shipped, as they ask for
#   var/lib/dpkg/status.d    which Debian packages these files are from, where scanners for known weaknesses look
#   usr/share/sbom           the same and more as SPDX: sbom.py
# ABOUT gets `origins`: PACKAGE static|shared NAME for each library, as sbom.py reads it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
tree=$1 installed=$2 about=$3 root=$4 dpdk=$5
program=opt/pantheonchain/bin/pantheon-node
triplet=$(chroot "$tree" gcc -print-multiarch)

mkdir -p "$root/usr/lib/$triplet" "$root/usr/lib64" "$root/opt/pantheonchain/bin" "$root/opt/pantheonchain/lib" "$root/etc" \
  "$root/dev" "$root/proc" "$root/sys" "$root/run" "$root/var/lib/dpkg/status.d"
mkdir -m 1777 "$root/tmp"
ln -s usr/lib "$root/lib"
ln -s usr/lib64 "$root/lib64"
install -m 755 "$installed/$program" "$root/$program"
# 65532 is the image's own user (push.sh).
for account in root:0 pantheon:65532 nobody:65534; do
  name=${account%:*} id=${account#*:}
  echo "$name:x:$id:$id:$name:/nonexistent:/nonexistent" >> "$root/etc/passwd"
  echo "$name:x:$id:" >> "$root/etc/group"
done

owner_of() { # owner_of PATH: the Debian package of a file, whose list may know it below / or below /usr
  local path found
  for path in "$1" "/usr$1" "${1#/usr}"; do
    # The loader of trixie is diverted, which is told in lines of their own.
    found=$(chroot "$tree" dpkg-query --search "$path" 2> /dev/null | grep -v '^diversion ') && cut -d: -f1 <<< "$found" && return
  done
  echo "image: $1 is from no Debian package, so its licence is not known; take it from a package" >&2
  return 1
}

# What the loader finds, and libgcc_s.so.1, which it does not: glibc opens it by name when a thread is cancelled
# (sysdeps/nptl/unwind-link), as DPDK does with its own at the end (rte_eal_cleanup).
needed() {
  cp "$installed/$program" "$tree/program-to-look-at"
  chroot "$tree" ldd /program-to-look-at | grep -oE '/[^ ]+'
  rm "$tree/program-to-look-at"
  echo "/lib/$triplet/libgcc_s.so.1"
}

origins=$about/origins
: > "$origins"
for path in $(needed | LC_ALL=C sort -u); do
  package=$(owner_of "$path")
  echo "$package shared ${path##*/}" >> "$origins"
  if [ "$package" = libc6 ]; then
    install -m 755 -D "$tree$path" "$root/usr/${path#/}"
  else
    install -m 644 "$tree$path" "$root/opt/pantheonchain/lib/${path##*/}"
  fi
done
# libxdp's program for AF_XDP's sockets, which the kernel runs: a port names it (components/kubernetes/nic-mode.ts).
if grep -q ' libxdp\.so' "$origins"; then
  program_of_xdp=/usr/lib/$triplet/bpf/xsk_def_xdp_prog.o
  install -m 644 "$tree$program_of_xdp" "$root/opt/pantheonchain/lib/xsk_def_xdp_prog.o"
  echo "$(owner_of "$program_of_xdp") shared xsk_def_xdp_prog.o" >> "$origins"
fi
while read -r name; do
  if [ -n "$dpdk" ] && [ -e "$tree$dpdk/lib/$name" ]; then
    package=dpdk
  else
    package=$(owner_of "/usr/lib/$triplet/$name")
  fi
  echo "$package static $name" >> "$origins"
done < "$about/static"

for package in $(cut -d' ' -f1 "$origins" | LC_ALL=C sort -u); do
  if [ "$package" = dpdk ]; then
    install -m 644 -D "$tree$dpdk/copyright" "$root/usr/share/doc/dpdk/copyright"
    continue
  fi
  install -m 644 -D "$tree/usr/share/doc/$package/copyright" "$root/usr/share/doc/$package/copyright"
  chroot "$tree" dpkg-query --status "$package" > "$root/var/lib/dpkg/status.d/$package"
done
mkdir -p "$root/usr/share/common-licenses"
for licence in $(grep -rhoE '/usr/share/common-licenses/[A-Za-z0-9.+-]*[A-Za-z0-9]' "$root/usr/share/doc" | LC_ALL=C sort -u); do
  install -m 644 "$tree$licence" "$root$licence"
done

mkdir -p "$root/usr/share/sbom"
SOURCE_DATE_EPOCH=0 python3 "$here/sbom.py" "$about" "$root" > "$root/usr/share/sbom/pantheon-node.spdx.json"
