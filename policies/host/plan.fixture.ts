import type { ResourceValidationPolicy } from "@pulumi/policy";
import { type Judgement, judge, unknown } from "../resource.fixture";
import type { HostPlan } from "./plan";

/** A plan that every rule passes; what a test changes comes on top. */
export function plan(changes: Partial<HostPlan> = {}): HostPlan {
  return {
    version: 1,
    node: "alpha",
    kernel: {
      arguments: [
        "intel_iommu=on",
        "iommu=pt",
        "default_hugepagesz=2M",
        "hugepagesz=2M",
        "hugepages=0:128,1:128",
        "isolcpus=managed_irq,domain,2-3",
        "nohz_full=2-3",
        "rcu_nocbs=2-3",
      ],
    },
    hugepages: [
      { size: "2M", numaNode: 0, pages: 128 },
      { size: "2M", numaNode: 1, pages: 128 },
    ],
    memory: [
      { numaNode: 0, kib: 1024 * 1024 },
      { numaNode: 1, kib: 1024 * 1024 },
    ],
    cpus: { housekeeping: "0-1", isolated: "2-3" },
    wayIn: ["0000:00:02.0"],
    nics: [{ name: "data0", pci: "0000:01:00.0", virtualFunctions: [{ driver: "vfio-pci" }] }],
    ...changes,
  };
}

/** A node's converge command with this plan, through one rule. */
export function judgePlan(rule: ResourceValidationPolicy, changes: Partial<HostPlan>): Promise<Judgement> {
  return judge(rule, "command:local:Command", { create: "converge", stdin: JSON.stringify(plan(changes)) });
}

/** The same with a plan that the preview does not know yet. */
export function judgeUnknownPlan(rule: ResourceValidationPolicy): Promise<Judgement> {
  return judge(rule, "command:local:Command", { create: "converge", stdin: unknown });
}

/** Why the rule has nothing to say of a command without a plan. */
export async function judgeNoPlan(rule: ResourceValidationPolicy): Promise<string[]> {
  return (await judge(rule, "command:local:Command", { create: "true" })).notApplicable;
}
