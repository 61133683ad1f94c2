import * as pulumi from "@pulumi/pulumi";
import type { Facts } from "../host/facts";
import { DpdkHost, type DpdkHostArgs } from "../host/host";
import { HUGEPAGE_KIB } from "../host/hugepages";
import { KUBELET_DEFAULTS, type KubeletSettings, kubeletPart } from "../host/kubelet";
import type { HostPlan } from "../host/plan-schema";
import { KubernetesError } from "./errors";
import { nicOwners, unjudgedLine, type WorkerSeen } from "./nic-owners";
import type { NamedPolicy } from "./node-policy-plan";

/** A worker of a cluster that is there: what its server must be, and what its kubelet is told. */
export interface NodeSetupArgs extends Omit<DpdkHostArgs, "image"> {
  /** All that the node must be. Made by `hostPlan` from a fleet file; without a `service`, whose place pods take. */
  plan: HostPlan;
  /** What the kubelet is told, where the plan has no `kubelet` of its fleet file. A change starts the kubelet anew, and reboots nothing. */
  kubelet?: WorkerKubelet;
  /** The node's labels in the cluster, by which policies select it. Example: `{ "node-role.kubernetes.io/validator": "" }`. */
  labels: Readonly<Record<string, string>>;
  /** All SR-IOV policies of the cluster, as `SriovNodePolicy` takes them. Default: none; the operator is not there. */
  policies?: readonly NamedPolicy[];
  /** `dpdk-fleet facts` of the node, for policies that name a NIC by its interface alone. Default: such a one is told as not judged. */
  facts?: Facts;
}

/** Settings of the fleet file's `kubelet`, with its defaults. */
export interface WorkerKubelet extends Partial<KubeletSettings> {
  /** CPUs of each NUMA node, in the order of the plan's `memory`. Example: `["0-7", "8-15"]`. */
  readonly numaNodes: readonly string[];
}

/**
 * A server becomes a worker for DPDK pods: kernel arguments, hugepages, functions and NICs as its plan says (`DpdkHost`), and a kubelet
 * with static CPU manager, memory manager and topology manager. The kubelet runs already, with `--config-dir`; it is started anew, and
 * given back as it was by `destroy`. **Drain the worker first**: a change of CPUs under pods that have whole ones is refused.
 *
 * The server reboots where its kernel arguments change, as with `DpdkHost`; for the kubelet alone it never does.
 *
 * @throws KubernetesError before anything is made: a plan with a `service`, reservations that leave no room, a NIC that both the plan and a
 * policy of the operator own. What cannot be judged is a warning of the preview, and in `unjudged`. What the node contradicts (no unit, no
 * `--config-dir`) ends the update in one line, and nothing is changed.
 * @example
 * new NodeSetup("worker-1", {
 *   plan: hostPlan(fleet, "worker-1"), connection, labels: { "node-role.kubernetes.io/validator": "" },
 *   policies: [{ name: "data-plane", args: policyArgs }],
 * });
 * @see https://kubernetes.io/docs/tasks/administer-cluster/memory-manager/ and …/topology-manager/
 */
export class NodeSetup extends pulumi.ComponentResource {
  /** The agent's last report: one line of JSON with the plan's hash, the boot id, the reboots done and every stage's state. */
  public readonly report: pulumi.Output<string>;
  /** NICs of which it could not be told whether the operator takes them too, a line each, with what would tell it. */
  public readonly unjudged: readonly string[];

  constructor(name: string, args: NodeSetupArgs, opts?: pulumi.ComponentResourceOptions) {
    super("dpdk-fleet:kubernetes:NodeSetup", name, {}, opts);
    const { kubelet, labels, policies = [], facts, ...host } = args;
    const plan = workerPlan(name, args.plan, kubelet);
    this.unjudged = refuseSharedNics(name, plan, policies, { labels, facts });
    for (const line of this.unjudged) void pulumi.log.warn(line, this);
    this.report = new DpdkHost(name, { ...host, plan }, { parent: this }).report;
    this.registerOutputs({ report: this.report, unjudged: this.unjudged });
  }
}

/**
 * The plan with its kubelet. Pure.
 *
 * @throws KubernetesError where the plan is none of a worker.
 */
export function workerPlan(name: string, plan: HostPlan, kubelet: WorkerKubelet | undefined): HostPlan {
  if (plan.service !== undefined)
    throw new KubernetesError(
      `${name}: the plan has a service`,
      "take it out: a worker's data plane is a DpdkWorkload",
    );
  if (kubelet === undefined) {
    if (plan.kubelet !== undefined) return plan;
    throw new KubernetesError(
      `${name}: nothing says what its kubelet is told`,
      "give kubelet here or in the fleet file",
    );
  }
  if (plan.kubelet !== undefined)
    throw new KubernetesError(`${name}: the plan has a kubelet already`, "give kubelet here or in the fleet file");
  const { numaNodes, ...changes } = kubelet;
  if (numaNodes.length !== plan.memory.length)
    throw new KubernetesError(
      `${name}: numaNodes has ${numaNodes.length}, the plan ${plan.memory.length}`,
      "write the CPUs of each NUMA node",
    );
  const { configDirectory, service, ...amounts } = { ...KUBELET_DEFAULTS, ...changes };
  const { online: cpus, housekeeping } = plan.cpus;
  const args = {
    cpus,
    housekeeping,
    numaNodes: numaNodes.map((own, index) => numaNodeOf(plan, own, index)),
    ...amounts,
  };
  return { ...plan, kubelet: kubeletPart(name, { configDirectory, service }, args) };
}

function numaNodeOf({ memory, hugepages }: HostPlan, cpus: string, index: number) {
  const kiB = hugepages
    .filter(({ numaNode }) => numaNode === index)
    .reduce((sum, { size, pages }) => sum + pages * HUGEPAGE_KIB[size], 0);
  const whole = memory.find(({ numaNode }) => numaNode === index)?.kib ?? 0;
  return { cpus, memory: `${whole}Ki`, ...(kiB === 0 ? {} : { hugepages: `${kiB}Ki` }) };
}

/**
 * Refuses what is certain; answers what could not be judged. Pure.
 *
 * @throws KubernetesError naming every NIC that two own.
 */
export function refuseSharedNics(
  name: string,
  plan: HostPlan,
  policies: readonly NamedPolicy[],
  seen: WorkerSeen,
): readonly string[] {
  const { shared, unjudged } = nicOwners(plan, policies, seen);
  const lines = shared.map(
    ({ policy, nic, pci }) => `${nic} (${pci}) is the host plan's, and policy ${policy} takes it too`,
  );
  if (lines.length > 0)
    throw new KubernetesError(
      `${name}: ${lines.join("; ")}`,
      "take the NIC out of the plan's nics, or out of the policy; DevicePluginPool offers functions that the plan binds",
    );
  return unjudged.map((nic) => unjudgedLine(plan.node, nic, REMEDIES));
}

const REMEDIES = {
  label: "write it among labels",
  interface: "write nic.addresses into the policy, or give facts in which the NIC has its interface",
  subnet: "leave the NIC to one of the two",
};
