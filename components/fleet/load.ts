import { readFileSync } from "node:fs";
import { load as parseYaml, YAMLException } from "js-yaml";
import { nodeMistakes } from "./checks";
import { nicOwnerMistakes } from "./checks-nic-owners";
import { siteMistakes } from "./checks-site";
import { FleetFileError, type FleetProblem, unreadable } from "./errors";
import { instanceNodeMistakes, withInstance } from "./instance-node";
import { check, isMissing, valueAt } from "./messages";
import { peerProblems, withPeers } from "./peers";
import { withPods } from "./peers-of-pods";
import { distinct, isMap, merge, origin, type Raw } from "./profiles";
import { resolveMachine, resolveNode } from "./resolve";
import { type AskedInstance, type FleetAws, resolveAws } from "./resolve-aws";
import { resolveKubernetes } from "./resolve-kubernetes";
import { resolveSsh, type Surroundings } from "./resolve-ssh";
import { type FleetInput, fleetSchema, type NodeInput, nodeSchema } from "./schema";
import { instanceSchema } from "./schema-aws";
import { sshSchema } from "./schema-connection";
import { suggestion } from "./suggest";
import type { Fleet, FleetConnections, FleetNode } from "./types";

/**
 * Reads a fleet file. Throws a FleetFileError with every mistake in it, a line each; nothing else is touched.
 *
 * @example
 * const fleet = loadFleet("stacks/lab.fleet.yaml");
 */
export function loadFleet(path: string): Fleet {
  return parseFleet(readText(path), path);
}

/** The same from a text; `file` is the name that errors carry. */
export function parseFleet(text: string, file: string): Fleet {
  const raw = yaml(text, file);
  const keys = privateKeys(raw, []);
  if (keys.length > 0) throw new FleetFileError(file, keys);
  const { value, problems } = check(fleetSchema, raw, []);
  problems.push(...settingsProblems(value ?? whatIsThere(raw)));
  if (value === null || problems.length > 0) throw new FleetFileError(file, distinct(problems));
  const machines = Object.entries(value.machines).map(([name, machine]) => resolveMachine(name, machine, problems));
  const aws = readInstances(value, problems);
  if (value.provider === "aws" && aws === null && problems.length > 0)
    throw new FleetFileError(file, distinct(problems));
  const around = { ...value, machines, instances: instancesOf(aws) };
  const nodes = Object.entries(value.nodes).flatMap(([name, node]) => readNode(name, node, around, aws, problems));
  const kubernetes = resolveKubernetes(value, nodes, machines, problems);
  const peered = withPods(withPeers(nodes), kubernetes);
  problems.push(...siteMistakes(nodes, machines, kubernetes), ...nicOwnerMistakes(nodes, kubernetes));
  problems.push(...peered.nodes.flatMap(peerProblems));
  if (problems.length > 0) throw new FleetFileError(file, distinct(problems));
  return { file, site: value.site, ...peered, machines, aws: aws?.args ?? null };
}

/**
 * How the nodes of a fleet file are entered. Nothing else of them has to be there yet: a server's facts, from which the rest is
 * proposed, are asked for over this connection.
 */
export function loadConnections(path: string): FleetConnections {
  return parseConnections(readText(path), path);
}

/** The same from a text. */
export function parseConnections(text: string, file: string): FleetConnections {
  const raw = yaml(text, file);
  const keys = privateKeys(raw, []);
  if (keys.length > 0) throw new FleetFileError(file, keys);
  const { value, problems } = check(fleetSchema, raw, []);
  if (value === null) throw new FleetFileError(file, distinct(problems));
  const machines = Object.entries(value.machines).map(([name, machine]) => resolveMachine(name, machine, problems));
  const aws = readInstances(value, problems);
  const around = { ...value, machines, instances: instancesOf(aws) };
  const nodes = Object.entries(value.nodes).flatMap(([name, node]) => readConnection(name, node, around, problems));
  if (problems.length > 0) throw new FleetFileError(file, distinct(problems));
  return { file, site: value.site, nodes, machines };
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw unreadable(
      path,
      `cannot be read (${(error as NodeJS.ErrnoException).code}); name a fleet file that is there`,
    );
  }
}

/** Nodes and profiles of a file whose top is wrong, so that their mistakes are told with it. */
function whatIsThere(raw: unknown): Settings {
  const maps = (value: unknown): Record<string, Raw> =>
    isMap(value)
      ? Object.fromEntries(Object.entries(value).flatMap(([key, inner]) => (isMap(inner) ? [[key, inner]] : [])))
      : {};
  return { nodes: maps(valueAt(raw, ["nodes"])), profiles: maps(valueAt(raw, ["profiles"])) };
}

function yaml(text: string, file: string): unknown {
  try {
    return parseYaml(text, { filename: file });
  } catch (error) {
    if (!(error instanceof YAMLException)) throw error;
    const place = error.mark ? `:${error.mark.line + 1}:${error.mark.column + 1}` : "";
    throw unreadable(`${file}${place}`, `is no YAML: ${error.reason}; correct the line`);
  }
}

/** A fleet file is shared and its plan shown: a private key in it is refused before anything prints it. */
function privateKeys(value: unknown, path: readonly (string | number)[]): FleetProblem[] {
  if (typeof value === "string") {
    if (!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(value)) return [];
    return [
      {
        path,
        value,
        remedy: "does not belong in a fleet file; use ssh-agent, or name the key's file as ssh.identity.file",
      },
    ];
  }
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    privateKeys(inner, [...path, Array.isArray(value) ? Number(key) : key]),
  );
}

type Settings = Pick<FleetInput, "nodes" | "profiles"> & { readonly provider?: FleetInput["provider"] };

/** A node with its profile, and where its problems belong: in the node or in the profile. */
function assemble(name: string, raw: Raw, { profiles }: Settings) {
  const known = typeof raw.profile === "string" && Object.hasOwn(profiles, raw.profile) ? raw.profile : null;
  const profile = known === null ? null : { name: known, raw: profiles[known] ?? {} };
  const place = (problem: FleetProblem): FleetProblem => ({
    ...problem,
    path: origin(problem.path, { name, raw }, profile),
  });
  return { merged: merge(profile?.raw ?? {}, raw), profile, place };
}

/** Keys, types and ranges of every node and profile. What values mean together is looked at when these are right. */
function settingsProblems(settings: Settings): FleetProblem[] {
  const ofNodes = Object.entries(settings.nodes).flatMap(([name, raw]) => {
    const { merged, profile, place } = assemble(name, raw, settings);
    if (typeof raw.profile === "string" && profile === null) return [unknownProfile(name, raw.profile, settings)];
    return [
      ...check(nodeSchema, merged, []).problems,
      ...(settings.provider === "aws" ? [] : hardwareMissing(merged)),
    ].map(place);
  });
  // A profile that no node uses counts too; what it leaves out is no mistake.
  const ofProfiles = Object.entries(settings.profiles).flatMap(([name, raw]) => {
    const found = check(nodeSchema, raw, ["profiles", name]).problems.filter((problem) => !isMissing(problem));
    const remedy = "a profile cannot have a profile; put the settings together";
    const nested = { path: ["profiles", name, "profile"], value: raw.profile, remedy };
    return Object.hasOwn(raw, "profile") ? [...found, nested] : found;
  });
  return [...ofNodes, ...ofProfiles];
}

/** An instance's follows from its type. */
function hardwareMissing({ hardware, instance }: Raw): FleetProblem[] {
  if (hardware !== undefined || instance !== undefined) return [];
  return [{ path: ["hardware"], remedy: "is missing; `dpdk-fleet propose` writes it from the node's facts" }];
}

function unknownProfile(node: string, profile: string, { profiles }: Settings): FleetProblem {
  const remedy = `is no profile of this file; ${suggestion(profile, Object.keys(profiles))}`;
  return { path: ["nodes", node, "profile"], value: profile, remedy };
}

function readConnection(
  name: string,
  raw: Raw,
  around: Surroundings,
  problems: FleetProblem[],
): FleetConnections["nodes"] {
  const { merged, profile, place } = assemble(name, raw, around);
  if (typeof raw.profile === "string" && profile === null) {
    problems.push(unknownProfile(name, raw.profile, around));
    return [];
  }
  const { value, problems: mistakes } = check(sshSchema, merged.ssh ?? {}, ["ssh"]);
  const machine = typeof merged.machine === "string" ? merged.machine : undefined;
  const ssh = value === null ? null : resolveSsh(name, value, machine, around, mistakes);
  problems.push(...mistakes.map(place));
  return ssh === null ? [] : [{ name, machine: machine ?? null, ssh }];
}

function readNode(
  name: string,
  raw: Raw,
  around: Surroundings,
  aws: FleetAws | null,
  problems: FleetProblem[],
): FleetNode[] {
  const { merged, place } = assemble(name, raw, around);
  const { value } = check(nodeSchema, merged, []);
  if (value === null) return [];
  const mistakes: FleetProblem[] = [];
  const node = resolveNode(name, toldByInstance(name, value, around, aws, mistakes), around, mistakes);
  if (node) mistakes.push(...nodeMistakes(node));
  problems.push(...mistakes.map(place));
  return node ? [node] : [];
}

function toldByInstance(
  name: string,
  node: NodeInput,
  { instances }: Surroundings,
  aws: FleetAws | null,
  mistakes: FleetProblem[],
): NodeInput {
  const planned = instances.get(name);
  if (planned === undefined || aws === null) return node;
  mistakes.push(...instanceNodeMistakes(node, planned, aws.args.peerPort as number));
  return withInstance(node, planned, aws.plan);
}

function instancesOf(aws: FleetAws | null): Surroundings["instances"] {
  return new Map(aws?.plan.instances.map((planned) => [planned.name, planned] as const) ?? []);
}

function readInstances(value: FleetInput, problems: FleetProblem[]): FleetAws | null {
  const asked = Object.entries(value.nodes).map(([name, node]) => askedInstance(name, node, value));
  return resolveAws(value, asked, problems);
}

/** What is wrong with it is told with the node's other mistakes. A node's pages are an instance's, too. */
function askedInstance(name: string, raw: Raw, settings: Settings): AskedInstance {
  const { merged } = assemble(name, raw, settings);
  const { instance, machine } = merged;
  const pages = settings.provider === "aws" ? check(nodeSchema, merged, []).value?.hugepages : undefined;
  return {
    name,
    instance: instance === undefined ? undefined : (check(instanceSchema, instance, []).value ?? undefined),
    machine: typeof machine === "string" ? machine : undefined,
    hugepages: pages ?? [],
  };
}
