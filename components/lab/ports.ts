import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { ControlPlanePorts } from "./control-plane/spec";
import { isRunning } from "./state";

/** How many ports a lab takes from its base on: SSH, the ends of the networks between its guests, its registry, its control plane. */
export const PORTS_PER_LAB = 500;

/** The highest index of a guest: each has one port in each of a lab's first four hundreds. */
export const MAX_INDEX = 99;

// Below 32768, where Linux begins to hand out ports of its own (ip_local_port_range).
const BASES = Array.from({ length: 20 }, (_, i) => 22000 + i * PORTS_PER_LAB);

/** Which port of 127.0.0.1 is for what. Every end of every network between guests has a UDP port of its own. */
export interface GuestPorts {
  /** TCP, forwarded to the guest's sshd where it is entered directly. */
  ssh: number;
  /** UDP, this guest's end of its lan link to the hub of the lab. */
  lan: number;
  /** UDP, the hub's end of the same link. */
  lanAtHub: number;
  /** UDP, this guest's end of the data link. */
  data: number;
}

export function guestPorts(base: number, index: number): GuestPorts {
  if (!Number.isInteger(index) || index < 1 || index > MAX_INDEX) {
    throw new RangeError(`a guest's index is a whole number from 1 to ${MAX_INDEX}, not ${index}`);
  }
  return { ssh: base + index, lan: base + 100 + index, lanAtHub: base + 200 + index, data: base + 300 + index };
}

/** TCP, where the lab's registry listens on 127.0.0.1; its guests reach it as 10.0.2.2, QEMU's name for this computer. */
export function registryPort(base: number): number {
  return base + 400;
}

/** TCP, where the programs of the lab's control plane of Kubernetes listen on 127.0.0.1. */
export function controlPlanePorts(base: number): ControlPlanePorts {
  const first = base + 410;
  return { etcd: first, etcdPeers: first + 1, api: first + 2, controllerManager: first + 3, scheduler: first + 4 };
}

/**
 * The base that a lab uses: the one that it has, while a guest or the registry of it runs or nothing else took its ports; else
 * the first of which nothing is taken. The same for every guest, as each must know the others' ports.
 */
export function choosePortBase(now: {
  remembered: number | null;
  running: boolean;
  taken: ReadonlySet<number>;
}): number {
  const free = (base: number): boolean => {
    for (let port = base; port < base + PORTS_PER_LAB; port++) if (now.taken.has(port)) return false;
    return true;
  };
  if (now.remembered !== null && (now.running || free(now.remembered))) return now.remembered;
  // With all twenty taken the first is as good as any: the start of a guest then names the port that is in its way.
  return BASES.find(free) ?? (BASES[0] as number);
}

/** The base of the lab whose guests' folders lie beside `guestFolder`. Reads, changes nothing. */
export function labPortBase(guestFolder: string, proc = "/proc"): number {
  const lab = dirname(guestFolder);
  return choosePortBase({
    remembered: rememberedBase(lab),
    running: [registryFolder(lab), apiServerFolder(lab), ...foldersOf(lab)].some((folder) => isRunning(folder, proc)),
    taken: takenPorts(proc),
  });
}

/** Where a lab remembers its base. */
export function portBaseFile(lab: string): string {
  return join(lab, "port-base");
}

/** The folder of a lab's registry: beside the folder of its guests, which is for nothing else. */
export function registryFolder(lab: string): string {
  return join(dirname(lab), "registry");
}

/** The folder of a lab's control plane, likewise. */
export function controlPlaneFolder(lab: string): string {
  return join(dirname(lab), "control-plane");
}

/** Where the record of its API server is, without which nothing of it is of use. */
export function apiServerFolder(lab: string): string {
  return join(controlPlaneFolder(lab), "kube-apiserver");
}

/** All of a lab use ports from the same base; whoever starts first keeps it for the others, and each writes the same. */
export function rememberPortBase(lab: string, base: number): void {
  const file = portBaseFile(lab);
  const text = `${base}\n`;
  if (readText(file) === text) return;
  mkdirSync(lab, { recursive: true });
  writeFileSync(`${file}.${process.pid}`, text);
  renameSync(`${file}.${process.pid}`, file);
}

function rememberedBase(lab: string): number | null {
  const text = readText(portBaseFile(lab)).trim();
  return /^\d{4,5}$/.test(text) ? Number(text) : null;
}

/** Ports of this machine that a socket listens on (TCP) or is bound to (UDP), as the kernel lists them. */
export function takenPorts(proc = "/proc"): Set<number> {
  const taken = new Set<number>();
  for (const [file, listening] of [
    ["tcp", true],
    ["tcp6", true],
    ["udp", false],
    ["udp6", false],
  ] as const) {
    for (const line of readText(join(proc, "net", file))
      .split("\n")
      .slice(1)) {
      const [, local, , state] = line.trim().split(/\s+/);
      // 0A is TCP_LISTEN: a connection in another state does not keep anyone from listening.
      if (local === undefined || (listening && state !== "0A")) continue;
      taken.add(Number.parseInt(local.slice(local.lastIndexOf(":") + 1), 16));
    }
  }
  return taken;
}

function foldersOf(lab: string): string[] {
  try {
    const entries = readdirSync(lab, { withFileTypes: true });
    return entries.filter((entry) => entry.isDirectory()).map((entry) => join(lab, entry.name));
  } catch {
    return [];
  }
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
