#!/usr/bin/env bash
# Compiles the program in the build tree:  compile.sh SOURCE TREE PMDS JOBS INSTALLED ABOUT DPDK SHA256
# DPDK is where the tree has one from a source archive with that SHA-256; empty: Debian's.
# With CCACHE_RECACHE=1 all is compiled anew, for who wants to see that it comes out the same.
# INSTALLED gets opt/pantheonchain/bin/pantheon-node. ABOUT gets what the image says of it: `values` (to be sourced: version, revision,
# cpu, dpdk, dpdk_source, distribution) and `static` (the names of the libraries that were linked into it).
set -euo pipefail
source=$1 tree=$2 pmds=$3 jobs=$4 installed=$5 about=$6 dpdk_folder=$7 dpdk_sha256=$8
inside=/build # The same for every build: it may end up in the program.
build=$tree$inside

clean() { rm -rf --one-file-system "$build"; }
trap clean EXIT
clean
mkdir -p "$build/source" "$installed" "$about"
# Not what people have compiled there themselves, and not this folder, whose scripts are no part of the program.
tar -C "$source" --exclude='./build*' --exclude=./image -c . | tar -C "$build/source" -x --no-same-owner

# Only Debian's packages: meson downloads nothing, and could not where a network of its own, without any way out, is allowed.
alone=()
unshare --net true 2> /dev/null && alone=(unshare --net)
in_tree() {
  "${alone[@]}" chroot "$tree" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/nonexistent LC_ALL=C.UTF-8 \
    SOURCE_DATE_EPOCH=0 CCACHE_DIR=/var/cache/ccache CCACHE_MAXSIZE=500M ${CCACHE_RECACHE:+CCACHE_RECACHE=1} \
    ${dpdk_folder:+PKG_CONFIG_PATH="$dpdk_folder/lib/pkgconfig"} "$@"
}

# RPATH rather than RUNPATH: only that is also searched for what the libraries themselves need, and for the libgcc_s.so.1 that glibc
# opens by name (ld.so(8)).
log=$about/compile.log
in_tree LDFLAGS="-Wl,-rpath,\$ORIGIN/../lib -Wl,--disable-new-dtags" \
  meson setup --wrap-mode=nodownload --prefix=/opt/pantheonchain --bindir=bin --libdir=lib --strip \
  -Dpmds="$pmds" -Dstatic_dpdk=true -Dtests=false "$inside/out" "$inside/source" > "$log" 2>&1 &&
  in_tree meson compile -C "$inside/out" -j "$jobs" pantheon-node >> "$log" 2>&1 &&
  in_tree DESTDIR="$inside/installed" meson install -C "$inside/out" --no-rebuild >> "$log" 2>&1 || {
  cat "$log" >&2
  echo "image: pantheon-node could not be compiled: $(grep -E '(error|ERROR):|cannot find' "$log" | head -n 1); see above" >&2
  exit 1
}
cp -a "$build/installed/." "$installed/"

# Where in the project the program stands is the project's own business.
target=$(cd "$build/out" && find . -name pantheon-node -type f -printf '%P' -quit)

# The revision names what the program was made from, as the build itself knows it: a changed test or text gives the same image.
made_from() {
  local tool
  for tool in "inputs $target" "inputs build.ninja" deps; do in_tree ninja -C "$inside/out" -t $tool; done |
    grep -oE '(\.\./|/build/)source/.*' | sed -E 's,^(\.\./|/build/),,' | LC_ALL=C sort -u
}
introspected() { # introspected WHAT EXPRESSION: of meson's answer in JSON, which is `it`
  in_tree meson introspect "$1" "$inside/out" | python3 -c "import json, sys; it = json.load(sys.stdin); print($2)"
}
version=$(introspected --projectinfo "it['version']")
cpu=$(introspected --buildoptions "next(each['value'] for each in it if each['name'] == 'march')")
dpdk=$(in_tree pkg-config --modversion libdpdk)
dpdk_source="source archive with the SHA-256 $dpdk_sha256"
[ -n "$dpdk_folder" ] ||
  dpdk_source="Debian package libdpdk-dev $(in_tree dpkg-query --show --showformat='${Version}' libdpdk-dev)"
distribution=$(. "$tree/etc/os-release" && echo "$ID-$VERSION_ID")
# DPDK is part of what it was made from: images of two bases have two tags.
revision=$({ echo "$pmds $dpdk $dpdk_source" && cd "$build" && made_from | xargs sha256sum; } | sha256sum | cut -d' ' -f1)
for name in version revision cpu dpdk dpdk_source distribution; do echo "$name='${!name}'"; done > "$about/values"

# What is linked into it from Debian; the project's own archives are among its outputs.
in_tree ninja -C "$inside/out" -t commands "$target" | grep -oE '[^ :/]+\.a\b' | LC_ALL=C sort -u | while read -r archive; do
  [ -n "$(find "$build/out" -name "$archive" -print -quit)" ] || echo "$archive"
done > "$about/static"
