import { homedir } from "node:os";
import { join } from "node:path";
import type { FleetConnections, SshAddress, SshHop, SshIdentity } from "../components/fleet/types";
import { guestAddresses } from "../components/lab/addresses";

/** Where an SSH server of the fleet is, with the machines of the lab followed to their addresses. */
export interface Endpoint {
  host: string;
  port: number;
  user: string;
  /** The pinned host key, or the machine of the lab or the instance whose own key it is. */
  hostKey: { text: string } | { machine: string } | { instance: string };
  /** The file with the private key; undefined: the operator's ssh-agent. */
  keyFile: string | undefined;
  agentSocket: string | undefined;
}

/** A node's endpoint, and its bastion's. */
export interface Route {
  node: Endpoint;
  via: Endpoint | undefined;
}

/** Where a lab keeps its things; a fleet of real servers asks neither. */
export interface LabPlaces {
  /** What all labs of a project share: the operator's key. */
  cacheFolder: string;
  /** What is this lab's alone: its guests. */
  labFolder: string;
}

/** How a node is reached. A machine behind a bastion is reached by the bastion, so by its address in the lab's own network. */
export function routeTo(fleet: FleetConnections, node: FleetConnections["nodes"][number], places: LabPlaces): Route {
  const { via } = node.ssh;
  return {
    node: endpoint(fleet, node.ssh, via === null, places),
    via: via === null ? undefined : endpoint(fleet, via, true, places),
  };
}

/** The folder of one machine of the lab. */
export function guestFolder(labFolder: string, machine: string): string {
  return join(labFolder, "guests", machine);
}

/** The file with the host key that an instance of this stack has shown on its console. */
export function hostKeyFile(stackFolder: string, instance: string): string {
  return join(stackFolder, "host-keys", `${instance}.pub`);
}

/** The private key that opens the lab's machines. */
export function operatorKeyFile(cacheFolder: string): string {
  return join(cacheFolder, "lab", "operator_ed25519");
}

function endpoint(fleet: FleetConnections, hop: SshHop, direct: boolean, places: LabPlaces): Endpoint {
  return {
    ...address(fleet, hop.address, direct, places.labFolder),
    user: hop.user,
    ...identity(hop.identity, places.cacheFolder),
  };
}

function address(
  fleet: FleetConnections,
  at: SshAddress,
  direct: boolean,
  labFolder: string,
): Pick<Endpoint, "host" | "port" | "hostKey"> {
  if (at.kind === "fixed") return { host: at.host, port: at.port, hostKey: { text: at.hostKey } };
  if (at.kind === "instance") return { host: at.host, port: at.port, hostKey: { instance: at.instance } };
  const machine = fleet.machines.find((candidate) => candidate.name === at.machine);
  if (machine === undefined) throw new RangeError(`${fleet.file}: there is no machine ${at.machine}`);
  const found = guestAddresses({ index: machine.index, folder: guestFolder(labFolder, machine.name) });
  return direct
    ? { host: "127.0.0.1", port: found.sshPort, hostKey: { machine: machine.name } }
    : { host: found.lanAddress, port: 22, hostKey: { machine: machine.name } };
}

function identity(of: SshIdentity, cacheFolder: string): Pick<Endpoint, "keyFile" | "agentSocket"> {
  if (of.kind === "machine") return { keyFile: operatorKeyFile(cacheFolder), agentSocket: undefined };
  if (of.kind === "file") return { keyFile: fromHome(of.path), agentSocket: undefined };
  return { keyFile: undefined, agentSocket: of.socket ?? undefined };
}

/** `~/` is the home of whoever runs the engine, as in every shell. */
export function fromHome(path: string): string {
  return path.startsWith("~/") ? join(homedir(), path.slice(2)) : path;
}
