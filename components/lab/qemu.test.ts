import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { addressesAt } from "./addresses";
import type { Firmware } from "./firmware";
import { acceleratorArguments, qemuArguments } from "./qemu";
import { dataLink, lanLinks } from "./topology";

const numaNodes = [
  { cpus: [0, 1], memoryKiB: 1310720 },
  { cpus: [2, 3], memoryKiB: 1310720 },
];

function argumentsOf(
  hostname: string,
  index: number,
  peers: number[],
  sshPort: number | null,
  firmware: Firmware = "bios",
): string[] {
  const lan = lanLinks(22000, index, peers);
  const data = dataLink(22000, index, peers);
  return qemuArguments({ hostname, firmware, numaNodes, addresses: addressesAt(22000, index), sshPort, lan, data });
}

for (const [hostname, index, peer, sshPort] of [
  ["alpha", 1, 2, 22001],
  ["beta", 2, 1, null],
] as const) {
  test(`the arguments of ${hostname} are those of golden/qemu-${hostname}.txt`, () => {
    const golden = readFileSync(join(__dirname, "golden", `qemu-${hostname}.txt`), "utf8");
    assert.equal(`${argumentsOf(hostname, index, [peer], sshPort).join("\n")}\n`, golden);
  });
}

test("with UEFI there are variables of the guest's own, and QEMU leaves the boot order to them; all else is as with BIOS", () => {
  const bios = argumentsOf("alpha", 1, [2], 22001);
  const uefi = argumentsOf("alpha", 1, [2], 22001, "uefi");
  const only = (some: string[], others: string[]): string[] => some.filter((word) => !others.includes(word));
  assert.deepEqual(only(uefi, bios), [
    "if=pflash,unit=0,format=raw,readonly=on,file=/usr/share/OVMF/OVMF_CODE_4M.fd",
    "if=pflash,unit=1,format=raw,file=efi-variables.fd",
    "virtio-blk-pci,drive=root,addr=0x05",
  ]);
  assert.deepEqual(only(bios, uefi), ["virtio-blk-pci,drive=root,bootindex=0,addr=0x05"]);
});

test("only a guest that is entered directly has a forwarded port", () => {
  assert.ok(!argumentsOf("beta", 2, [1], null).join(" ").includes("hostfwd"));
});

test("a guest without a partner still has its data NIC", () => {
  const text = argumentsOf("gamma", 3, [1, 2], null).join(" ");
  assert.match(text, /hubport,id=data,hubid=1 -device igb,netdev=data/);
});

test("CPUs that are no range are named one by one", () => {
  const spread = [
    { cpus: [0, 2, 3], memoryKiB: 1024 },
    { cpus: [1], memoryKiB: 1024 },
  ];
  const args = qemuArguments({
    hostname: "x",
    firmware: "bios",
    numaNodes: spread,
    addresses: addressesAt(22000, 1),
    sshPort: null,
    lan: [],
    data: null,
  });
  assert.ok(args.includes("node,nodeid=0,cpus=0,cpus=2-3,memdev=memory0"));
  assert.equal(args[args.indexOf("-smp") + 1], "4");
});

test("emulation runs all CPUs of a guest in one thread", () => {
  assert.ok(acceleratorArguments("tcg").includes("tcg,thread=single"));
  assert.ok(acceleratorArguments("kvm").includes("kvm"));
});
