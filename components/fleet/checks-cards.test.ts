import assert from "node:assert/strict";
import { test } from "node:test";
import { hostPlan } from "../host/plan";
import { fleetValues, linesOf, node, type Path, read } from "./fleet.fixture";

type Change = readonly [Path, unknown];

const nic = (...path: Path): Path => node("hardware", "nics", "data0", ...path);
const mellanox: readonly Change[] = [
  [nic("driver"), "mlx5_core"],
  [nic("id"), "15b3:1017"],
];

/** What is said, from the last key on. */
function said(...changes: readonly Change[]): string[] {
  return linesOf(fleetValues(...changes)).map((line) => line.replace(/^test\.fleet\.yaml: nodes\.validator\./, ""));
}

function virtualPort(driver: string, ...changes: readonly Change[]): readonly Change[] {
  return [
    [nic("driver"), driver],
    [nic("sriov"), { total: 7, offset: 128, stride: 2 }],
    [node("nics"), [{ name: "data0", virtualFunctions: [{ mac: "52:54:00:00:00:01" }] }]],
    [node("dataPlane", "ports", 0, "virtualFunction"), 0],
    ...changes,
  ];
}

test("a card that is named by its ids is judged by what it is, not by its driver", () => {
  const plain: readonly Change[] = [
    [node("dataPlane", "rss"), false],
    [node("dataPlane", "jumboFrames"), false],
    [node("dataPlane", "maxRxPacketLength"), 1518],
    [node("dataPlane", "queues"), 2],
    [node("dataPlane", "threads"), { network: 2, consensus: 1, transactionPool: 1 }],
  ];
  assert.deepEqual(said(...virtualPort("igb", ...plain)), []);
  assert.deepEqual(said(...virtualPort("igb", ...plain, [nic("id"), "8086:10c9"])), []);
  assert.deepEqual(said(...virtualPort("igb", ...plain, [nic("id"), "8086:1521"])), [
    "dataPlane.queues: found 2; a virtual function of data0 (Intel I350) has 1 at most",
  ]);
});

test("a whole card is not asked for more than it has either", () => {
  const i350: readonly Change[] = [
    [nic("driver"), "igb"],
    [nic("id"), "8086:1521"],
    [node("dataPlane", "queues"), 12],
    [node("dataPlane", "mempoolSize"), undefined],
  ];
  assert.deepEqual(said(...i350), ["dataPlane.queues: found 12; data0 (Intel I350) has 8 at most"]);
  assert.deepEqual(said([nic("driver"), "gve"], [nic("id"), "1ae0:0042"]), [
    "dataPlane.jumboFrames: found true; data0 (Google gVNIC) takes no jumbo frames; set it to false",
  ]);
});

test("a card that nobody knows is taken as it is asked for", () => {
  assert.deepEqual(said([nic("driver"), "strange"], [nic("id"), "1234:5678"]), []);
  assert.deepEqual(said([nic("id"), "1572"]), [
    'hardware.nics.data0.id: found "1572"; must be vendor and device as lspci -n writes them, such as 8086:10c9',
  ]);
});

test("ids and driver that are not of one card are refused", () => {
  assert.deepEqual(said([nic("id"), "8086:1592"]), [
    'hardware.nics.data0.driver: found "i40e"; 8086:1592 is Intel E810-C, whose driver is ice; correct id or driver of data0 on validator',
  ]);
});

test("a bifurcated card is never handed to vfio-pci, whole or in functions", () => {
  const line = "is bifurcated: its PMD works on top of the kernel driver; leave data0 with";
  assert.deepEqual(said(...mellanox), [`nics[0].bind: found "vfio-pci"; mlx5_core ${line} mlx5_core`]);
  assert.deepEqual(said([nic("driver"), "mana"], [node("dataPlane"), undefined]), [
    `nics[0].bind: found "vfio-pci"; mana ${line} mana`,
  ]);
  const functions = virtualPort("mlx5_core", [node("nics", 0, "virtualFunctions", 0, "driver"), "vfio-pci"]);
  assert.deepEqual(said(...functions), [
    `nics[0].virtualFunctions[0].driver: found "vfio-pci"; mlx5_core ${line} mlx5_core`,
  ]);
});

test("a card of Hyper-V is not handed to vfio-pci", () => {
  assert.match(said([nic("driver"), "hv_netvsc"])[0] ?? "", /bind: found "vfio-pci"; data0 .*uio_hv_generic/);
});

test("a bifurcated card that stays with its driver is a port, and its modules are loaded", () => {
  const left = [...mellanox, [node("nics"), [{ name: "data0" }]]] as const;
  assert.deepEqual(said(...left), []);
  const plan = hostPlan(read(fleetValues(...left)), "validator");
  assert.deepEqual(plan.modules, ["mlx5_ib", "ib_uverbs"]);
  assert.deepEqual(plan.nics, [
    {
      name: "data0",
      pci: "0000:01:00.0",
      mac: "3c:fd:fe:00:00:01",
      id: "15b3:1017",
      driver: "mlx5_core",
      virtualFunctions: [],
    },
  ]);
  assert.match(plan.files[0]?.content ?? "", /port-0-pci = 0000:01:00\.0/);
});

test("requirements go to the node, and a kernel that the file contradicts is refused", () => {
  const asked = { memory: "32G", kernel: "6.1", cpuFlags: ["avx2"] };
  const plan = hostPlan(read(fleetValues([node("requirements"), asked])), "validator");
  assert.deepEqual(plan.requirements, { memoryKiB: 32 * 1024 * 1024, kernel: "6.1", cpuFlags: ["avx2"] });
  assert.equal("requirements" in hostPlan(read(fleetValues()), "validator"), false);
  assert.deepEqual(said([node("requirements"), { kernel: "6.8" }]), [
    'requirements.kernel: found "6.8"; hardware.kernel is 6.1; boot a newer one, or ask for no more',
  ]);
  assert.match(said([node("requirements"), { memory: "much" }])[0] ?? "", /requirements\.memory: found "much"/);
});
