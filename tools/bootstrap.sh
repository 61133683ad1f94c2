#!/usr/bin/env bash
# What must be there before any TypeScript runs: Node 20 or newer and the locked npm packages. Quick when all is there.
set -euo pipefail
cd "$(dirname "$0")/.."

major=$(node -p 'process.versions.node.split(".")[0]')
if [ "$major" -lt 20 ]; then
  echo "dpdk-fleet: Node.js $(node --version) is too old, 20 or newer is needed; install it, then run this again" >&2
  exit 1
fi

# A stamp in node_modules tells which lockfile it was installed from.
want=$(sha256sum package-lock.json | cut -d' ' -f1)
stamp=node_modules/.dpdk-fleet-lock
if [ "$(cat "$stamp" 2>/dev/null || true)" != "$want" ]; then
  echo "dpdk-fleet: installing the npm packages of package-lock.json into node_modules/"
  npm ci --loglevel=error
  echo "$want" > "$stamp"
fi
