#!/usr/bin/env bash
# Prints the path of a Debian tree that has a compiler, and makes it where there is none:
#     build-tree.sh CACHE SUITE REFRESH WORK MIRROR…
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cache=$1 suite=$2 refresh=$3 work=$4
shift 4

key=$(cat "$here/build-packages.txt" "$0" - <<< "$suite $refresh $(dpkg --print-architecture)" | sha256sum | cut -c 1-12)
tree=$cache/tree-$suite-$key
if [ ! -d "$tree" ]; then
  packages=$(grep -v '^#' "$here/build-packages.txt" | paste -sd,)
  # Of the documentation only what the licences ask for is kept.
  mmdebstrap --quiet --mode=root --variant=essential --include="$packages" \
    --aptopt='Acquire::Languages "none"' \
    --dpkgopt=force-unsafe-io \
    --dpkgopt='path-exclude=/usr/share/doc/*/*' --dpkgopt='path-include=/usr/share/doc/*/copyright' \
    --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
    "$suite" "$work/tree" "$@" >&2
  mv "$work/tree" "$tree"
fi
# Nothing is based on the trees of other lists, and each takes 0.7 GB. `tree-` without a suite are those of earlier versions.
find "$cache" -maxdepth 1 \( -name "tree-$suite-*" -o -name 'tree-*' ! -name 'tree-*-*' \) ! -path "$tree" -exec rm -rf --one-file-system {} +
echo "$tree"
