import { readFileSync } from "node:fs";
import { LabError } from "../errors";
import { kubeconfigFile } from "./access";
import { controlPlaneOff, controlPlaneOn } from "./power";
import type { ControlPlaneSpec } from "./spec";

/**
 * The command that the control plane's resource runs: `command VERB`, with its values in LAB_CONTROL_PLANE_SPEC. Standard output is the
 * operator's kubeconfig, what is said to people goes to standard error.
 */
async function main(verb: string | undefined): Promise<void> {
  const text = process.env.LAB_CONTROL_PLANE_SPEC;
  if (text === undefined || text === "")
    throw new LabError("LAB_CONTROL_PLANE_SPEC is not set", "run this through the control plane's resource");
  const spec = JSON.parse(text) as ControlPlaneSpec;
  if (verb === "power-on") {
    await controlPlaneOn(spec, say);
    process.stdout.write(readFileSync(kubeconfigFile(spec.folder), "utf8"));
  } else if (verb === "power-off") await controlPlaneOff(spec.folder, say);
  else throw new LabError(`there is no verb ${verb}`, "use power-on or power-off");
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

main(process.argv[2]).catch((error: unknown) => {
  if (!(error instanceof LabError)) throw error;
  process.stderr.write(`lab: ${error.message}\n`);
  process.exitCode = 1;
});
