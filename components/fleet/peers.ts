import { isOnLink, listening, parseAddress, peerMistakes } from "../host/addresses";
import type { ConfigPeer, ConfigToml } from "../host/config-toml";
import { isLate } from "../host/nics";
import type { FleetProblem } from "./errors";
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
      const sameNetwork = networkId(other) === networkId(node);
      return other.name === node.name || !sameNetwork ? [] : peerOf(other, dataPlane.configToml);
    });
    return { ...node, dataPlane: { ...dataPlane, configToml: { ...dataPlane.configToml, peers } } };
  });
}

/** What a node's addresses and its peers' mean together, once they are told. */
export function peerProblems({ name, dataPlane }: FleetNode): FleetProblem[] {
  const mistakes = dataPlane === null ? [] : peerMistakes(dataPlane.configToml);
  return mistakes.map(({ key, value, remedy }) => ({
    path: ["nodes", name, "dataPlane", "network"],
    value,
    remedy: `${key}: ${remedy}`,
  }));
}

/** A node as a peer of one with this config.toml: by its first address of a family that both have. */
function peerOf({ name, dataPlane }: FleetNode, config: ConfigToml): ConfigPeer[] {
  const [first, ...others] = dataPlane?.endpoint?.addresses ?? [];
  if (!dataPlane?.endpoint || first === undefined) return [];
  const { port, mac } = dataPlane.endpoint;
  const own = listening(config);
  const listenFor = (text: string) => own.find(({ address }) => address.family === parseAddress(text)?.family);
  const address = [first, ...others].find((text) => listenFor(text) !== undefined) ?? first;
  const [listen, parsed] = [listenFor(address), parseAddress(address)];
  // Behind a gateway frames go to the gateway's card.
  const onLink = listen === undefined || parsed === null || isOnLink(listen, parsed);
  return [{ name, address, port, mac: onLink && !isLate(mac) ? mac : null }];
}

function networkId(node: FleetNode): string | undefined {
  return node.dataPlane?.configToml.network.networkId;
}
