import assert from "node:assert/strict";
import { before, test } from "node:test";
import type { NodeStatus } from "../../infra/cli/lab/status";
import { nodeOf, said } from "./changes";
import { type FleetYaml, type Lab, theLab } from "./lab";

// Two nodes that run, and fleet files that must not touch them: refused by the nodes that contradict them.
let lab: Lab;
let made: Record<string, NodeStatus>;

before(async () => {
  lab = theLab();
  const done = await lab.up();
  assert.equal(done.code, 0, said(done));
  made = await lab.status();
});

/** The nodes are what they were: the same boot, the same drivers, every stage ok. */
async function assertUntouched(): Promise<void> {
  const answers = await lab.ssh("alpha", "dpdk-node-agent check --json");
  assert.ok(!/"state": "(absent|partial)"/.test(answers), answers);
  for (const node of ["alpha", "beta"]) {
    assert.equal((await lab.ssh(node, "cat /proc/sys/kernel/random/boot_id")).trim(), made[node]?.bootId);
    assert.equal(
      (await lab.ssh(node, "basename $(readlink /sys/bus/pci/devices/0000:01:10.0/driver)")).trim(),
      "vfio-pci",
    );
  }
}

test("a PCI address that is not there, and the NIC that carries SSH: each node refuses its plan, nothing is changed", async () => {
  const failed = await lab.up((fleet) => {
    // The file says another card is the way in, so only the node can know better.
    bindWayIn(fleet, "alpha", "0000:00:02.0", ["0000:00:1f.6"]);
    const beta = nodeOf(fleet, "beta").hardware as { nics: Record<string, object> };
    beta.nics = { data0: { ...beta.nics.data0, pci: "0000:09:00.0" } };
  });
  assert.notEqual(failed.code, 0);
  assert.match(said(failed), /NIC uplink at 0000:00:02\.0 carries this SSH connection and cannot be bound to vfio-pci/);
  assert.match(said(failed), /NIC data0 at 0000:09:00\.0, where the node has none; it has .*0000:01:00\.0/);
  assert.match(said(failed), /correct the fleet file, nothing was changed/);
  await assertUntouched();
});

test("a NIC that a plan has by name alone is the card with the MAC that is told; a MAC that no card has is refused", async () => {
  const late =
    "sed -e 's/0000:01:00\\.0/{pci:data0}/g' -e 's/52:54:00:d0:00:01/{mac:data0}/g' /var/lib/dpdk-fleet/plan.json";
  const explain = (mac: string) =>
    lab.ssh("alpha", `${late} | dpdk-node-agent explain --nic data0=${mac} 2>&1 || true`);
  assert.match(await lab.ssh("alpha", late), /"pci": "\{pci:data0\}"/);
  assert.equal(await explain("52:54:00:d0:00:01"), "nothing to do\n");
  assert.match(
    await explain("52:54:00:d0:00:77"),
    /no card of this node has that MAC address, at NIC data0, found 52:54:00:d0:00:77; see whether the interface is attached/,
  );
});

function bindWayIn(fleet: FleetYaml, name: string, pci: string, wayIn: string[]): void {
  const node = nodeOf(fleet, name);
  const profile = (fleet.profiles as Record<string, { hardware: { nics: Record<string, object> } }>).dpdk;
  const nics = { ...profile?.hardware.nics, uplink: { pci, driver: "virtio-pci", mac: "52:54:00:d9:00:09" } };
  const own = node.hardware as { nics: Record<string, object> };
  node.hardware = { ...own, wayIn, nics: { ...own.nics, uplink: nics.uplink } };
  node.nics = [...(node.nics as object[]), { name: "uplink", bind: "vfio-pci" }];
}
