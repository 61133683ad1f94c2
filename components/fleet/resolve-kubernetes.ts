import { virtualFunctionAddress } from "../host/nics";
import type { FleetProblem } from "./errors";
import type { FleetInput } from "./schema";
import type { KubernetesInput } from "./schema-kubernetes";
import { suggestion } from "./suggest";
import type { FleetDevicePlugin, FleetKubernetes, FleetMachine, FleetNode } from "./types";

type Path = readonly (string | number)[];
type Pool = KubernetesInput["devicePlugins"][string]["pools"][number];

/** What the file says of a cluster, with functions in place of NICs; null where it says nothing. Mistakes go to `problems`. */
export function resolveKubernetes(
  { provider, kubernetes: read }: Pick<FleetInput, "provider" | "kubernetes">,
  nodes: readonly FleetNode[],
  machines: readonly FleetMachine[],
  problems: FleetProblem[],
): FleetKubernetes | null {
  const kubernetes = read as KubernetesInput | undefined;
  const isLab = kubernetes?.cluster === "lab";
  for (const { name } of machines.filter(({ worker }) => worker && !isLab))
    problems.push({
      path: ["machines", name, "worker"],
      value: true,
      remedy: "a worker joins the lab's cluster; write kubernetes: { cluster: lab }, or leave it out",
    });
  if (provider !== "kubernetes" || kubernetes === undefined) {
    if (provider === "kubernetes" || kubernetes !== undefined)
      problems.push({
        path: ["provider"],
        value: provider,
        remedy: "provider: kubernetes and the section kubernetes go together; write both or neither",
      });
    return null;
  }
  if (isLab && !machines.some(({ worker }) => worker))
    problems.push({
      path: ["kubernetes", "cluster"],
      value: "lab",
      remedy: "no machine joins it; write worker: true at one of machines",
    });
  const plugins = Object.entries(kubernetes.devicePlugins).map(
    ([name, plugin]) => [name, resolvePlugin(name, plugin, isLab, nodes, problems)] as const,
  );
  return {
    cluster: kubernetes.cluster,
    operator: kubernetes.operator ?? null,
    policies: new Map(Object.entries(kubernetes.policies)),
    networks: new Map(Object.entries(kubernetes.networks)),
    drains: new Map(Object.entries(kubernetes.drains)),
    devicePlugins: new Map(plugins),
    workloads: new Map(Object.entries(kubernetes.workloads)),
  };
}

function resolvePlugin(
  name: string,
  plugin: KubernetesInput["devicePlugins"][string],
  isLab: boolean,
  nodes: readonly FleetNode[],
  problems: FleetProblem[],
): FleetDevicePlugin {
  const path = ["kubernetes", "devicePlugins", name];
  if (plugin.image === undefined && !isLab)
    problems.push({
      path: [...path, "image"],
      value: undefined,
      remedy: "is missing; the plugin's image with its digest, which only the lab builds for itself",
    });
  const pools = plugin.pools.map((pool, index) => ({
    resource: pool.resource,
    addresses: addressesOf(pool, [...path, "pools", index], nodes, problems),
  }));
  return { ...plugin, pools };
}

/** Of all nodes that have the NIC: one list serves every node, and a node offers those that it has. */
function addressesOf(pool: Pool, path: Path, nodes: readonly FleetNode[], problems: FleetProblem[]): string[] {
  const { addresses, nic } = pool;
  const say = (value: unknown, remedy: string) => {
    problems.push({ path: [...path, "nic"], value, remedy });
    return [];
  };
  if (addresses !== undefined && nic === undefined) return [...addresses];
  if (nic === undefined || addresses !== undefined) return say(nic, "a pool has either addresses or nic");
  const known = [...new Set(nodes.flatMap((node) => node.nics.map((role) => role.name)))];
  if (!known.includes(nic)) return say(nic, `no node hands functions of it to DPDK; ${suggestion(nic, known)}`);
  const found = nodes.flatMap((node) => functionsOf(node, nic));
  return found.length > 0 ? [...new Set(found)].sort() : say(nic, "none of its virtual functions is on vfio-pci");
}

function functionsOf({ hardware, nics }: FleetNode, name: string): string[] {
  const [role, card] = [nics.find((one) => one.name === name), hardware.nics.get(name)];
  if (role === undefined || card === undefined || card.sriov === null) return [];
  const { pci, sriov } = card;
  return role.virtualFunctions.flatMap(({ driver }, index) =>
    driver === "vfio-pci" ? [virtualFunctionAddress(pci, sriov, index)] : [],
  );
}
