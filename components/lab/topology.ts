import { guestPorts } from "./ports";

/** One end of a link between two guests: frames travel as UDP datagrams over 127.0.0.1. */
export interface LinkEnd {
  localPort: number;
  remotePort: number;
}

/**
 * The guest's ends of the lan, which all guests share. It is a star: the guest with the lowest index is the hub, since a
 * ring of hubs would send every frame around for ever, and multicast hands every frame back to its sender.
 */
export function lanLinks(portBase: number, index: number, peers: readonly number[]): LinkEnd[] {
  const hub = Math.min(index, ...peers);
  if (index === hub) {
    const spokes = [...peers].sort((a, b) => a - b).map((peer) => guestPorts(portBase, peer));
    return spokes.map((ports) => ({ localPort: ports.lanAtHub, remotePort: ports.lan }));
  }
  const own = guestPorts(portBase, index);
  return [{ localPort: own.lan, remotePort: own.lanAtHub }];
}

/**
 * The guest's end of its data link: the first guest with the second, the third with the fourth. Null for the last of an odd
 * number, whose data NIC has nobody at the other end.
 */
export function dataLink(portBase: number, index: number, peers: readonly number[]): LinkEnd | null {
  const all = [index, ...peers].sort((a, b) => a - b);
  const peer = all[all.indexOf(index) ^ 1];
  if (peer === undefined) return null;
  return { localPort: guestPorts(portBase, index).data, remotePort: guestPorts(portBase, peer).data };
}
