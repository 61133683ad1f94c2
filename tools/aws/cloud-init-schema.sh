#!/usr/bin/env bash
# Fetches Debian's cloud-init into the cache folder, unpacked and not installed, and prints the path of its schema of user data.
set -euo pipefail
cd "$(dirname "$0")/../.."

folder=$(realpath -m "${DPDK_FLEET_CACHE:-.cache}")/aws/cloud-init
mkdir -p "$folder"
exec 9>"$folder/lock"
flock 9
if [ ! -e "$folder/ready" ]; then
  (cd "$folder" && rm -rf ./*.deb tree && apt-get download cloud-init >&2 && dpkg-deb -x ./*.deb tree) || {
    echo "dpdk-fleet: apt-get could not download cloud-init; run apt-get update, then this again" >&2
    exit 1
  }
  touch "$folder/ready"
fi
# The newest version of the schema that this cloud-init has.
find "$folder/tree" -name 'schema-cloud-config-v*.json' | sort | tail -1
