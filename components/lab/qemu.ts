import type { GuestAddresses } from "./addresses";
import { type Firmware, firmwareArguments } from "./firmware";
import type { LinkEnd } from "./topology";

/** One NUMA node of a guest. */
export interface GuestNumaNode {
  cpus: readonly number[];
  memoryKiB: number;
}

/** What QEMU must know of a guest. */
export interface QemuGuest {
  hostname: string;
  firmware: Firmware;
  numaNodes: readonly GuestNumaNode[];
  addresses: Pick<GuestAddresses, "uplinkMac" | "lanMac" | "dataMac">;
  /** Port of 127.0.0.1 that leads to sshd; null: none does. */
  sshPort: number | null;
  lan: readonly LinkEnd[];
  data: LinkEnd | null;
}

/** How instructions are executed: by the processor, or by emulation. */
export type Accelerator = "kvm" | "tcg";

// What a guest's folder holds of QEMU. The process runs in that folder, so that the names are short and the same everywhere.
export const DISK = "disk.qcow2";
export const SEED = "seed.tar";
export const CONSOLE = "console.log";
export const QMP_SOCKET = "qmp.sock";

/**
 * The arguments of qemu-system-x86_64 for a guest, but for those of its accelerator. PCI addresses are said wherever a
 * fleet file names them: the card that carries SSH is 00:02.0, the data NIC 01:00.0.
 */
export function qemuArguments(guest: QemuGuest): string[] {
  return [
    ...["-name", `guest=${guest.hostname},debug-threads=on`],
    ...["-nodefaults", "-no-user-config", "-display", "none", "-vga", "none"],
    ...firmwareArguments(guest.firmware),
    ...processors(guest.numaNodes),
    // The IOMMU comes before the devices that it is to translate for; vfio-pci in the guest needs caching-mode.
    ...["-device", "intel-iommu,intremap=on,caching-mode=on"],
    ...uplink(guest),
    ...lan(guest),
    ...dataNic(guest),
    ...disks(guest.firmware),
    ...["-device", "virtio-rng-pci,addr=0x06"],
    ...["-chardev", `file,id=console,path=${CONSOLE},append=on`, "-serial", "chardev:console"],
    ...["-qmp", `unix:${QMP_SOCKET},server=on,wait=off`],
  ];
}

/** The arguments that say how instructions are executed. The interrupt controller is split for the IOMMU's remapping. */
export function acceleratorArguments(accelerator: Accelerator): string[] {
  // Under emulation all of a guest's CPUs share one thread: with a thread each, QEMU 10 now and then ends with "iotlb_to_section:
  // Assertion `section_index < d->map.sections_nb' failed" while a kernel sizes PCI windows (QEMU issue 1921).
  const how = accelerator === "kvm" ? "kvm" : "tcg,thread=single";
  // Emulation does `rep movsb` and `rep stosb` byte by byte: a kernel that does without them clears a page in half the time
  // (256 hugepages at boot: 1.6 s instead of 3.6). With the fifth level of page tables every walk is one step longer.
  const cpu = accelerator === "kvm" ? "max,svm=off" : "max,svm=off,erms=off,fsrm=off,la57=off";
  return ["-machine", "q35,kernel-irqchip=split", "-accel", how, "-cpu", cpu];
}

function processors(nodes: readonly GuestNumaNode[]): string[] {
  const cpus = nodes.reduce((sum, node) => sum + node.cpus.length, 0);
  const kib = nodes.reduce((sum, node) => sum + node.memoryKiB, 0);
  const numa = nodes.flatMap((node, id) => [
    ...["-object", `memory-backend-ram,id=memory${id},size=${node.memoryKiB}K`],
    ...["-numa", ["node", `nodeid=${id}`, ...cpuRanges(node.cpus), `memdev=memory${id}`].join(",")],
  ]);
  return ["-smp", `${cpus}`, "-m", `${kib}K`, ...numa];
}

/** QEMU takes ranges, each as an argument of its own. */
function cpuRanges(cpus: readonly number[]): string[] {
  const ranges: string[] = [];
  let first = 0;
  for (let i = 0; i < cpus.length; i++) {
    if (cpus[i + 1] === (cpus[i] as number) + 1) continue;
    ranges.push(first === i ? `cpus=${cpus[i]}` : `cpus=${cpus[first]}-${cpus[i]}`);
    first = i + 1;
  }
  return ranges;
}

/** The way in and out: the host is 10.0.2.2 to the guest, its sshd a port of the host's loopback. */
function uplink(guest: QemuGuest): string[] {
  const forward = guest.sshPort === null ? "" : `,hostfwd=tcp:127.0.0.1:${guest.sshPort}-10.0.2.15:22`;
  return [
    ...["-netdev", `user,id=uplink${forward}`],
    ...["-device", `virtio-net-pci,netdev=uplink,mac=${guest.addresses.uplinkMac},addr=0x02,romfile=`],
  ];
}

function lan(guest: QemuGuest): string[] {
  const links = guest.lan.flatMap((end, i) => [
    ...["-netdev", socket(`link${i}`, end)],
    ...["-netdev", `hubport,id=port${i},hubid=0,netdev=link${i}`],
  ]);
  return [
    ...links,
    ...["-netdev", "hubport,id=lan,hubid=0"],
    ...["-device", `virtio-net-pci,netdev=lan,mac=${guest.addresses.lanMac},addr=0x03,romfile=`],
  ];
}

/** An Intel 82576 (igb) with SR-IOV in a PCI Express slot of its own, so that its functions get IOMMU groups of their own. */
function dataNic(guest: QemuGuest): string[] {
  const netdev = guest.data === null ? "hubport,id=data,hubid=1" : socket("data", guest.data);
  return [
    ...["-device", "pcie-root-port,id=slot1,slot=1,chassis=1,addr=0x04"],
    ...["-netdev", netdev],
    ...["-device", `igb,netdev=data,bus=slot1,mac=${guest.addresses.dataMac},romfile=`],
  ];
}

function disks(firmware: Firmware): string[] {
  // With an order from QEMU, OVMF rewrites BootOrder at every start and deletes entries that are not in it (its QemuBootOrderLib).
  const order = firmware === "bios" ? ",bootindex=0" : "";
  return [
    // The lab's disks are worth nothing after a crash of the host, so they need not wait for the host's disk.
    ...["-drive", `if=none,id=root,file=${DISK},format=qcow2,cache=unsafe,discard=unmap`],
    ...["-device", `virtio-blk-pci,drive=root${order},addr=0x05`],
    ...["-drive", `if=none,id=seed,file=${SEED},format=raw,readonly=on`],
    ...["-device", "virtio-blk-pci,drive=seed,serial=seed,addr=0x07"],
  ];
}

function socket(id: string, end: LinkEnd): string {
  return `socket,id=${id},udp=127.0.0.1:${end.remotePort},localaddr=127.0.0.1:${end.localPort}`;
}
