import type { FleetNode } from "./types";

/**
 * Every node with the peers that it exchanges frames with: all others of the same network that have an address. In the order of
 * the fleet file, so that two previews of the same file are the same.
 */
export function withPeers(nodes: readonly FleetNode[]): FleetNode[] {
  return nodes.map((node) => {
    const { dataPlane } = node;
    if (dataPlane === null || dataPlane.endpoint === null) return node;
    const peers = nodes.flatMap((other) => {
      const endpoint = other.dataPlane?.endpoint ?? null;
      const sameNetwork = networkId(other) === networkId(node);
      return other.name === node.name || endpoint === null || !sameNetwork ? [] : [{ name: other.name, ...endpoint }];
    });
    return { ...node, dataPlane: { ...dataPlane, configToml: { ...dataPlane.configToml, peers } } };
  });
}

function networkId(node: FleetNode): string | undefined {
  return node.dataPlane?.configToml.network.networkId;
}
