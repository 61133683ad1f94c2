#!/usr/bin/env bash
# Makes the OCI image of WORK/root, pushes it and writes its digest to WORK/digest:
#     push.sh WORK REPOSITORY TLS(true|false) AUTHFILE PMDS VERSION REVISION
# buildah's storage lies in WORK: nobody's containers are touched, and the host's settings of them do not count.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=$1 repository=$2 tls=$3 authfile=$4 pmds=$5 version=$6 revision=$7

# The driver vfs: plain folders, which every file system and container can do. CONTAINERS_CONF: no defaults of the host.
: > "$work/containers.conf"
export CONTAINERS_CONF=$work/containers.conf TMPDIR=$work
storage=(buildah --root "$work/storage" --runroot "$work/run" --storage-driver vfs)

container=$("${storage[@]}" from --signature-policy "$here/policy.json" scratch)
"${storage[@]}" copy --quiet "$container" "$work/root" /
settings=(
  --entrypoint '["/opt/pantheonchain/bin/pantheon-node"]'
  --label "org.opencontainers.image.title=pantheon-node"
  --label "org.opencontainers.image.version=$version"
  --label "org.opencontainers.image.source=pkg:npm/%40pantheonchain/dpdk-fleet#native-image"
  --label "org.opencontainers.image.licenses=MIT AND BSD-3-Clause AND LGPL-2.1-or-later AND GPL-3.0-or-later WITH GCC-exception-3.1"
  --label "org.opencontainers.image.revision=$revision"
  --annotation "org.pantheonchain.dpdk.pmds=$pmds"
)
"${storage[@]}" config "${settings[@]}" "$container"
# Nothing of when, where and by which buildah it was made: the same files give the same digest.
image=$("${storage[@]}" commit --quiet --signature-policy "$here/policy.json" --format oci --timestamp 0 --omit-history \
  --identity-label=false "$container")

push=(push --quiet --signature-policy "$here/policy.json" --tls-verify="$tls" --format oci --digestfile "$work/digest")
[ -z "$authfile" ] || push+=(--authfile "$authfile")
# The tag keeps registries from collecting the image; nobody pulls by it.
"${storage[@]}" "${push[@]}" "$image" "docker://$repository:$version-${revision:0:12}" 2> "$work/push.log" || {
  cat "$work/push.log" >&2
  echo "image: $repository did not take the image: $(tail -n 1 "$work/push.log"); see that the registry runs and lets you push" >&2
  exit 1
}
