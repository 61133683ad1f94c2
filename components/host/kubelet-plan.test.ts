import assert from "node:assert/strict";
import { test } from "node:test";
import { type KubeletArgs, kubeletConfiguration } from "./kubelet-plan";
import { quantityKiB } from "./quantity";

const args = (changes: Partial<KubeletArgs> = {}): KubeletArgs => ({
  cpus: "0-15",
  housekeeping: "0-1",
  numaNodes: [
    { cpus: "0-7", memory: "32Gi", hugepages: "16Gi" },
    { cpus: "8-15", memory: "32Gi", hugepages: "16Gi" },
  ],
  ...changes,
});

const sum = (config: ReturnType<typeof kubeletConfiguration>) =>
  config.reservedMemory.map(({ limits }) => quantityKiB(limits.memory) ?? 0).reduce((all, kiB) => all + kiB, 0);

test("what is reserved of memory is exactly the sum of the three reservations, on the system's own NUMA node", () => {
  const config = kubeletConfiguration("worker", args());
  assert.equal(sum(config), (512 + 512 + 100) * 1024);
  assert.deepEqual(
    config.reservedMemory.map(({ numaNode }) => numaNode),
    [0],
  );
});

test("with housekeeping CPUs on two NUMA nodes each reserves its part, and nothing is lost by the division", () => {
  const config = kubeletConfiguration("worker", args({ housekeeping: "0,8", systemMemory: "3Ki", kubeMemory: "2Ki" }));
  assert.deepEqual(
    config.reservedMemory.map(({ numaNode }) => numaNode),
    [0, 1],
  );
  assert.equal(sum(config), 5 + 100 * 1024);
});

test("CPUs are whole ones' pods, but for those of the system", () => {
  const { cpuManagerPolicy, reservedSystemCPUs, topologyManagerPolicy } = kubeletConfiguration("worker", args());
  assert.deepEqual(
    [cpuManagerPolicy, reservedSystemCPUs, topologyManagerPolicy],
    ["static", "0-1", "single-numa-node"],
  );
});

const wrong: readonly (readonly [Partial<KubeletArgs>, RegExp])[] = [
  [{ housekeeping: "0,16" }, /housekeeping has CPU 16; the worker has 0-15/],
  [{ housekeeping: "0-15" }, /housekeeping is 0-15; leave CPUs for pods/],
  [{ housekeeping: "" }, /housekeeping is ; write CPUs as a list/],
  [{ cpus: "a" }, /cpus is a; write CPUs as a list/],
  [{ systemMemory: "1G" }, /memory is 1G; write a whole number with Ki, Mi or Gi/],
  [{ numaNodes: [{ cpus: "8-15", memory: "32Gi" }] }, /no NUMA node has housekeeping CPUs/],
  [
    { numaNodes: [{ cpus: "0-15", memory: "32Gi", hugepages: "31Gi" }] },
    /numaNodes\[0\] has 32Gi with 31Gi hugepages, and 1150976 KiB are reserved; set fewer hugepages aside/,
  ],
];
for (const [changes, says] of wrong)
  test(`${JSON.stringify(changes)} is refused with what to do`, () => {
    assert.throws(() => kubeletConfiguration("worker", args(changes)), says);
  });
