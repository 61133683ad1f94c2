#!/usr/bin/env bash
# Makes the Python environment in which moto stands for AWS, once, in the cache folder. Prints the path of its python, and nothing else
# on standard output.
set -euo pipefail
cd "$(dirname "$0")/../.."

cache=$(realpath -m "${DPDK_FLEET_CACHE:-.cache}")/aws
want=$(sha256sum tools/aws/requirements.txt | cut -c1-12)
environment=$cache/python-$want
mkdir -p "$cache"

# One at a time: two tests may come here together.
exec 9>"$cache/lock"
flock 9
if [ ! -e "$environment/ready" ]; then
  echo "dpdk-fleet: installing moto, which stands for AWS in tests, into $environment" >&2
  rm -rf "$environment"
  python3 -m venv "$environment" >&2
  "$environment/bin/pip" install --quiet --disable-pip-version-check --requirement tools/aws/requirements.txt >&2 || {
    echo "dpdk-fleet: pip could not install tools/aws/requirements.txt; see its lines above, and that PyPI is reached" >&2
    exit 1
  }
  touch "$environment/ready"
fi
echo "$environment/bin/python"
