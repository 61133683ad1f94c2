#!/usr/bin/env bash
# Makes the image of WORK/root, pushes it and writes its digest to WORK/digest:
#     push.sh WORK REPOSITORY TLS(true|false) AUTHFILE PMDS
# WORK/about/values says what it is (compile.sh).
# buildah's storage lies in WORK: nobody's containers are touched, and the host's settings of them do not count.
#
# The format is Docker's (manifest version 2, schema 2), which registries, podman, Docker and containerd take as they take OCI's: an
# OCI configuration has no place for a health check, and podman reads one from this format alone. It has no annotations, so all that
# is said of the image is a label.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$1 repository=$2 tls=$3 authfile=$4 pmds=$5
. "$work/about/values"
# Its one layer as it is pulled. It has 2 MB with one driver; one that is over this has taken in what nobody asked for.
most=60000000

# The driver vfs: plain folders, which every file system and container can do. CONTAINERS_CONF: no defaults of the host.
: > "$work/containers.conf"
export CONTAINERS_CONF=$work/containers.conf TMPDIR=$work
storage=(buildah --root "$work/storage" --runroot "$work/run" --storage-driver vfs)

container=$("${storage[@]}" from --signature-policy "$here/policy.json" --format docker scratch)
"${storage[@]}" copy --quiet "$container" "$work/root" /
program=/opt/pantheonchain/bin/pantheon-node
settings=(
  --entrypoint "[\"$program\"]"
  # A number, because Kubernetes' runAsNonRoot believes no name. Who starts the container with rights of a user that /dev/vfio and
  # hugetlbfs know, names that one.
  --user 65532:65532
  # The node asks itself over its own socket: `health` needs no shell, no network and no rights, and answers 0 or 1. One question is
  # answered within 5 s (src/main/ask.h); links may take 60 s at start (src/main/options.h), EAL and its pages 30 s.
  --healthcheck "CMD $program health"
  --healthcheck-interval 30s --healthcheck-timeout 10s --healthcheck-start-period 90s --healthcheck-retries 3
  --label "org.opencontainers.image.title=pantheon-node"
  --label "org.opencontainers.image.version=$version"
  --label "org.opencontainers.image.source=pkg:npm/%40pantheonchain/dpdk-fleet#native-image"
  --label "org.opencontainers.image.licenses=MIT AND BSD-3-Clause AND LGPL-2.1-or-later AND GPL-3.0-or-later WITH GCC-exception-3.1"
  --label "org.opencontainers.image.revision=$revision"
  --label "org.pantheonchain.dpdk.pmds=$pmds"
  --label "org.pantheonchain.dpdk.version=$dpdk"
  # The level of the x86-64 psABI that a node's processor must have; the program looks itself when it starts (src/main/processor.c).
  --label "org.pantheonchain.dpdk.cpu=$cpu"
  --label "org.pantheonchain.dpdk.base=$distribution"
  --label "org.pantheonchain.dpdk.sbom=/usr/share/sbom/pantheon-node.spdx.json"
)
"${storage[@]}" config "${settings[@]}" "$container"
# Nothing of when, where and by which buildah it was made: the same files give the same digest.
policy=(--quiet --signature-policy "$here/policy.json")
made=$("${storage[@]}" commit "${policy[@]}" --format docker --timestamp 0 --omit-history --identity-label=false "$container")
"${storage[@]}" push "${policy[@]}" --format v2s2 "$made" "dir:$work/made"
python3 "$here/impersonal.py" "$work/made"
image=$("${storage[@]}" pull "${policy[@]}" "dir:$work/made")

# First into a folder, with the same layer, to see its size.
"${storage[@]}" push "${policy[@]}" "$image" "oci:$work/pushed"
size=$(find "$work/pushed/blobs" -type f -size +100k -printf '%s\n')
echo "step: $size bytes compressed, of $most that it may have" >&2
[ "$size" -le "$most" ] || {
  echo "image: it has $size bytes compressed, and may have $most; take drivers out of --pmds, nothing was pushed" >&2
  exit 1
}

push=(push "${policy[@]}" --format v2s2 --tls-verify="$tls" --digestfile "$work/digest")
[ -z "$authfile" ] || push+=(--authfile "$authfile")
# The tag keeps registries from collecting the image; nobody pulls by it.
"${storage[@]}" "${push[@]}" "$image" "docker://$repository:$version-${revision:0:12}" 2> "$work/push.log" || {
  cat "$work/push.log" >&2
  echo "image: $repository did not take the image: $(tail -n 1 "$work/push.log"); see that the registry runs and lets you push" >&2
  exit 1
}
