import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { suggestion } from "../../components/fleet/suggest";
import type { FleetConnections } from "../../components/fleet/types";
import { CommandLineError } from "./errors";
import { labSettings } from "./lab/settings";
import { writeSshConfig } from "./lab/ssh-config";
import { currentFleetFile } from "./lab/stack";
import type { AgentCall } from "./lab/status";

/** Where the nodes are told: a stack by its name, or a fleet file. */
export interface FleetOption {
  stack?: string;
  fleet?: string;
}

/** The fleet file that a command is about; the lab's where nothing is said. */
export function fleetFileOf({ stack, fleet }: FleetOption): string {
  if (stack !== undefined && fleet !== undefined)
    throw new CommandLineError("--stack and --fleet both name the fleet", "give one of them", 2);
  if (fleet !== undefined) return resolve(fleet);
  return currentFleetFile(labSettings(stack));
}

/** Does something with the nodes of these names, or with all of a fleet; the files that ssh needs go with it. */
export async function withNodes<T>(
  fleet: FleetConnections,
  names: readonly string[],
  work: (calls: AgentCall[]) => Promise<T>,
  { stack }: FleetOption = {},
): Promise<T> {
  const chosen = chooseNodes(fleet, names);
  const folder = mkdtempSync(join(tmpdir(), "dpdk-fleet-"));
  try {
    const sshConfig = writeSshConfig(labSettings(stack), fleet, folder);
    return await work(chosen.map((node) => ({ node: node.name, sshConfig, sudo: node.ssh.sudo })));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export function chooseNodes<N extends { name: string }>(
  fleet: { file: string; nodes: readonly N[] },
  names: readonly string[],
): N[] {
  const known = fleet.nodes.map(({ name }) => name);
  for (const name of names) {
    if (known.includes(name)) continue;
    throw new CommandLineError(`${fleet.file} has no node ${name}`, suggestion(name, known), 2);
  }
  return fleet.nodes.filter(({ name }) => names.length === 0 || names.includes(name));
}
