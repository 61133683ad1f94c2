import { dump } from "js-yaml";
import { formatCpuSet } from "../host/cpu-set";
import { formatMemory } from "../host/memory-size";
import type { FleetConnections, FleetMachine, SshConnection, SshHop } from "./types";

/** How a node is entered, and the machines of the lab that this names, as lines of a fleet file. */
export interface ConnectionLines {
  /** The section `machines`, empty for real servers. */
  readonly machines: string[];
  /** Keys of the node: `machine` and `ssh`. */
  readonly node: string[];
}

/** The same connection as in the fleet file, with names of other nodes followed. */
export function connectionLines(
  { machines }: Pick<FleetConnections, "machines">,
  { machine, ssh }: FleetConnections["nodes"][number],
): ConnectionLines {
  const named = [ssh.address, ...(ssh.via === null ? [] : [ssh.via.address])].flatMap((at) =>
    at.kind === "machine" ? [at.machine] : [],
  );
  const used = machines.filter(({ name }) => named.includes(name));
  const sections = Object.fromEntries(used.map((one) => [one.name, machineValues(one)]));
  return {
    machines: used.length === 0 ? [] : yamlLines({ machines: sections }),
    node: yamlLines({ ...(machine === null ? {} : { machine }), ssh: sshValues(ssh) }),
  };
}

/** Values as indented lines of YAML, quoted where they must be. */
export function yamlLines(values: object): string[] {
  return dump(values, { lineWidth: -1, quotingType: '"', noRefs: true }).trimEnd().split("\n");
}

function machineValues({ index, cpus, numaNodes, accelerator, login, direct }: FleetMachine): object {
  const nodes = numaNodes.map((one) => ({ cpus: formatCpuSet(one.cpus), memory: formatMemory(one.memoryKiB) }));
  return { index, cpus: formatCpuSet(cpus), numaNodes: nodes, accelerator, login, direct };
}

function sshValues(ssh: SshConnection): object {
  const { machine: _, ...own } = hopValues(ssh) as { machine?: string };
  return { ...own, sudo: ssh.sudo, ...(ssh.via === null ? {} : { via: [hopValues(ssh.via)] }) };
}

function hopValues({ address, user, identity }: SshHop): object {
  const { kind: _, ...at } = address;
  const who =
    identity.kind === "file"
      ? { identity: { file: identity.path } }
      : identity.kind === "agent" && identity.socket !== null
        ? { identity: { agent: identity.socket } }
        : {};
  return { ...at, user, ...who };
}
