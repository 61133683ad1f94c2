#!/usr/bin/env bash
# Compiles the program in the build tree:  compile.sh SOURCE TREE PMDS JOBS INSTALLED ABOUT
# INSTALLED gets opt/pantheonchain/bin/pantheon-node. ABOUT gets what the image says of it: `values` (version and revision, to be
# sourced) and `static` (the names of the libraries that were linked into it).
set -euo pipefail
source=$1 tree=$2 pmds=$3 jobs=$4 installed=$5 about=$6
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
    SOURCE_DATE_EPOCH=0 "$@"
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
{
  echo "version='$(in_tree meson introspect --projectinfo "$inside/out" | sed -E 's/.*"version": "([^"]+)".*/\1/')'"
  echo "revision='$({ echo "$pmds" && cd "$build" && made_from | xargs sha256sum; } | sha256sum | cut -d' ' -f1)'"
} > "$about/values"

# What is linked into it from Debian; the project's own archives are among its outputs.
in_tree ninja -C "$inside/out" -t commands "$target" | grep -oE '[^ :/]+\.a\b' | LC_ALL=C sort -u | while read -r archive; do
  [ -n "$(find "$build/out" -name "$archive" -print -quit)" ] || echo "$archive"
done > "$about/static"
