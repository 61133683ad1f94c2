import { readFileSync } from "node:fs";
import { run } from "../../infra/cli/command";
import { said } from "./changes";
import type { Lab } from "./lab";

/** Runs a Python file of this computer as root on a node; answers what it printed. */
export async function pythonOn(lab: Lab, node: string, file: string, words: readonly unknown[]): Promise<string> {
  const command = `sudo -n python3 - ${words.join(" ")}`;
  const input = readFileSync(file, "utf8");
  const done = await run("ssh", ["-F", lab.sshConfig(), node, command], { input, seconds: 60 });
  if (done.code !== 0) throw new Error(said(done));
  return done.out.trim();
}
