import { join } from "node:path";
import type { Lab } from "./lab";
import { pythonOn } from "./python";

/** Whom the frames are for: the node by its MAC address and its address, in the name of one of its peers. */
export interface Receiver {
  readonly mac: string;
  readonly node: string;
  readonly peer: string;
}

/** The interface of a node's card, which stays with the kernel. */
export async function cardOf(lab: Lab, node: string): Promise<string> {
  return (await lab.ssh(node, "ls /sys/bus/pci/devices/0000:01:00.0/net")).trim();
}

/** Runs card-frames.py on the card of `from`; answers the number that it prints. */
export async function cardFrames(
  lab: Lab,
  from: string,
  { mac, node, peer }: Receiver,
  [what, ...amounts]: readonly [what: "echo" | "rate", first: number, second: number],
): Promise<number> {
  const words = [await cardOf(lab, from), mac, node, peer, what, ...amounts];
  return Number(await pythonOn(lab, from, join(__dirname, "card-frames.py"), words));
}
