import { type NicOwners, nicOwners } from "../kubernetes/nic-owners";
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
  return nodes.flatMap((node) => ownersOf(node, kubernetes).unjudged);
}

function ownersOf({ name, kubelet, nics, hardware }: FleetNode, kubernetes: FleetKubernetes | null): NicOwners {
  if (kubelet === null || kubernetes === null) return { shared: [], unjudged: [] };
  const policies = [...kubernetes.policies].map(([policy, args]) => ({ name: policy, args }));
  const owned = nics.flatMap((role) => {
    const card = hardware.nics.get(role.name);
    if (card === undefined) return [];
    const { bind, virtualFunctions } = role;
    const { pci, driver, id } = card;
    return [
      {
        name: role.name,
        pci,
        driver,
        virtualFunctions,
        ...(id === null ? {} : { id }),
        ...(bind === null ? {} : { bind }),
      },
    ];
  });
  return nicOwners({ node: name, nics: owned }, policies, { labels: kubelet.labels });
}
