import type { PlannedInstance } from "../aws/fleet-plan";
import type { FleetProblem } from "./errors";
import { check, valueAt } from "./messages";
import { merge, type Raw } from "./profiles";
import { type HopInput, type IdentityInput, type SshInput, sshSchema } from "./schema-connection";
import { suggestion } from "./suggest";
import type { FleetMachine, SshAddress, SshConnection, SshHop, SshIdentity } from "./types";

/** What a connection may refer to: machines, instances by their nodes, and the other nodes as they stand in the file. */
export interface Surroundings {
  readonly machines: readonly FleetMachine[];
  readonly instances: ReadonlyMap<string, PlannedInstance>;
  readonly nodes: Readonly<Record<string, Raw>>;
  readonly profiles: Readonly<Record<string, Raw>>;
}

type Path = readonly (string | number)[];

interface Place {
  readonly host?: string | undefined;
  readonly port?: number | undefined;
  readonly hostKey?: string | undefined;
  readonly machine?: string | undefined;
  readonly instance?: PlannedInstance | undefined;
}

/** Follows names of machines and bastions; null where the file does not say enough, with the reason in `problems`. */
export function resolveSsh(
  node: string,
  ssh: SshInput,
  machine: string | undefined,
  around: Surroundings,
  problems: FleetProblem[],
): SshConnection | null {
  const instance = around.instances.get(node);
  const user = ssh.user ?? instance?.user ?? "root";
  const own = resolveHop({ ...ssh, user, machine, instance }, ["ssh"], around, problems);
  const via = bastion(node, ssh, around, problems);
  if (own === null || via === "unusable") return null;
  problems.push(
    ...machineMistakes(
      user,
      via,
      around.machines.find((known) => known.name === machine),
    ),
  );
  return { ...own, sudo: ssh.sudo ?? user !== "root", via };
}

/** A machine of the lab is made for one way of entering it; a node that asks for another would never be reached. */
function machineMistakes(user: string, via: SshHop | null, machine: FleetMachine | undefined): FleetProblem[] {
  if (machine === undefined) return [];
  const { name, login, direct } = machine;
  const problems: FleetProblem[] = [];
  if (user !== login) {
    problems.push({ path: ["ssh", "user"], value: user, remedy: `must be ${login}, as machines.${name}.login says` });
  }
  if (via === null && !direct) {
    problems.push({
      path: ["ssh", "via"],
      value: [],
      remedy: `must name a bastion, as machines.${name}.direct is false`,
    });
  }
  return problems;
}

function bastion(
  node: string,
  ssh: SshInput,
  around: Surroundings,
  problems: FleetProblem[],
): SshHop | null | "unusable" {
  const [first] = ssh.via;
  if (first === undefined) return null;
  const path: Path = ["ssh", "via"];
  const refuse = (value: unknown, remedy: string, index?: number): "unusable" => {
    problems.push({ path: index === undefined ? path : [...path, index], value, remedy });
    return "unusable";
  };
  if (ssh.via.length > 1) {
    return refuse(
      ssh.via.map(hopName),
      "has more than one hop and the command provider opens one; name a single bastion that reaches the node",
    );
  }
  if (typeof first !== "string") return resolveHop(first, [...path, 0], around, problems) ?? "unusable";
  if (first === node) return refuse(first, "is the node itself; name another node, or leave via out", 0);
  const raw = Object.hasOwn(around.nodes, first) ? around.nodes[first] : undefined;
  if (raw === undefined) {
    const machine = around.machines.some((known) => known.name === first)
      ? ` (the machine of that name: {machine: ${first}})`
      : "";
    return refuse(first, `is no node of this file${machine}; ${suggestion(first, Object.keys(around.nodes))}`, 0);
  }
  const profile =
    typeof raw.profile === "string" && Object.hasOwn(around.profiles, raw.profile)
      ? around.profiles[raw.profile]
      : undefined;
  const merged = merge(profile ?? {}, raw);
  // A node whose own connection is wrong is reported at that node.
  const theirs = check(sshSchema, valueAt(merged, ["ssh"]) ?? {}, []).value;
  if (theirs === null) return "unusable";
  if (theirs.via.length > 0) {
    return refuse(
      first,
      "is itself behind a bastion, and the command provider opens one hop only; name a node that is reached directly",
      0,
    );
  }
  const machine = typeof merged.machine === "string" ? merged.machine : undefined;
  const instance = around.instances.get(first);
  const user = theirs.user ?? instance?.user;
  return resolveHop({ ...theirs, user, machine, instance }, [...path, 0], around, []) ?? "unusable";
}

function hopName(hop: string | HopInput): string {
  return typeof hop === "string" ? hop : (hop.machine ?? hop.host ?? "?");
}

function resolveHop(
  place: Place & { readonly user?: string | undefined; readonly identity?: IdentityInput | undefined },
  path: Path,
  around: Surroundings,
  problems: FleetProblem[],
): SshHop | null {
  const address = resolveAddress(place, path, around, problems);
  const identity = resolveIdentity(place.identity, place.machine !== undefined, [...path, "identity"], problems);
  return address && identity && { address, user: place.user ?? "root", identity };
}

function resolveAddress(place: Place, path: Path, around: Surroundings, problems: FleetProblem[]): SshAddress | null {
  const before = problems.length;
  if (place.machine !== undefined) {
    for (const key of ["host", "port", "hostKey"] as const) {
      if (place[key] === undefined) continue;
      problems.push({
        path: [...path, key],
        value: place[key],
        remedy: "comes from the machine; leave it out, or leave machine out",
      });
    }
    // A node's own machine stands beside ssh, a bastion's within it.
    const machinePath = path.length === 1 ? ["machine"] : [...path, "machine"];
    const known = around.machines.map((machine) => machine.name);
    if (!known.includes(place.machine)) {
      problems.push({
        path: machinePath,
        value: place.machine,
        remedy: `is no machine of this file; ${suggestion(place.machine, known)}`,
      });
    }
    return problems.length > before ? null : { kind: "machine", machine: place.machine };
  }
  const { instance, hostKey } = place;
  const host = place.host ?? instance?.interfaces[0]?.address;
  if (instance !== undefined && host !== undefined && hostKey === undefined)
    return { kind: "instance", instance: instance.name, host, port: place.port ?? 22 };
  if (host === undefined)
    problems.push({ path: [...path, "host"], remedy: "is missing; name the host, or a machine of the lab" });
  if (hostKey === undefined) {
    const remedy =
      "is missing, and an unknown host is never trusted; `ssh-keyscan -t ed25519 HOST` prints it, compare it with the host's console";
    problems.push({ path: [...path, "hostKey"], remedy });
  }
  return host === undefined || hostKey === undefined ? null : { kind: "fixed", host, port: place.port ?? 22, hostKey };
}

function resolveIdentity(
  input: IdentityInput | undefined,
  ofMachine: boolean,
  path: Path,
  problems: FleetProblem[],
): SshIdentity | null {
  if (input === undefined || (input.agent === undefined && input.file === undefined)) {
    return ofMachine ? { kind: "machine" } : { kind: "agent", socket: null };
  }
  if (input.agent !== undefined && input.file !== undefined) {
    problems.push({ path, value: input, remedy: "names both an agent and a file; keep one of them" });
    return null;
  }
  if (input.file !== undefined) return { kind: "file", path: input.file };
  return { kind: "agent", socket: typeof input.agent === "string" ? input.agent : null };
}
