import { readFileSync } from "node:fs";
import { LabError } from "../errors";
import { runCommand, say, variable } from "../run-command";
import { kubeconfigFile } from "./access";
import { controlPlaneOff, controlPlaneOn } from "./power";
import type { ControlPlaneSpec } from "./spec";

/**
 * The command that the control plane's resource runs: `command VERB`, with its values in LAB_CONTROL_PLANE_SPEC. Standard output is the
 * operator's kubeconfig, what is said to people goes to standard error.
 */
async function main(verb: string | undefined): Promise<string> {
  const spec = JSON.parse(variable("LAB_CONTROL_PLANE_SPEC", "the control plane's resource")) as ControlPlaneSpec;
  if (verb === "power-on") {
    await controlPlaneOn(spec, say);
    return readFileSync(kubeconfigFile(spec.folder), "utf8");
  }
  if (verb === "power-off") await controlPlaneOff(spec.folder, say);
  else throw new LabError(`there is no verb ${verb}`, "use power-on or power-off");
  return "";
}

runCommand(main);
