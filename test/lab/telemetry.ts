import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { run } from "../../infra/cli/command";
import { said } from "./changes";
import type { Lab } from "./lab";

/** What a node's data plane answers to a command of its telemetry, such as /pantheon/workers. */
export async function telemetry<T>(lab: Lab, node: string, command: string): Promise<T> {
  const source = readFileSync(join(lab.settings.projectFolder, "native-image", "smoke", "telemetry.py"), "utf8");
  const words = [
    "-F",
    lab.sshConfig(),
    node,
    `sudo -n python3 - /run/pantheonchain/dpdk/rte/dpdk_telemetry.v2 ${command}`,
  ];
  const done = await run("ssh", words, { input: source, seconds: 60 });
  assert.equal(done.code, 0, said(done));
  return JSON.parse(done.out) as T;
}
