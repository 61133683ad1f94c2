import { LabError } from "./errors";
import { type RegistrySpec, registryOff, registryOn } from "./registry-power";
import { runCommand, say, variable } from "./run-command";

/** The command that the registry's resource runs: `registry-command VERB`, with its values in LAB_REGISTRY_SPEC. */
async function main(verb: string | undefined): Promise<string> {
  const spec = JSON.parse(variable("LAB_REGISTRY_SPEC", "the registry's resource")) as RegistrySpec;
  if (verb === "power-on") await registryOn(spec, say);
  else if (verb === "power-off") await registryOff(spec, say);
  else throw new LabError(`there is no verb ${verb}`, "use power-on or power-off");
  return "";
}

runCommand(main);
