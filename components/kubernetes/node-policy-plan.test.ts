import assert from "node:assert/strict";
import { test } from "node:test";
import type { SriovNodePolicyArgs } from "./node-policy-args";
import { nodePolicy, refuseOverlaps } from "./node-policy-plan";

const validators = { "node-role.kubernetes.io/validator": "" };
const intel = { model: "intel", interfaces: ["ens1f0"], addresses: ["0000:3b:00.0"] } as const;
const args = (changes: Partial<SriovNodePolicyArgs> = {}): SriovNodePolicyArgs => ({
  resource: "data_plane",
  nodeSelector: validators,
  nic: intel,
  functions: 8,
  ...changes,
});

test("Intel's functions go to vfio-pci, Mellanox's stay with their driver and RDMA", () => {
  const { deviceType, isRdma, nicSelector } = nodePolicy("a", args()).spec;
  assert.deepEqual([deviceType, isRdma, nicSelector.vendor], ["vfio-pci", false, "8086"]);
  const mellanox = nodePolicy("a", args({ nic: { ...intel, model: "mellanox" } })).spec;
  assert.deepEqual([mellanox.deviceType, mellanox.isRdma, mellanox.nicSelector.vendor], ["netdevice", true, "15b3"]);
});

test("an interface of EC2 is one function, told by its subnet", () => {
  const nic = { model: "ena", subnet: "subnet-0a1b" } as const;
  const { nicSelector, numVfs } = nodePolicy("a", args({ nic, functions: 1 })).spec;
  assert.deepEqual(nicSelector, { vendor: "1d0f", netFilter: "aws/NetworkID:subnet-0a1b" });
  assert.equal(numVfs, 1);
});

test("a part of the functions is told by the interface's name", () => {
  const { nicSelector } = nodePolicy("a", args({ range: { first: 4, last: 7 } })).spec;
  assert.deepEqual(nicSelector, { vendor: "8086", pfNames: ["ens1f0#4-7"], rootDevices: ["0000:3b:00.0"] });
});

const wrong: readonly (readonly [Partial<SriovNodePolicyArgs>, RegExp])[] = [
  [{ resource: "data-plane" }, /resource data-plane makes no variable; write letters, digits and _ alone/],
  [{ nodeSelector: {} }, /nodeSelector is empty, which selects every node/],
  [{ nic: { model: "intel" } }, /nic names neither interfaces nor addresses, which selects every NIC of the vendor/],
  [{ nic: { ...intel, subnet: "subnet-1" } }, /only ena is told by a subnet/],
  [{ nic: { model: "ena", subnet: "subnet-1" } }, /functions is 8 of ena; an interface of EC2 is one function/],
  [{ nic: { model: "ena", subnet: "1" }, functions: 1 }, /nic\.subnet is 1; write the subnet/],
  [{ functions: 0 }, /functions is 0/],
  [{ functions: 8, nic: { ...intel, model: "82576" } }, /an 82576 has 7 at most/],
  [{ range: { first: 4, last: 8 } }, /range is 4 to 8; write two numbers from 0 to 7/],
  [{ range: { first: 5, last: 4 } }, /range is 5 to 4/],
  [
    { range: { first: 0, last: 1 }, nic: { model: "intel", addresses: ["0000:3b:00.0"] } },
    /range has no nic\.interfaces/,
  ],
  [{ priority: 100 }, /priority is 100; write a whole number from 0, the highest, to 99/],
  [{ mtu: 10 }, /mtu is 10/],
];
for (const [changes, says] of wrong)
  test(`${JSON.stringify(changes)} is refused with what to do`, () => {
    assert.throws(() => nodePolicy("a", args(changes)), says);
  });

const named = (...policies: SriovNodePolicyArgs[]) =>
  policies.map((each, index) => ({ name: `p${index}`, args: each }));
const byName = { model: "intel", interfaces: ["ens1f0"] } as const;
const part = (first: number, last: number) => args({ nic: byName, range: { first, last } });

test("two policies that take the same functions of nodes that both may select are refused by their names", () => {
  assert.throws(
    () => refuseOverlaps(named(part(0, 3), part(3, 7))),
    /p1 and p0 both take functions of ens1f0; give each/,
  );
  assert.throws(() => refuseOverlaps(named(args(), part(7, 7))), /both take functions of ens1f0/);
  const address = args({ nic: { model: "intel", addresses: ["0000:3b:00.0"] } });
  assert.throws(() => refuseOverlaps(named(address, args())), /both take functions of 0000:3b:00\.0/);
  const both = (first: number, last: number) => args({ range: { first, last } });
  assert.throws(
    () => refuseOverlaps(named(both(0, 3), both(4, 7))),
    /both take functions of 0000:3b:00\.0; give each a range of its own with nic\.interfaces, and nic\.addresses in neither/,
  );
  const ena = args({ nic: { model: "ena", subnet: "subnet-1" }, functions: 1 });
  assert.throws(() => refuseOverlaps(named(ena, ena)), /both take functions of subnet-1/);
});

test("other functions, other NICs and nodes that no label lets meet are no overlap", () => {
  refuseOverlaps(named(part(0, 3), part(4, 7)));
  refuseOverlaps(named(args(), args({ nic: { model: "intel", interfaces: ["ens2f0"] } })));
  refuseOverlaps(named(args({ nodeSelector: { zone: "a" } }), args({ nodeSelector: { zone: "b" } })));
});

test("nodes with two labels may be selected by either", () => {
  const two = named(args({ nodeSelector: { zone: "a" } }), args({ nodeSelector: { rack: "1" } }));
  assert.throws(() => refuseOverlaps(two), /both take/);
});
