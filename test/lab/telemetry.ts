import { join } from "node:path";
import type { Lab } from "./lab";
import { pythonOn } from "./python";

/** What a node's data plane answers to a command of its telemetry, such as /pantheon/workers. */
export async function telemetry<T>(lab: Lab, node: string, command: string): Promise<T> {
  const file = join(lab.settings.projectFolder, "native-image", "smoke", "telemetry.py");
  return JSON.parse(await pythonOn(lab, node, file, ["/run/pantheonchain/dpdk/rte/dpdk_telemetry.v2", command])) as T;
}
