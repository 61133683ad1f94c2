import { z } from "zod";
import { count, field, text } from "./fields";

// Debian policy 5.6.1 and 5.6.12; rpm's names have capital letters and underscores too. Which of them a node takes is checked
// once its package manager is known.
const packageSpec = () =>
  text(
    /^[A-Za-z0-9][A-Za-z0-9+._-]*(=[A-Za-z0-9][A-Za-z0-9.+~:^_-]*)?$/,
    "must be the name of a package, or NAME=VERSION such as dpdk-dev=24.11.3-1~deb12u1",
  );

const packageName = () => text(/^[A-Za-z0-9][A-Za-z0-9+._-]*$/, "must be the name of a package, without a version");

export const packageFields = {
  packageManager: field(
    z.enum(["apt", "dnf", "yum"]).default("apt"),
    "What installs the packages. apt: Debian and Ubuntu. dnf: RHEL, Rocky, AlmaLinux, Fedora, Amazon Linux 2023; yum: Amazon " +
      "Linux 2. Those two need `acceptUnproved`; a node with another package manager than this is refused.",
    { reboot: false, example: "apt" },
  ),
  packages: field(
    z.array(packageSpec()).default([]),
    "Packages that must be there, by the names of the node's distribution. NAME=VERSION asks for exactly that version " +
      "(rpm: VERSION or VERSION-RELEASE).",
    { reboot: false, example: ["dpdk-dev"] },
  ),
  holdPackages: field(
    z.union([z.boolean(), z.array(packageName())], { error: "must be true, false or a list of names" }).default(false),
    "Packages that no upgrade may change, unattended ones neither: apt-mark hold, or `exclude=` of dnf and yum. true: all of " +
      "`packages`, and DPDK's. What was held before stays held after.",
    { reboot: false, example: true },
  ),
  holdKernel: field(
    z.boolean().default(false),
    "Keep the kernel as it is, with the packages by which another one would come. For nodes with modules that are not the " +
      "distribution's: a new kernel does not have them.",
    { reboot: false, example: true },
  ),
};

const driverList = () =>
  z.array(text(/^[a-z0-9_*]+\/[a-z0-9_*]+$/, "must be a driver of DPDK such as net/ice, or a pattern such as net/*"));

const distribution = z.strictObject({
  source: field(z.literal("distribution"), "DPDK as the distribution has it, by its package manager.", {
    reboot: false,
    example: "distribution",
  }),
});

const archive = z.strictObject({
  source: field(
    z.literal("archive"),
    "DPDK from its source archive: verified, built on the node, installed into /opt/dpdk-VERSION.",
    { reboot: false, example: "archive" },
  ),
  version: field(
    text(/^\d{2}\.\d{2}(\.\d{1,2})?$/, "must be a version in quotes such as '24.11.3'"),
    "24.11 and 25.11 are maintained for years to come; 22.11 gets no corrections any more and is built with that remark.",
    { reboot: false, example: "24.11.3" },
  ),
  sha256: field(
    text(/^[0-9a-f]{64}$/, "must be the archive's SHA-256: 64 digits, lowercase"),
    "The archive's SHA-256. Compared before anything reads what is in the archive.",
    { reboot: false, example: "0".repeat(64) },
  ),
  url: field(
    text(
      /^(https:\/\/[A-Za-z0-9._~:/?#@!$&()*+,;=%[\]-]+|(\/[A-Za-z0-9_-][A-Za-z0-9._-]*)+)$/,
      "must be an https:// address, or the absolute path of a file on the node",
    ).optional(),
    "Where the node takes the archive from: https with the node's own authorities, or a file on it. " +
      "Default: https://fast.dpdk.org/rel/dpdk-VERSION.tar.xz.",
    { reboot: false, example: "https://mirror.example.com/dpdk-24.11.3.tar.xz" },
  ),
  platform: field(
    z.enum(["generic", "native"]).default("generic"),
    "generic runs on every machine of the architecture; native uses all that this node's CPU has.",
    { reboot: false, example: "generic" },
  ),
  examples: field(
    z.array(text(/^[a-z0-9_-]+$/, "must be the name of an example of DPDK, or all")).default([]),
    "Examples to build.",
    { reboot: false, example: ["l3fwd"] },
  ),
  enableDrivers: field(driverList().default([]), "Only these drivers. None named: all.", {
    reboot: false,
    example: ["bus/*", "mempool/ring", "net/ice"],
  }),
  disableDrivers: field(driverList().default([]), "All but these drivers.", { reboot: false, example: ["crypto/*"] }),
  maxEthports: field(count(1, 1024).default(32), "Ports that a process can have (meson's max_ethports).", {
    reboot: false,
    example: 32,
  }),
  maxNumaNodes: field(
    z.union([count(1, 1024), z.literal("default"), z.literal("detect")]).default("default"),
    "NUMA nodes that DPDK knows (meson's max_numa_nodes). detect: those of the node.",
    { reboot: false, example: 8 },
  ),
  buildSeconds: field(count(60, 14_400).default(900), "Time that each step of fetching and building may take.", {
    unit: "s",
    reboot: false,
    example: 900,
  }),
});

export const dpdkSchema = z.discriminatedUnion("source", [distribution, archive]).meta({
  description:
    "Where DPDK comes from, with the packages that this needs. Left out: what `packages` names, and no more. " +
    "The data plane's own image has DPDK in it and needs neither. A change needs no reboot. " +
    'Example: {"source":"distribution"}.',
});

export type DpdkInput = z.output<typeof dpdkSchema>;
