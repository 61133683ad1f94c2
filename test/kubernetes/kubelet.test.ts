import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { test } from "node:test";
import { kubeletConfiguration } from "../../components/kubernetes/kubelet-plan";
import { run } from "../../infra/cli/command";
import { ensureKubernetes } from "../../tools/kubernetes/kubernetes";

// The kubelet itself reads the configuration and judges it, before it asks for a cluster, which it is not given here. Whether the reserved
// memory adds up it sees only once it runs.
const config = kubeletConfiguration("worker", {
  cpus: "0-3",
  housekeeping: "0",
  numaNodes: [{ cpus: "0-3", memory: "4Gi", hugepages: "1Gi" }],
});

async function kubeletSays(given: object): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "dpdk-fleet-kubelet-"));
  const cacheFolder = resolve(__dirname, "../..", process.env.DPDK_FLEET_CACHE ?? ".cache");
  const { file } = await ensureKubernetes({ cacheFolder, log: () => undefined });
  writeFileSync(join(folder, "config.json"), JSON.stringify(given));
  const asked = ["kubelet", `--config=${join(folder, "config.json")}`, `--root-dir=${folder}`, `--cert-dir=${folder}`];
  const ended = await run(file, asked, { seconds: 60 });
  rmSync(folder, { recursive: true, force: true });
  assert.notEqual(ended.code, 0);
  return ended.err;
}

test("the kubelet takes the configuration, and then misses its cluster", async () => {
  const said = await kubeletSays(config);
  assert.doesNotMatch(said, /failed to validate kubelet configuration|strict decoding error/);
  assert.match(said, /no client provided/);
});

test("what the kubelet would refuse it refuses here", async () => {
  const broken = { ...config, reservedMemory: [...config.reservedMemory, ...config.reservedMemory] };
  assert.match(
    await kubeletSays(broken),
    /failed to validate kubelet configuration.*the reserved memory has a duplicate value for NUMA node 0/,
  );
  assert.match(
    await kubeletSays({ ...config, topologyManagerPolicy: "single" }),
    /topologyManagerPolicy .*must be one of/,
  );
});
