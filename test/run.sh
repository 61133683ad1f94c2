#!/usr/bin/env bash
# Runs one tier of tests:  run.sh unit | lab | kubernetes | nightly
#   unit     no guest: types, lint, TypeScript, Python, Go, the real engine against an sshd of the tests' own
#   lab      the lab's guests, for real, in half an hour under emulation; brings the lab up where it is not, and leaves one node of it: npm start makes it whole
#   kubernetes  a real control plane, Pulumi's own provider, kwok, the SR-IOV operator and its webhook, all built from Go modules first: twenty minutes the first time; one needs port 443, so root
#   nightly  all of them, and all else that the guests show: the way in, every stage, bad luck, the service, all faults, UEFI; soak, fuzzing
# Every part runs, also after one that failed; the last line counts the parts.
set -uo pipefail
cd "$(dirname "$0")/.."

passed=0 failed=0
native_builds=$(realpath -m "${DPDK_FLEET_CACHE:-.cache}")/native-image
part() { # part NAME COMMAND…: one part of the tier, with its time
  local name=$1 start=$SECONDS
  shift
  echo "== $name"
  if "$@"; then
    passed=$((passed + 1))
    said "== $name: passed in $((SECONDS - start)) s"
  else
    failed=$((failed + 1))
    said "== $name: FAILED after $((SECONDS - start)) s"
  fi
}

said() { # said LINE: the line, also into the file TIMES where one is named
  echo "$1" | tee -a "${TIMES:-/dev/null}"
}

typescript() { # typescript PATTERN…: the test files of these names, two at a time
  npx tsx --test --test-concurrency="${TEST_CONCURRENCY:-2}" $(git ls-files --cached --others --exclude-standard -- "$@")
}

unit_tests() {
  git ls-files --cached --others --exclude-standard -- '*.test.ts' | grep -v -e '\.lab\.test\.ts$' -e '\.image\.test\.ts$' -e '\.nightly\.test\.ts$' -e '^test/engine/' -e '^test/kubernetes/' -e '^test/aws/' |
    xargs npx tsx --test --test-concurrency=2
}

lab_part() { # lab_part NAME FILE: tests that share the lab, so one after the other
  TEST_CONCURRENCY=1 part "$1" typescript "$2"
}

agent_tests() { # four files a process, two at a time; the longest one is not among the last
  (cd components/host/agent && find . -name 'test_*.py' -printf '%P\n' | sort -r | xargs -n 4 -P 2 python3 -m unittest)
}

data_plane_tests() { # data_plane_tests [STORIES]: `plain` leaves its stories under sanitizers to the nightly tier
  STORIES=${1:-} BUILD="$native_builds/build" bash native-image/test.sh
}

engine_setup() { # what it prints is for a shell
  npx tsx tools/engine/main.ts >/dev/null
}

go_tests() {
  local module
  # As the engine was built (tools/engine/component.ts), or Go compiles all of Pulumi once more.
  local -x GOFLAGS="${GOFLAGS:-} -trimpath -buildvcs=false -gcflags=all=-l"
  for module in tools/engine/language-host tools/engine/command-provider; do
    (cd "$module" && test -z "$(gofmt -l .)" && go vet ./... && go test ./...) || return 1
  done
}

kubernetes_tests() { # etcd, the API server, the controllers and the scheduler, each for real, on loopback
  # Of the Go programs only what is ours: all else would be compiled a second time, for the test.
  (cd tools/kubernetes/programs && test -z "$(gofmt -l .)" && go vet ./certificates && go test ./certificates) || return 1
  TEST_CONCURRENCY=1 typescript 'test/kubernetes/*.test.ts'
}

fuzz() { # ten million executions of each reader of bytes from outside, under sanitizers
  npx tsx tools/debian/for-tests.ts fuzzing || return 1
  BUILD="$native_builds/fuzz" bash native-image/fuzz.sh --runs 10000000 "$PWD/benchmarks/fuzz.jsonl"
}

soak() { # ten minutes of load on the data plane that the unit tier has built
  local built=$native_builds/build/src
  python3 native-image/smoke/soak.py "$built/bench/pantheon-bench" "$built/pantheon-node" 600
}

bench_commands() { # every command of pantheon-bench, the searches too
  local built=$native_builds/build/src
  python3 native-image/src/bench/test_commands.py "$built/bench/pantheon-bench" "$built/pantheon-node" whole
}

machine_setup() { # Debian's packages, the tests' own among them
  npx tsx tools/debian/for-tests.ts
}

tier=${1:-unit}
case "$tier" in
  unit)
    part "machine set-up" machine_setup
    part "types" npm run --silent check
    part "lint and format" npm run --silent lint
    part "node agent (Python)" agent_tests
    part "library and tools (TypeScript)" unit_tests
    part "data plane (C, on this machine)" data_plane_tests plain
    part "engine set-up" engine_setup
    # Its life as a resource is of the nightly tier: `npm start` makes it so, too.
    part "container image and registry" typescript components/image/build.image.test.ts
    part "engine stand-ins (Go, against sshd)" go_tests
    part "real engine" typescript 'test/engine/*.test.ts' test/aws/stacks.test.ts
    ;;
  lab)
    # One after the other: they share the lab, and four emulated guests are too many for two cores.
    lab_part "bad input" test/lab/bad-input.lab.test.ts
    lab_part "life of a fleet" test/lab/life.lab.test.ts
    ;;
  kubernetes)
    part "machine set-up" machine_setup
    part "real control plane of Kubernetes" kubernetes_tests
    ;;
  nightly)
    part "unit tier" bash test/run.sh unit
    part "real control plane of Kubernetes" kubernetes_tests
    part "data plane, its stories under sanitizers too" data_plane_tests
    part "commands of pantheon-bench" bench_commands
    part "soak" soak
    part "fuzzing" fuzz
    part "AWS: figures and requests against moto, the engine on an echo" typescript 'test/aws/*.test.ts'
    part "mutants of the policies" typescript test/policies/mutation.nightly.test.ts
    part "lab tier" bash test/run.sh lab
    # They share the builder's lock, so one after the other.
    TEST_CONCURRENCY=1 part "container image on both bases, and as a resource" typescript \
      components/image/bases.image.test.ts components/image/container.image.test.ts components/image/component.image.test.ts
    part "container image with DPDK from source" typescript components/image/dpdk-archive.nightly.test.ts
    lab_part "the way in" test/lab/way-in.lab.test.ts
    lab_part "a node prepared completely" test/lab/preparation.lab.test.ts
    lab_part "bad luck" test/lab/bad-luck.lab.test.ts
    lab_part "life of the service" test/lab/service.lab.test.ts
    lab_part "a bond" test/lab/bonding.lab.test.ts
    lab_part "a whole card" test/lab/physical-function.lab.test.ts
    lab_part "faults, the short ones" test/faults/short.lab.test.ts
    lab_part "faults, the long ones" test/faults/long.lab.test.ts
    lab_part "a node that boots by UEFI" test/lab/uefi-node.lab.test.ts
    # Guests of their own: four at once would need 11 GB of memory.
    part "lab down" npm run --silent lab:down
    lab_part "pods on a real kubelet" test/lab/kubernetes.lab.test.ts
    part "lab with Kubernetes down" npm run --silent lab:k8s:down
    lab_part "guests" components/lab/guest.lab.test.ts
    lab_part "a guest as an instance of AWS" test/lab/instance.lab.test.ts
    lab_part "guest with UEFI firmware" components/lab/uefi.lab.test.ts
    ;;
  *)
    echo "run.sh: unknown tier \`$tier\`; one of unit, lab, kubernetes, nightly" >&2
    exit 2
    ;;
esac
echo "$tier: $passed passed, $failed failed"
[ "$failed" -eq 0 ]
