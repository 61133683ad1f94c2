#!/usr/bin/env bash
# Compiles DPDK from its source archive in the build tree, and prints where it is installed there (/opt/dpdk-…):
#     dpdk-archive.sh ARCHIVE SHA256 TREE PMDS JOBS WORK
# ARCHIVE is a file or an https:// address. It is compared before anything reads what is in it. Made once for an archive and its
# drivers; the tree keeps the last one.
set -euo pipefail
archive=$1 sha256=$2 tree=$3 pmds=$4 jobs=$5 work=$6
inside=/build # The same for every build: it ends up in the libraries.

# The options that PantheonChain's guide for nodes has, as far as they are about the libraries: an image has no examples and no
# kernel. Of the drivers only those that the image may have, with what they stand on.
drivers=bus/pci,bus/vdev,bus/auxiliary,mempool/ring,common/iavf,common/mlx5,$(sed -E 's,(^|\,)([a-z0-9]+)_,\1\2/,g' <<< "$pmds")
options=(-Dplatform=generic -Dmax_numa_nodes=8 -Dmax_ethports=32 -Ddisable_drivers= -Denable_drivers="$drivers" -Dexamples= -Dtests=false)

key=$(cat "$0" - <<< "$sha256 ${options[*]}" | sha256sum | cut -c 1-12)
prefix=/opt/dpdk-$key
find "$tree/opt" -maxdepth 1 -name 'dpdk-*' ! -path "$tree$prefix" -exec rm -rf --one-file-system {} +
if [ -d "$tree$prefix" ]; then
  echo "$prefix"
  exit
fi

fail() {
  echo "image: $1" >&2
  exit 1
}
case $archive in
  https://*)
    command -v curl > /dev/null || fail "there is no program curl; install it, or give the archive of DPDK as a file"
    curl --silent --show-error --fail --location --proto '=https' --max-time 900 --output "$work/dpdk.archive" "$archive" ||
      fail "$archive cannot be read; see that this machine reaches it, or give the archive of DPDK as a file"
    ;;
  *) cp "$archive" "$work/dpdk.archive" || fail "$archive cannot be read; give a file or an https:// address" ;;
esac
found=$(sha256sum < "$work/dpdk.archive" | cut -d' ' -f1)
[ "$found" = "$sha256" ] ||
  fail "$archive has the SHA-256 $found, asked was $sha256; compare it with the one that dpdk.org tells. It was not unpacked"

build=$tree$inside log=$work/dpdk.log
clean() { rm -rf --one-file-system "$build"; }
trap clean EXIT
clean
mkdir -p "$build/unpacked"
alone=()
unshare --net true 2> /dev/null && alone=(unshare --net)
in_tree() {
  "${alone[@]}" chroot "$tree" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/nonexistent LC_ALL=C.UTF-8 SOURCE_DATE_EPOCH=0 CCACHE_DISABLE=1 "$@"
}
mv "$work/dpdk.archive" "$build/archive"
# By Python (the tree has no xz), in the tree: what it unpacks cannot lie anywhere else. An archive has one folder.
in_tree python3 -m tarfile -e "$inside/archive" "$inside/unpacked" > "$log" 2>&1 &&
  mv "$build/unpacked"/* "$build/source" >> "$log" 2>&1 &&
  in_tree meson setup --wrap-mode=nodownload --prefix="$prefix" --libdir=lib --buildtype=release --default-library=static \
    "${options[@]}" "$inside/out" "$inside/source" >> "$log" 2>&1 &&
  in_tree ninja -C "$inside/out" -j "$jobs" >> "$log" 2>&1 &&
  in_tree env DESTDIR="$inside/installed" meson install -C "$inside/out" --no-rebuild >> "$log" 2>&1 || {
  tail -n 100 "$log" >&2
  fail "DPDK could not be compiled: $(grep -E '(error|ERROR|Error):' "$log" | head -n 1); see above"
}
# The programs are not asked for. The licences go with the libraries; the archive tells its version.
rm -rf "$build/installed$prefix/bin" "$build/installed$prefix/share"
{ cat "$build/source/license/README" && cat "$build/source"/license/*.txt; } > "$build/installed$prefix/copyright"
mkdir -p "$tree/opt"
mv "$build/installed$prefix" "$tree$prefix"
echo "$prefix"
