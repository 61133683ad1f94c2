import { planNics } from "../host/plan";
import { type NicOwners, nicOwners, unjudgedLine } from "../kubernetes/nic-owners";
import type { FleetProblem } from "./errors";
import type { Fleet, FleetKubernetes, FleetNode } from "./types";

/** NICs that a worker's plan binds or cuts into functions, and that a policy of the operator takes too. */
export function nicOwnerMistakes(nodes: readonly FleetNode[], kubernetes: FleetKubernetes | null): FleetProblem[] {
  return nodes.flatMap((node) =>
    ownersOf(node, kubernetes).shared.map(({ policy, nic, pci }) => ({
      path: ["kubernetes", "policies", policy, "nic"],
      value: pci,
      remedy: `is ${node.name}.${nic}, which nodes.${node.name}.nics hands to DPDK; take it out of one of the two`,
    })),
  );
}

/** NICs of which the file does not tell whether a policy takes them too, a line each. */
export function unjudgedNics({ nodes, kubernetes }: Fleet): string[] {
  return nodes.flatMap((node) => {
    const remedies = {
      label: `write it into nodes.${node.name}.kubelet.labels`,
      interface: "write nic.addresses into the policy",
      subnet: "leave the NIC to one of the two",
    };
    return ownersOf(node, kubernetes).unjudged.map((nic) => unjudgedLine(node.name, nic, remedies));
  });
}

function ownersOf(node: FleetNode, kubernetes: FleetKubernetes | null): NicOwners {
  const { name, kubelet, nics, hardware } = node;
  if (kubelet === null || kubernetes === null) return { shared: [], unjudged: [] };
  const policies = [...kubernetes.policies].map(([policy, args]) => ({ name: policy, args }));
  // A card that is not there is told by itself.
  const known = { ...node, nics: nics.filter((role) => hardware.nics.has(role.name)) };
  return nicOwners({ node: name, nics: planNics(known) }, policies, { labels: kubelet.labels });
}
