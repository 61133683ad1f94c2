import type { EnaFleetArgs } from "../aws/fleet-args";
import type { CpuRoles } from "../host/cpu-roles";
import type { CpuSet } from "../host/cpu-set";
import type { DataPlane } from "../host/data-plane";
import type { HugepageSize } from "../host/hugepages";
import type { KubeletSettings } from "../host/kubelet";
import type { SriovLayout } from "../host/nics";
import type { Tuning } from "../host/tuning";
import type { KubernetesInput } from "./schema-kubernetes";
import type { NicSettings } from "./schema-nic-settings";
import type { DpdkInput } from "./schema-packages";

/** A fleet file that was read and found right: every default filled in, every reference followed. */
export interface Fleet {
  readonly file: string;
  readonly site: string;
  /** In the order of the file. */
  readonly nodes: readonly FleetNode[];
  readonly machines: readonly FleetMachine[];
  /** Null where data planes are services of the nodes. */
  readonly kubernetes: FleetKubernetes | null;
  /** Null where nodes are no EC2 instances. */
  readonly aws: EnaFleetArgs | null;
}

/** What a cluster gets; the names are those of the objects. */
export interface FleetKubernetes {
  readonly cluster: KubernetesInput["cluster"];
  readonly operator: KubernetesInput["operator"] | null;
  readonly policies: ReadonlyMap<string, KubernetesInput["policies"][string]>;
  readonly networks: ReadonlyMap<string, KubernetesInput["networks"][string]>;
  readonly drains: ReadonlyMap<string, KubernetesInput["drains"][string]>;
  readonly devicePlugins: ReadonlyMap<string, FleetDevicePlugin>;
  readonly workloads: ReadonlyMap<string, KubernetesInput["workloads"][string]>;
}

/** A device plugin whose functions are told. */
export type FleetDevicePlugin = Omit<KubernetesInput["devicePlugins"][string], "pools"> & {
  readonly pools: readonly { readonly resource: string; readonly addresses: readonly string[] }[];
};

/** How the nodes of a fleet file are entered. A whole fleet is one of these too. */
export interface FleetConnections extends Pick<Fleet, "file" | "site" | "machines"> {
  readonly nodes: readonly Pick<FleetNode, "name" | "machine" | "ssh">[];
}

/** A virtual machine of the lab. */
export interface FleetMachine {
  readonly name: string;
  readonly index: number;
  readonly cpus: CpuSet;
  readonly numaNodes: readonly NumaNode[];
  readonly accelerator: "auto" | "kvm" | "tcg";
  readonly firmware: "bios" | "uefi";
  readonly login: "root" | "operator";
  readonly direct: boolean;
  /** A worker of the lab's cluster. */
  readonly worker: boolean;
}

export interface NumaNode {
  readonly cpus: CpuSet;
  readonly memoryKiB: number;
}

/** Where an SSH server is: told by the file, by the lab once its machine runs, or by an instance's console which key it has. */
export type SshAddress =
  | { readonly kind: "fixed"; readonly host: string; readonly port: number; readonly hostKey: string }
  | { readonly kind: "instance"; readonly instance: string; readonly host: string; readonly port: number }
  | { readonly kind: "machine"; readonly machine: string };

/** `machine` is the key that the lab made for itself. */
export type SshIdentity =
  | { readonly kind: "agent"; readonly socket: string | null }
  | { readonly kind: "file"; readonly path: string }
  | { readonly kind: "machine" };

export interface SshHop {
  readonly address: SshAddress;
  readonly user: string;
  readonly identity: SshIdentity;
}

export interface SshConnection extends SshHop {
  readonly sudo: boolean;
  /** The bastion, null where the operator reaches the node directly. */
  readonly via: SshHop | null;
}

export interface HardwareNic {
  readonly pci: string;
  readonly mac: string;
  /** PCI vendor and device, null where the file does not say. */
  readonly id: string | null;
  readonly driver: string;
  /** -1 where the machine does not say. */
  readonly numaNode: number;
  readonly iommuGroup: number | null;
  readonly sriov: (SriovLayout & { readonly total: number }) | null;
}

/** What the machine must have beyond what DPDK needs. */
export interface Requirements {
  readonly memoryKiB: number | null;
  readonly kernel: string | null;
  readonly cpuFlags: readonly string[];
}

export interface Hardware {
  readonly cpus: CpuSet;
  readonly kernel: string;
  readonly numaNodes: readonly NumaNode[];
  readonly smtSiblings: readonly CpuSet[];
  readonly nics: ReadonlyMap<string, HardwareNic>;
  readonly wayIn: readonly string[];
}

export interface Hugepages {
  readonly size: HugepageSize;
  readonly pages: readonly number[];
  readonly mount: { readonly path: string; readonly mode: string; readonly owner: string; readonly group: string };
}

export interface Kernel {
  readonly iommu: "intel" | "amd" | "off";
  readonly vfioNoIommu: boolean;
  readonly isolcpus: boolean;
  readonly nohzFull: boolean;
  readonly rcuNocbs: boolean;
  readonly extraArguments: readonly string[];
  readonly panicSeconds: number;
  readonly trialSeconds: number;
}

export interface VirtualFunctionRole {
  readonly mac: string;
  readonly driver: string;
  /** May change its own MAC address. */
  readonly trust: boolean;
}

export interface NicRole {
  readonly name: string;
  /** The driver that the whole card is handed to, null where it stays with its own. */
  readonly bind: "vfio-pci" | null;
  readonly virtualFunctions: readonly VirtualFunctionRole[];
  /** Null where the card stays as it is. */
  readonly settings: NicSettings | null;
}

export interface NodeFile {
  readonly path: string;
  readonly mode: string;
  readonly owner: string;
  readonly group: string;
  readonly content: string;
}

/** The data plane as a service of its node. */
export interface Service {
  readonly runtime: "podman" | "native";
  readonly user: string;
  readonly group: string;
  readonly startSeconds: number;
  readonly log?:
    | {
        readonly file?: string | undefined;
        readonly maxMiB: number;
        readonly keep: number;
        readonly rate?: { readonly lines: number; readonly seconds: number } | undefined;
      }
    | undefined;
  readonly coreDumps?: { readonly maxMiB: number } | undefined;
}

export type PackageManager = "apt" | "dnf" | "yum";

/** Boot loaders and package managers that no running machine has shown. */
export type Unproved = "bls" | "systemd-boot" | "dnf" | "yum";

/** Where DPDK comes from, beside what `packages` names. */
export type DpdkSource = Readonly<DpdkInput>;

export interface FleetNode {
  readonly name: string;
  readonly profile: string | null;
  readonly machine: string | null;
  readonly ssh: SshConnection;
  readonly hardware: Hardware;
  readonly requirements: Requirements | null;
  /** `roles` is null where the file gives none. */
  readonly cpus: { readonly housekeeping: CpuSet; readonly isolated: CpuSet; readonly roles: CpuRoles | null };
  readonly hugepages: readonly Hugepages[];
  readonly kernel: Kernel;
  readonly nics: readonly NicRole[];
  readonly sysctl: readonly { readonly key: string; readonly value: string }[];
  readonly packages: readonly string[];
  readonly acceptUnproved: readonly Unproved[];
  readonly packageManager: PackageManager;
  /** true: all of them. */
  readonly holdPackages: boolean | readonly string[];
  readonly holdKernel: boolean;
  readonly dpdk: DpdkSource | null;
  readonly files: readonly NodeFile[];
  readonly dataPlane: DataPlane | null;
  readonly service: Service | null;
  /** Null where the node is no worker of a Kubernetes cluster. */
  readonly kubelet: (KubeletSettings & { readonly labels: Readonly<Record<string, string>> }) | null;
  readonly memlockGroups: readonly string[];
  /** Null where nothing of it is touched. */
  readonly tuning: Tuning | null;
  readonly limits: {
    readonly confirmSeconds: number;
    readonly packagesSeconds: number;
    readonly answerSeconds: number;
  };
}
