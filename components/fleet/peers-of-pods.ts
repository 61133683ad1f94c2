import { type ConfigPeer, UDP_PORT } from "../host/config-toml";
import type { FleetKubernetes, FleetNode } from "./types";

type Workload = FleetKubernetes["workloads"] extends ReadonlyMap<string, infer W> ? W : never;

/** Nodes and pods of one network as each other's peers, so that an address stands once. Two workloads of one network know each other too. */
export function withPods(
  nodes: readonly FleetNode[],
  kubernetes: FleetKubernetes | null,
): { nodes: FleetNode[]; kubernetes: FleetKubernetes | null } {
  if (kubernetes === null) return { nodes: [...nodes], kubernetes };
  const workloads = [...kubernetes.workloads];
  const peersOf = (networkId: string, except?: string) =>
    workloads.flatMap(([name, workload]) =>
      name === except || workload.dataPlane.networkId !== networkId ? [] : podsOf(name, workload),
    );
  return {
    nodes: nodes.map((node) => withMore(node, peersOf(node.dataPlane?.configToml.network.networkId ?? ""))),
    kubernetes: {
      ...kubernetes,
      workloads: new Map(
        workloads.map(([name, workload]) => {
          const { networkId, peers = [] } = workload.dataPlane;
          const others = [...nodes.flatMap((node) => nodeOf(node, networkId)), ...peersOf(networkId, name)];
          const all = [...peers, ...others.map(({ name: peer, address, port }) => ({ name: peer, address, port }))];
          return [name, { ...workload, dataPlane: { ...workload.dataPlane, peers: all } }];
        }),
      ),
    },
  };
}

function podsOf(name: string, { kind, nodes, dataPlane }: Workload): ConfigPeer[] {
  return nodes.flatMap(({ address }, index) => {
    const [ip] = address?.split("/") ?? [];
    const pod = kind === "Deployment" ? name : `${name}-${index}`;
    return ip === undefined ? [] : [{ name: pod, address: ip, port: dataPlane.port ?? UDP_PORT, mac: null }];
  });
}

function nodeOf({ name, dataPlane }: FleetNode, networkId: string): ConfigPeer[] {
  const [address] = dataPlane?.endpoint?.addresses ?? [];
  if (!dataPlane?.endpoint || address === undefined || dataPlane.configToml.network.networkId !== networkId) return [];
  return [{ name, address, port: dataPlane.endpoint.port, mac: null }];
}

function withMore(node: FleetNode, more: readonly ConfigPeer[]): FleetNode {
  const { dataPlane } = node;
  if (dataPlane === null || dataPlane.endpoint === null || more.length === 0) return node;
  const peers = [...dataPlane.configToml.peers, ...more];
  return { ...node, dataPlane: { ...dataPlane, configToml: { ...dataPlane.configToml, peers } } };
}
