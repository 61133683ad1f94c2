import { join } from "node:path";
import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import { interpreterOf } from "../image/interpreter";
import type { WantedAccelerator } from "./accelerator";
import { type GuestAddresses, guestAddresses } from "./addresses";
import type { DiskSpec } from "./disk";
import type { Firmware } from "./firmware";
import type { PowerSpec } from "./power";
import { CONSOLE, type GuestNumaNode, qemuArguments } from "./qemu";
import type { GuestUser } from "./seed";
import { wantedIncarnation } from "./state";
import { dataLink, lanLinks } from "./topology";
import type { WorkerSpec } from "./worker";

/** A virtual machine of the lab. All of it is known before the machine exists. */
export interface LabGuestArgs {
  /** The guest's host name. */
  hostname: string;
  /** 1 to 99, unique in the lab: MAC addresses, its address in the lan and its ports are made from it. */
  index: number;
  /** Absolute path of the guest's own folder. All guests of a lab have theirs side by side, in a folder for nothing else. */
  folder: string;
  /** Absolute path of the lab's disk for its firmware, a raw image. A guest stays on the one that it was made from. */
  disk: string;
  /** Default `bios`. With `uefi` the guest has boot entries of its own, which outlive its power. */
  firmware?: Firmware;
  /** The guest's CPUs and memory. A change shuts the guest down and starts it again. */
  numaNodes: readonly GuestNumaNode[];
  /** `tcg`: emulation, everywhere; `kvm` and `auto`: KVM where a kernel boots with it, else one line why not, and `tcg`. */
  accelerator: WantedAccelerator;
  /** Indexes of the other guests of the lab. */
  peers: readonly number[];
  /** Whether the operator enters the guest itself, by a forwarded port, rather than through another guest. */
  direct: boolean;
  /** Who is entered. */
  user: GuestUser;
  /** The line of authorized_keys that opens this user. */
  operatorPublicKey: string;
  /** Makes it a worker of the lab's cluster, at its first boot. Default: none. */
  worker?: WorkerSpec;
  /** Seconds from its start until the guest can be entered. Default 300: ten times what an idle computer takes. */
  bootSeconds?: number;
}

/**
 * A virtual machine on this computer: Debian with GRUB, an `igb` NIC with SR-IOV behind an IOMMU, and an sshd with a host key
 * of its own. Two resources: `disk`, and `power`, which starts the guest where it does not run.
 *
 * ```ts
 * const guest = new LabGuest("machine-alpha", {
 *   hostname: "alpha", index: 1, folder: "/var/cache/lab/guests/alpha", disk: "/var/cache/lab/disk.raw",
 *   numaNodes: [{ cpus: [0, 1], memoryKiB: 1310720 }, { cpus: [2, 3], memoryKiB: 1310720 }],
 *   accelerator: "tcg", peers: [2], direct: true, user: "root", operatorPublicKey: "ssh-ed25519 AAAA…",
 * });
 * ```
 */
export class LabGuest extends pulumi.ComponentResource {
  /** The public host key, `ssh-ed25519 AAAA…`. Resolves when the guest can be entered. */
  readonly hostKey: pulumi.Output<string>;
  readonly addresses: GuestAddresses;
  /** TCP port of 127.0.0.1 that leads to sshd, where the guest is entered directly. */
  readonly sshPort: number;
  /** All that the guest's serial console printed, across boots. */
  readonly consoleLog: string;

  constructor(name: string, args: LabGuestArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dpdk-fleet:lab:Guest", name, {}, opts);
    this.addresses = guestAddresses(args);
    this.sshPort = this.addresses.sshPort;
    this.consoleLog = join(args.folder, CONSOLE);

    const child = { parent: this };
    const common = {
      interpreter: interpreterOf(__filename, join(__dirname, "command")),
      dir: __dirname,
      addPreviousOutputInEnv: false,
    };
    const disk = new local.Command(
      `${name}-disk`,
      {
        ...common,
        create: "make-disk",
        delete: "remove-disk",
        environment: { LAB_FOLDER: args.folder, LAB_DISK_SPEC: json(diskSpec(args, this.addresses)) },
      },
      child,
    );
    const power = new local.Command(
      `${name}-power`,
      {
        ...common,
        create: "power-on",
        delete: "power-off",
        environment: {
          LAB_FOLDER: args.folder,
          LAB_BASE_DISK: args.disk,
          LAB_POWER_SPEC: json(powerSpec(args, this.addresses, wantedIncarnation(args.folder))),
        },
        logging: local.Logging.Stderr,
      },
      { ...child, dependsOn: [disk] },
    );
    this.hostKey = pulumi.all([disk.stdout, power.id]).apply(([key]) => key);
    this.registerOutputs({ hostKey: this.hostKey, sshPort: this.sshPort, consoleLog: this.consoleLog });
  }
}

/** What `disk` is asked for. */
export function diskSpec(args: LabGuestArgs, addresses: GuestAddresses): DiskSpec {
  const { uplinkMac, lanMac, lanAddress } = addresses;
  return {
    folder: args.folder,
    base: args.disk,
    ...(args.firmware === "uefi" ? { firmware: args.firmware } : {}),
    seed: {
      hostname: args.hostname,
      user: args.user,
      operatorPublicKey: args.operatorPublicKey,
      addresses: { uplinkMac, lanMac, lanAddress },
      ...(args.worker === undefined ? {} : { worker: args.worker }),
    },
  };
}

/** What `power` is asked for. */
export function powerSpec(args: LabGuestArgs, addresses: GuestAddresses, incarnation: number): PowerSpec {
  const { portBase } = addresses;
  const sshPort = args.direct ? addresses.sshPort : null;
  const lan = lanLinks(portBase, args.index, args.peers);
  const data = dataLink(portBase, args.index, args.peers);
  const ends = data === null ? lan : [...lan, data];
  return {
    folder: args.folder,
    hostname: args.hostname,
    incarnation,
    accelerator: args.accelerator,
    ...(args.firmware === "uefi" ? { firmware: args.firmware } : {}),
    portBase,
    sshPort,
    ports: [...(sshPort === null ? [] : [sshPort]), ...ends.map((end) => end.localPort)],
    limit: args.bootSeconds ?? 300,
    arguments: qemuArguments({
      hostname: args.hostname,
      firmware: args.firmware ?? "bios",
      numaNodes: args.numaNodes,
      addresses,
      sshPort,
      lan,
      data,
    }),
  };
}

function json(value: unknown): string {
  return JSON.stringify(value, undefined, 1);
}
