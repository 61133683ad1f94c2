import { quantityKiB } from "../host/quantity";
import { type Refuse, refuseResource, refuseTag, refuseUnavailable, refusing } from "./refusals";
import type { DpdkWorkloadArgs } from "./workload-args";
import { CPUS, MEMORY } from "./workload-defaults";

/**
 * What Kubernetes would take and a DPDK node could not live with, or what would hang in Pending.
 *
 * @throws KubernetesError for the first.
 */
export function refuseWorkload(name: string, args: DpdkWorkloadArgs): void {
  const refuse: Refuse = refusing(name);
  const { nodes, kind, nic, hugepages, cpus = CPUS, memory = MEMORY, maxUnavailable = 1 } = args;
  if (!/^[a-z]([a-z0-9-]{0,40}[a-z0-9])?$/.test(name))
    refuse("the name is no name of an object", "write lowercase letters, digits and hyphens, 42 at most");
  if (nodes.length === 0) refuse("nodes is empty", "name one node at least");
  if (kind === "Deployment" && nodes.length > 1)
    refuse(
      `kind Deployment has ${nodes.length} nodes`,
      "a Deployment's pods have no names of their own; use StatefulSet",
    );
  if (typeof args.image === "string") refuseTag(args.image, refuse);
  refuseResource("nic.resource", nic.resource, refuse);
  const count = nic.count ?? 1;
  if (!Number.isInteger(count) || count < 1 || count > 32)
    refuse(`nic.count is ${count}`, "write how many functions a pod gets, from 1 to 32");
  if (nic.networks !== undefined && nic.networks.length !== count)
    refuse(
      `nic.networks has ${nic.networks.length} for ${count} functions`,
      "name a network for each function, the same twice where both are of one",
    );
  refuseXdp(args, refuse);
  if (!Number.isInteger(cpus) || cpus < 1 + count)
    refuse(
      `cpus is ${cpus}`,
      `write ${1 + count} whole CPUs at least: one for the control thread and one for each port that is polled`,
    );
  if (quantityKiB(memory) === null) refuse(`memory is ${memory}`, "write a whole number with Mi or Gi, such as 512Mi");
  const page = quantityKiB(hugepages.size) as number;
  const kiB = quantityKiB(hugepages.amount);
  if (kiB === null || kiB % page !== 0)
    refuse(`hugepages.amount is ${hugepages.amount}`, `write a multiple of ${hugepages.size}`);
  refuseUnavailable(maxUnavailable, refuse);
  refuseDeadline(args, refuse);
}

function refuseDeadline({ progressDeadlineSeconds: seconds = 1 }: DpdkWorkloadArgs, refuse: Refuse): void {
  if (!Number.isInteger(seconds) || seconds < 1)
    refuse(`progressDeadlineSeconds is ${seconds}`, "write whole seconds, 1 or more: how long a pod may take");
}

function refuseXdp({ nic, user = 0 }: DpdkWorkloadArgs, refuse: Refuse): void {
  if (nic.mode !== "af-xdp") return;
  if (nic.networks === undefined)
    refuse(
      "nic.mode is af-xdp without nic.networks",
      "name the networks whose CNI moves the interfaces into the pod; without one DPDK finds none",
    );
  if (user !== 0)
    refuse(
      `nic.mode is af-xdp and user ${user}`,
      "leave user out: only root has the container's capabilities when it starts, and the data plane gives them away by itself",
    );
}
