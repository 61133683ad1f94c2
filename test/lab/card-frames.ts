import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../infra/cli/command";
import { said } from "./changes";
import type { Lab } from "./lab";

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
  const source = readFileSync(join(__dirname, "card-frames.py"), "utf8");
  const command = `sudo -n python3 - ${[await cardOf(lab, from), mac, node, peer, what, ...amounts].join(" ")}`;
  const done = await run("ssh", ["-F", lab.sshConfig(), from, command], { input: source, seconds: 60 });
  if (done.code !== 0) throw new Error(said(done));
  return Number(done.out.trim());
}
