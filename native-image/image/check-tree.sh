#!/usr/bin/env bash
# Refuses an image that holds anything else than it is meant to, or whose program does not start:  check-tree.sh ROOT
set -euo pipefail
root=$1
refuse() {
  echo "image: $1; this is a mistake of native-image/image, nothing was pushed" >&2
  exit 1
}

# What may be in it, rather than what may not: no shell, compiler or package manager has another name here.
meant='^('
meant+='opt/pantheonchain/(bin/pantheon-node|lib/([^/]+\.so[.0-9]*|xsk_def_xdp_prog\.o))|usr/lib(64|/[^/]+)?/[^/]+\.so[.0-9]*|etc/(passwd|group)|'
meant+='usr/share/doc/[^/]+/copyright|usr/share/common-licenses/[^/]+|var/lib/dpkg/status\.d/[^/]+|'
meant+='usr/share/sbom/pantheon-node\.spdx\.json)$'
other=$(cd "$root" && find . ! -type d -printf '%P %y\n' | grep -vE '^lib(64)? l$' | sed -E 's/ f$//' | grep -vE "$meant" |
  head -n 1) || true
[ -z "$other" ] || refuse "the image holds $other, which is not meant to be there"
special=$(cd "$root" && find . -perm /6000 -printf '%P\n' | head -n 1)
[ -z "$special" ] || refuse "the image holds $special with a set-user-id or set-group-id bit"

program=/opt/pantheonchain/bin/pantheon-node
# A container has /proc, from which the loader takes $ORIGIN; a plain chroot has not.
export LD_ORIGIN_PATH=/opt/pantheonchain/bin
version=$(chroot "$root" "$program" --version 2>&1) || refuse "the program does not start in the image: $(tail -n 1 <<< "$version")"
loader=$(find "$root/usr" -name 'ld-linux*' -printf '/usr/%P' -quit)
# A library that is found by another way than RPATH would be missing on a host that runs the program without the image.
astray=$(chroot "$root" "$loader" --list "$program" | grep -E '=>' |
  grep -vE '=> (/opt/pantheonchain/bin/\.\./lib/|/(usr/)?lib)' | head -n 1) || true
[ -z "$astray" ] || refuse "a library of the program is not found: $astray"
echo "step: $version, $(du --apparent-size -s -B 1000 "$root" | cut -f1) kB in $(find "$root" -type f | wc -l) files"
