/** A Debian package that the project needs on the operator's machine. */
export interface NeededPackage {
  name: string;
  /** What for. */
  why: string;
  /** Lowest major version that serves. Default: any. */
  major?: number;
  /** A service that its installation would start, and that nobody has asked for. Default: none. */
  service?: string;
}

/** All of them. The lab's disk brings its own GRUB tools, so that their version is that of its modules. */
export const NEEDED: readonly NeededPackage[] = [
  { name: "qemu-system-x86", why: "virtual machines; igb, a network card with SR-IOV, came with version 8", major: 8 },
  { name: "qemu-utils", why: "the disks of virtual machines" },
  { name: "mmdebstrap", why: "the lab's disk" },
  { name: "e2fsprogs", why: "its file system" },
  { name: "fdisk", why: "its partition" },
  { name: "openssh-client", why: "keys" },
  { name: "buildah", why: "the data plane's container image, without a daemon" },
  // Debian would start it for every address of this computer; the lab starts its own, on loopback.
  { name: "docker-registry", why: "the lab's registry of that image", service: "docker-registry" },
];

/** What a lab with UEFI machines needs beside it. */
export const NEEDED_FOR_UEFI: readonly NeededPackage[] = [
  { name: "ovmf", why: "the firmware of virtual machines that boot as UEFI servers do" },
];

/** What the tests need beside it. */
export const NEEDED_FOR_TESTS: readonly NeededPackage[] = [
  { name: "openssh-server", why: "an SSH server that tests start on ports of their own", service: "ssh" },
  { name: "gcc", why: "the data plane's own tests" },
  { name: "libc6-dev", why: "the same" },
  { name: "meson", why: "the same" },
  { name: "ninja-build", why: "the same" },
  { name: "pkg-config", why: "the same" },
  { name: "libdpdk-dev", why: "the same, with DPDK 22.11" },
  { name: "libjansson-dev", why: "the same" },
  { name: "libcmocka-dev", why: "the same" },
  { name: "podman", why: "the data plane's image, run as nodes run it", service: "podman.socket" },
  { name: "runc", why: "its runtime on machines with old cgroups" },
  { name: "qemu-user", why: "the same on a processor that is too old for it" },
  { name: "mount", why: "small disks and read-only folders of the tests" },
  { name: "iproute2", why: "networks of the data plane's stories, in namespaces of their own" },
  { name: "iputils-ping", why: "ping, through two data planes, in the same stories" },
  { name: "logrotate", why: "the rotation of the data plane's log file, tried", service: "logrotate.timer" },
];

/** What `npm run test:nightly` fuzzes with. */
export const NEEDED_FOR_FUZZING: readonly NeededPackage[] = [
  { name: "clang", why: "libFuzzer, for what reads bytes from outside" },
  { name: "libclang-rt-dev", why: "its sanitizers, which clang only recommends" },
];

/** What `npm run bench -- dataplane` compares a node with. */
export const NEEDED_FOR_DATAPLANE_BENCH: readonly NeededPackage[] = [
  { name: "dpdk-dev", why: "dpdk-testpmd, to compare with" },
];

/** What `npm run bench -- host` compares us with. */
export const NEEDED_FOR_HOST_BENCH: readonly NeededPackage[] = [
  { name: "ansible-core", why: "the same preparation by a playbook, to compare with" },
];

/** What is to be installed, and where it will come from. */
export interface Installation {
  name: string;
  suite: string;
  why: string;
  service?: string;
}

/** Where the newer QEMU is, by release. Later releases have it themselves. */
const BACKPORTS: Readonly<Record<string, string>> = { bookworm: "bookworm-backports" };

/**
 * The packages that are missing or too old, with the suite that each will come from: the machine's own release wherever it
 * serves. `installed` maps names to versions.
 */
export function missingPackages(
  installed: ReadonlyMap<string, string>,
  release: string,
  needed: readonly NeededPackage[] = NEEDED,
): Installation[] {
  return needed
    .filter((one) => !serves(one, installed.get(one.name)))
    .map(({ name, major, why, service }) => ({
      name,
      suite: major === undefined ? release : (BACKPORTS[release] ?? release),
      why,
      ...(service === undefined ? {} : { service }),
    }));
}

/** The list as it is shown before anything is installed. */
export function installationLines(missing: readonly Installation[]): string[] {
  const width = Math.max(...missing.map((one) => one.name.length));
  return missing.map((one) => `${one.name.padEnd(width)}  from ${one.suite}: ${one.why}`);
}

function serves(needed: NeededPackage, version: string | undefined): boolean {
  if (version === undefined) return false;
  return needed.major === undefined || majorOf(version) >= needed.major;
}

/** `1:10.0.2+ds-2` is 10: an epoch may stand before it. */
function majorOf(version: string): number {
  return Number.parseInt(version.replace(/^\d+:/, ""), 10);
}
