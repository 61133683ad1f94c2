#!/usr/bin/env bash
# Builds the data plane's container image without a daemon, pushes it and prints its digest (sha256:…), which is all that it prints on
# standard output:
#     build.sh --source DIR --cache DIR --pmds NAME,… --repository REGISTRY/NAME
#              [--plain-http] [--authfile FILE] [--suite bookworm|trixie] [--refresh TEXT]
#              [--dpdk-archive FILE|URL --dpdk-sha256 HEX] [--jobs N] [--keep DIR] [MIRROR…]
# In two stages: the program is compiled in a Debian tree, and the image is made of it and the few files that it needs to run. The
# same inputs and the same tree give the same digest. The tree is made once for its list of packages, its suite and --refresh, whose
# only meaning is that another text takes Debian's packages of today. DPDK is Debian's (22.11 in bookworm, 24.11 in trixie), or it is
# compiled in the tree from its source archive, whose SHA-256 is compared first.
# MIRRORs are mmdebstrap's; without any its default is used, which has the security updates. --keep leaves the image's files in DIR.
# Needs root, or sudo without a password. Each step is told on standard error as a line "step: …"; a mistake is its last line.
set -euo pipefail
umask 022
here=$(cd "$(dirname "$0")" && pwd)

fail() {
  echo "image: $1" >&2
  exit "${2:-1}"
}
step() { echo "step: $*" >&2; }

source='' cache='' pmds='' repository='' tls=true authfile='' suite=bookworm refresh='' dpdk_archive='' dpdk_sha256='' jobs=2 keep=''
arguments=("$@")
while [ $# -gt 0 ]; do
  case $1 in
    --plain-http) tls=false && shift && continue ;;
    --*) [ $# -ge 2 ] || fail "$1 has no value; give one" 2 ;;
    *) break ;;
  esac
  case $1 in
    --source) source=$2 ;; --cache) cache=$2 ;; --pmds) pmds=$2 ;; --repository) repository=$2 ;; --authfile) authfile=$2 ;;
    --suite) suite=$2 ;; --refresh) refresh=$2 ;; --jobs) jobs=$2 ;; --keep) keep=$2 ;;
    --dpdk-archive) dpdk_archive=$2 ;; --dpdk-sha256) dpdk_sha256=$2 ;;
    *) fail "there is no option $1; see the head of build.sh" 2 ;;
  esac
  shift 2
done
mirrors=("$@")
for name in source cache pmds repository; do
  [ -n "${!name}" ] || fail "--$name is missing; see the head of build.sh" 2
done
[[ $pmds =~ ^[a-z0-9_]+(,[a-z0-9_]+)*$ ]] || fail "--pmds: found $pmds; give names of DPDK's driver libraries as in net_e1000,net_virtio" 2
[[ -z $dpdk_archive || $dpdk_sha256 =~ ^[0-9a-f]{64}$ ]] ||
  fail "--dpdk-sha256: found '$dpdk_sha256'; give the archive's SHA-256, 64 digits in lowercase" 2

if [ "$(id -u)" -ne 0 ]; then
  sudo -n true 2> /dev/null ||
    fail "user $(id -un) is neither root nor allowed to use sudo without a password, which a Debian tree with its owners needs; \
run this as root, or run \`sudo -v\` first"
  exec sudo -n "$here/build.sh" "${arguments[@]}"
fi
[ -f "$source/meson.build" ] || fail "--source: there is no $source/meson.build; give the folder of the program" 2
for program in mmdebstrap buildah python3; do
  command -v "$program" > /dev/null || fail "there is no program $program; install Debian's package $program (npm start does)"
done

# With mounts of its own, nothing of the trees stays mounted however the build ends; without network, nothing but Debian's packages
# enters it (compile.sh). Not allowed in some containers.
if [ -z "${IMAGE_NAMESPACE:-}" ] && unshare --mount true 2> /dev/null; then
  IMAGE_NAMESPACE=1 exec unshare --mount --propagation private "$here/build.sh" "${arguments[@]}"
fi

mkdir -p "$cache"
cache=$(cd "$cache" && pwd)
exec 9> "$cache/building.lock"
flock --nonblock 9 || { step "waiting for another build in $cache" && flock 9; }
work=$cache/building
clean() { rm -rf --one-file-system "$work"; }
trap clean EXIT
trap 'exit 130' INT
trap 'exit 143' TERM
clean
mkdir "$work"

step "build tree of Debian $suite"
tree=$("$here/build-tree.sh" "$cache" "$suite" "$refresh" "$work" "${mirrors[@]}")

dpdk=''
if [ -n "$dpdk_archive" ]; then
  step "compiling DPDK from $dpdk_archive"
  dpdk=$("$here/dpdk-archive.sh" "$dpdk_archive" "$dpdk_sha256" "$tree" "$pmds" "$jobs" "$work")
fi

step "compiling with the drivers $pmds"
"$here/compile.sh" "$source" "$tree" "$pmds" "$jobs" "$work/installed" "$work/about" "$dpdk" "$dpdk_sha256"

step "files of the image"
"$here/runtime-tree.sh" "$tree" "$work/installed" "$work/about" "$work/root" "$dpdk"
"$here/check-tree.sh" "$work/root" >&2

step "pushing to $repository"
"$here/push.sh" "$work" "$repository" "$tls" "$authfile" "$pmds"

if [ -n "$keep" ]; then
  rm -rf --one-file-system "$keep"
  mv "$work/root" "$keep"
fi
echo "$(cat "$work/digest")"
