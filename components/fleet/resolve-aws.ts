import type { AwsError } from "../aws/errors";
import type { EnaFleetArgs, EnaInstance } from "../aws/fleet-args";
import { type FleetPlan, fleetPlan } from "../aws/fleet-plan";
import { ErrorWithRemedy } from "../error-with-remedy";
import { HUGEPAGE_KIB } from "../host/hugepages";
import type { FleetProblem } from "./errors";
import type { FleetInput, NodeInput } from "./schema";
import type { AwsInput, InstanceInput } from "./schema-aws";

/** EC2 instances of a fleet file: what is asked of AWS, and what follows from it. */
export interface FleetAws {
  readonly args: EnaFleetArgs;
  readonly plan: FleetPlan;
}

/** What a node says that its instance is made from. */
export interface AskedInstance {
  readonly name: string;
  readonly instance: InstanceInput | undefined;
  readonly machine: string | undefined;
  readonly hugepages: NodeInput["hugepages"];
}

/** The fleet's instances; null where the file has none. Mistakes go to `problems`. */
export function resolveAws(
  { provider, aws, site }: Pick<FleetInput, "provider" | "aws" | "site">,
  nodes: readonly AskedInstance[],
  problems: FleetProblem[],
): FleetAws | null {
  const before = problems.length;
  if ((provider === "aws") !== (aws !== undefined)) {
    problems.push({
      path: ["provider"],
      value: provider,
      remedy: "provider: aws and the section aws go together; write both or neither",
    });
    return null;
  }
  problems.push(...nodes.flatMap((node) => instanceMistakes(node, aws !== undefined)));
  if (aws === undefined || problems.length > before || nodes.length === 0) return null;
  const args = fleetArgs(aws as AwsInput, nodes);
  try {
    return { args, plan: fleetPlan(site, args) };
  } catch (error) {
    problems.push(problemOf(error, site));
    return null;
  }
}

function instanceMistakes({ name, instance, machine }: AskedInstance, isAws: boolean): FleetProblem[] {
  const path = ["nodes", name, "instance"];
  if (isAws && instance === undefined)
    return [{ path, remedy: "is missing; with provider: aws a node says which instance it is: index, type and zone" }];
  if (!isAws && instance !== undefined)
    return [{ path, value: instance, remedy: "is for provider: aws; leave it out" }];
  if (instance !== undefined && machine !== undefined)
    return [{ path: ["nodes", name, "machine"], value: machine, remedy: "is for the lab; an instance has none" }];
  return [];
}

function fleetArgs(aws: AwsInput, nodes: readonly AskedInstance[]): EnaFleetArgs {
  const { kmsKey, rollout, offerings, network, images, ...rest } = aws;
  const optional = { kmsKey, rollout, offerings };
  return {
    ...rest,
    network: withoutAbsent(network) as EnaFleetArgs["network"],
    images: withoutAbsent(images) as EnaFleetArgs["images"],
    ...(withoutAbsent(optional) as Pick<EnaFleetArgs, "kmsKey" | "rollout" | "offerings">),
    instances: nodes.map(
      ({ name, instance, hugepages }) =>
        ({ name, ...withoutAbsent(instance as InstanceInput), ...firstBootPages(hugepages) }) as EnaInstance,
    ),
  };
}

/** Keys that the file leaves out: zod gives them as undefined, and the component asks whether they are there. */
function withoutAbsent<T>(value: T): T {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, inner]) => (inner === undefined ? [] : [[key, withoutAbsent(inner)]])),
  ) as T;
}

/** Those of the largest size: others can still be had when the node has run for a while. */
function firstBootPages(pools: NodeInput["hugepages"]): Pick<EnaInstance, "hugepages"> {
  const [largest] = [...pools].sort((one, other) => HUGEPAGE_KIB[other.size] - HUGEPAGE_KIB[one.size]);
  return largest === undefined ? {} : { hugepages: { size: largest.size, pages: largest.pages } };
}

/** The component names the fleet and an instance by its place; the file has a node for it. */
function problemOf(error: unknown, site: string): FleetProblem {
  if (!isAwsError(error)) throw error;
  const what = error.message.replace(`${site}: `, "");
  const found = /^instances\[\d+\] \(([^)]+)\):? ?/.exec(what);
  if (found === null) return { path: ["aws"], remedy: what };
  return { path: ["nodes", found[1] as string, "instance"], remedy: what.slice(found[0].length) };
}

function isAwsError(error: unknown): error is AwsError {
  return error instanceof ErrorWithRemedy;
}
