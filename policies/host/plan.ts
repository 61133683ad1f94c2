import type { ResourceValidationArgs } from "@pulumi/policy";
import { type RuleText, resourceRule } from "../rule";

/**
 * What the rules read of a host plan, the text on the standard input of a node's converge command. The whole of it is described
 * by components/host/plan.schema.json; this pack is used without that package, so it names only what it needs.
 */
export interface HostPlan {
  readonly version: number;
  readonly node: string;
  readonly kernel: { readonly arguments: readonly string[] };
  readonly hugepages: readonly { readonly size: string; readonly numaNode: number; readonly pages: number }[];
  readonly memory: readonly { readonly numaNode: number; readonly kib: number }[];
  readonly cpus: { readonly online?: string; readonly housekeeping: string; readonly isolated: string };
  readonly wayIn: readonly string[];
  readonly nics: readonly HostNic[];
  readonly vfioNoIommu?: boolean;
  readonly modules?: readonly string[];
  readonly packages?: readonly string[];
  readonly requirements?: { readonly cpuFlags?: readonly string[] };
  readonly files?: readonly { readonly path: string; readonly content: string }[];
}

export interface HostNic {
  readonly name: string;
  readonly pci: string;
  readonly bind?: string;
  readonly mac?: string;
  /** PCI vendor and device: `1d0f:ec20`. */
  readonly id?: string;
  /** The kernel's own driver. */
  readonly driver?: string;
  readonly virtualFunctions: readonly { readonly driver: string; readonly mac?: string }[];
  readonly settings?: Readonly<Record<string, Readonly<Record<string, boolean | number>>>>;
}

/** Version of the plan's format that these rules read. */
const version = 1;

/** A rule about a node's plan: `mistakes` gives a line for each thing that is wrong. */
export function planRule({ mistakes, ...text }: RuleText & { mistakes: (plan: HostPlan) => string[] }) {
  return resourceRule({
    ...text,
    judge: (args) => {
      const plan = hostPlanOf(args);
      if (plan === null) return "the resource carries no host plan";
      // The node agent takes a plan without memory and wayIn; unjudged it must not pass.
      const lacking = (["hugepages", "memory", "cpus", "wayIn", "nics"] as const).filter((part) => !plan[part]);
      if (lacking.length > 0)
        return lacking.map((part) => () => [`the plan of ${plan.node} lacks ${part}, so it cannot be judged; give it`]);
      return [() => mistakes(plan).map((mistake) => `${plan.node}: ${mistake}`)];
    },
  });
}

/** The plan that a command carries, null where it carries none. */
export function hostPlanOf({ type, props }: Pick<ResourceValidationArgs, "type" | "props">): HostPlan | null {
  if (type !== "command:local:Command" && type !== "command:remote:Command") return null;
  const text: unknown = props.stdin;
  if (typeof text !== "string") return null;
  const found = parsed(text);
  if (!looksLikePlan(found)) return null;
  if (found.version !== version) {
    throw new Error(
      `a host plan of version ${found.version}, and these policies read version ${version}; take both from one release`,
    );
  }
  return found;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null; // somebody else's text
  }
}

function looksLikePlan(value: unknown): value is HostPlan {
  const { version, node, kernel } = (value ?? {}) as Record<string, unknown>;
  return (
    typeof version === "number" && typeof node === "string" && Array.isArray((kernel as HostPlan["kernel"])?.arguments)
  );
}
