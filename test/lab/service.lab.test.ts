import assert from "node:assert/strict";
import { appendFileSync, cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { before, test } from "node:test";
import { readRecord } from "../../components/lab/state";
import type { DataPlaneStatus, NodeStatus } from "../../infra/cli/lab/status";
import { nodeOf, said } from "./changes";
import { type FleetYaml, type Lab, theLab } from "./lab";
import { reboot } from "./snapshot";
import { until } from "./until";

// The data plane as a service of two nodes: alpha's with podman, beta's natively. What happens to it, and what it does then.
const unit = "pantheonchain-dpdk";
let lab: Lab;

before(async () => {
  lab = theLab();
  const done = await lab.up();
  assert.equal(done.code, 0, said(done));
});

const nodes = ["alpha", "beta"] as const;
const peerOf = (node: string) => (node === "alpha" ? "beta" : "alpha");

function serviceOf(status: NodeStatus | undefined): DataPlaneStatus {
  assert.ok(status?.dataPlane, "the node has a service");
  return status.dataPlane;
}

const now = async (node: string) => serviceOf((await lab.status())[node]);

/** The node's service runs, and frames of its peer arrive. */
async function assertExchanges(node: string): Promise<void> {
  let earlier: number | undefined;
  await until(`frames from ${peerOf(node)} reach ${node}`, 120, async () => {
    const found = await now(node);
    const received = found.telemetry === "ok" ? (found.peers[peerOf(node)]?.received ?? 0) : 0;
    const grown = found.unit.active === "active" && earlier !== undefined && received > earlier;
    earlier = received;
    return grown;
  });
}

/** Free pages of 2 MiB on a node. */
async function freePages(node: string): Promise<number> {
  return Number((await lab.ssh(node, "cat /sys/kernel/mm/hugepages/hugepages-2048kB/free_hugepages")).trim());
}

const sudo = (node: string) => (node === "beta" ? "sudo -n " : "");
const mainPid = async (node: string) => (await lab.ssh(node, `systemctl show -p MainPID --value ${unit}`)).trim();

test("both services run as an account without rights, on vfio-bound functions, and exchange frames", async () => {
  for (const node of nodes) {
    await assertExchanges(node);
    const found = await now(node);
    assert.deepEqual(
      found.ports.map(({ pci, link }) => [pci, link]),
      [["0000:01:10.0", "up"]],
    );
    const process = await lab.ssh(node, `ps -o user=,args= -C pantheon-node`);
    assert.match(process, /^(pantheon|\d+)\s/, "not root");
    const status = await lab.ssh(node, `${sudo(node)}grep -h Cap /proc/$(pgrep -o pantheon-node)/status`);
    for (const line of status.trim().split("\n")) assert.match(line, /^Cap(Inh|Prm|Eff|Amb):\s*0+$|^CapBnd:/);
  }
});

test("idle services leave their machine idle: polling is adaptive", async () => {
  for (const node of nodes) {
    const pid = (await lab.ssh(node, "pgrep -o pantheon-node")).trim();
    const ticks = async () =>
      Number(
        (await lab.ssh(node, `cut -d' ' -f14,15 /proc/${pid}/stat | tr ' ' +`))
          .split("+")
          .reduce((a, b) => a + Number(b), 0),
      );
    const uptime = async () => Number((await lab.ssh(node, "cut -d' ' -f1 /proc/uptime")).trim());
    const [usedBefore, from] = [await ticks(), await uptime()];
    await lab.ssh(node, "sleep 10");
    const share = ((await ticks()) - usedBefore) / 100 / ((await uptime()) - from);
    process.stderr.write(`    ${node}: ${Math.round(share * 100)} % of a core while idle\n`);
    assert.ok(share < 0.5, `${node} uses ${share} of a core`);
  }
});

test("a restart comes back and exchanges frames again", async () => {
  for (const node of nodes) await lab.ssh(node, `${sudo(node)}systemctl restart ${unit}`);
  for (const node of nodes) await assertExchanges(node);
});

test("a crash comes back by itself, and no hugepage stays behind", async () => {
  for (const node of nodes) {
    const [pages, pid] = [await freePages(node), (await lab.ssh(node, "pgrep -o pantheon-node")).trim()];
    // Not SEGV: in its container the program is process 1, which ignores what a person sends it and has no handler for.
    await lab.ssh(node, `${sudo(node)}kill -KILL ${pid}`);
    await until(`another process on ${node}`, 120, async () => {
      const other = (await lab.ssh(node, "pgrep -o pantheon-node || true")).trim();
      return other !== "" && other !== pid && (await now(node)).unit.active === "active";
    });
    await assertExchanges(node);
    assert.equal(await freePages(node), pages);
    const { stages } = (await lab.status())[node] as NodeStatus;
    assert.equal(stages.service?.state, "ok", stages.service?.saw);
  }
});

test("limits that change are taken by the programs that run: nothing starts anew, in podman and natively", async () => {
  const before = { alpha: await mainPid("alpha"), beta: await mainPid("beta") };
  const done = await lab.up((fleet) => {
    for (const node of nodes) {
      const own = nodeOf(fleet, node);
      own.dataPlane = { ...(own.dataPlane as object), limits: { messages: 200 } };
    }
  });
  assert.equal(done.code, 0, said(done));
  for (const node of nodes) {
    assert.equal(await mainPid(node), before[node], `${node}'s service was not restarted`);
    assert.match(await lab.ssh(node, "cat /etc/pantheonchain/config.toml"), /messages = 200/);
    const journal = await lab.ssh(node, `${sudo(node)}journalctl -u ${unit} -o cat --no-pager`);
    assert.match(journal, /configuration read again: 1 change is taken/);
    await assertExchanges(node);
  }
});

test("a configuration that the program refuses is never written, and the running service goes on", async () => {
  const before = await mainPid("beta");
  const failed = await lab.up((fleet) => overEal(fleet, ["--no-such-argument=1"]));
  assert.notEqual(failed.code, 0);
  assert.match(said(failed), /no-such-argument/);
  assert.doesNotMatch(said(failed), /<\d>/, "a line for a person, without the journal's level");
  assert.equal(await mainPid("beta"), before, "the service was not restarted");
  assert.doesNotMatch(await lab.ssh("beta", "cat /etc/pantheonchain/dpdk.conf"), /no-such-argument/);
  await assertExchanges("beta");
});

test("a configuration with which it does not start is taken back, and the service before it runs again", async () => {
  const failed = await lab.up((fleet) => overEal(fleet, ["--huge-dir=/mnt/none"]));
  assert.notEqual(failed.code, 0);
  assert.match(said(failed), /pantheonchain-dpdk\.service/);
  assert.match(await lab.ssh("beta", "cat /etc/pantheonchain/dpdk.conf"), /--huge-dir=\/mnt\/huge/);
  await assertExchanges("beta");
});

test("the committed fleet file then goes through", async () => {
  const done = await lab.up();
  assert.equal(done.code, 0, said(done));
  for (const node of nodes) await assertExchanges(node);
});

test("a new image: only the service is restarted, and it runs the new digest", async () => {
  const source = mkdtempSync(join(tmpdir(), "native-image-"));
  try {
    cpSync(join(lab.settings.projectFolder, "native-image"), source, { recursive: true });
    appendFileSync(join(source, "src/main/main.c"), "/* another program, as far as its image is concerned */\n");
    const before = await lab.status();
    const done = await lab.pulumi("up", "--yes", "--skip-preview", "--config", `dpdk-fleet:imageSource=${source}`);
    assert.equal(done.code, 0, said(done));
    const after = await lab.status();
    for (const node of nodes) {
      assert.notEqual(serviceOf(after[node]).digest, serviceOf(before[node]).digest);
      assert.equal(after[node]?.bootId, before[node]?.bootId);
      await assertExchanges(node);
    }
    const command = await lab.ssh("alpha", "podman ps --format '{{.Image}}'");
    assert.ok(command.includes(serviceOf(after.alpha).digest ?? "no digest"), command);
  } finally {
    rmSync(source, { recursive: true, force: true });
  }
  const back = await lab.up();
  assert.equal(back.code, 0, said(back));
});

test("a registry that is gone harms no running node: nothing changes, and a restart needs no image", async () => {
  const record = readRecord(`${lab.settings.cacheFolder}/lab/registry`);
  assert.ok(record !== null);
  process.kill(record.pid, "SIGKILL");
  for (const node of nodes) await lab.ssh(node, `${sudo(node)}systemctl restart ${unit}`);
  for (const node of nodes) await assertExchanges(node);
  const before = await lab.status();
  const done = await lab.up();
  assert.equal(done.code, 0, said(done));
  const after = await lab.status();
  for (const node of nodes) assert.equal(after[node]?.bootId, before[node]?.bootId);
});

test("a function that is pulled away: the service says so and stops cleanly, and the next up makes it whole", async () => {
  // The card takes its functions back; vfio asks the program to let go, and would wait for it for ever.
  await lab.ssh("beta", "sudo -n timeout 90 sh -c 'echo 0 > /sys/bus/pci/devices/0000:01:00.0/sriov_numvfs'");
  await until(
    "the service to end",
    120,
    async () => !/^(active|activating|deactivating)$/.test((await now("beta")).unit.active),
  );
  const { unit: ended } = await now("beta");
  assert.equal(ended.exitCode, 69);
  const journal = await lab.ssh("beta", `sudo -n journalctl -u ${unit} -n 30 --no-pager`);
  assert.match(journal, /0000:01:10\.0.*(taken|removed|gone)/);
  assert.equal(await freePages("beta"), 256, "no hugepage stays behind");
  const done = await lab.up();
  assert.equal(done.code, 0, said(done));
  assert.match(said(done), /beta is not what it was made, so it is looked at again: .*virtual-functions/);
  for (const node of nodes) await assertExchanges(node);
});

test("a reboot: the service comes back by itself", async () => {
  await reboot(lab.sshConfig(), "beta", true);
  await assertExchanges("beta");
  const done = await lab.up();
  assert.equal(done.code, 0, said(done));
});

/** Adds EAL arguments of beta's own. */
function overEal(fleet: FleetYaml, ealArguments: string[]): void {
  const beta = nodeOf(fleet, "beta");
  beta.dataPlane = { ...(beta.dataPlane as object), ealArguments };
}
