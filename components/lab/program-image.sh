#!/usr/bin/env bash
# Makes an image of one static program, pushes it to the lab's registry and prints its digest:
#     program-image.sh PROGRAM REPOSITORY EMPTY_FILES TAG
# EMPTY_FILES are paths with commas between them. Without a daemon; what buildah keeps goes when this ends. The format is OCI: Docker's
# keeps the build's own host name, so the same program would be another image each time.
set -euo pipefail
program=$1 repository=$2 tag=$4
IFS=, read -ra empty_files <<< "$3"
work=$(mktemp -d)
storage=(buildah --root "$work/storage" --runroot "$work/run" --storage-driver vfs)
clean() { rm -rf --one-file-system "$work"; }
trap clean EXIT
echo '{ "default": [{ "type": "insecureAcceptAnything" }] }' > "$work/policy.json"
: > "$work/containers.conf"
export CONTAINERS_CONF=$work/containers.conf TMPDIR=$work

root=$work/root name=$(basename "$program")
install -D -m 0755 "$program" "$root/usr/bin/$name"
for file in "${empty_files[@]}"; do
  mkdir -p "$root/$(dirname "$file")"
  : > "$root/$file"
done
policy=(--quiet --signature-policy "$work/policy.json")
container=$("${storage[@]}" from --signature-policy "$work/policy.json" --format oci scratch)
"${storage[@]}" copy --quiet "$container" "$root" /
"${storage[@]}" config --entrypoint "[\"/usr/bin/$name\"]" "$container"
image=$("${storage[@]}" commit "${policy[@]}" --format oci --timestamp 0 --omit-history --identity-label=false "$container")
"${storage[@]}" push "${policy[@]}" --tls-verify=false --digestfile "$work/digest" "$image" "docker://$repository:$tag" >&2 || {
  echo "lab: $repository did not take the image of $name; see that the lab's registry runs" >&2
  exit 1
}
echo "$(cat "$work/digest")"
