import { LabError } from "./errors";
import { type RegistrySpec, registryOff, registryOn } from "./registry-power";

/** The command that the registry's resource runs: `registry-command VERB`, with its values in LAB_REGISTRY_SPEC. */
async function main(verb: string | undefined): Promise<void> {
  const text = process.env.LAB_REGISTRY_SPEC;
  if (text === undefined || text === "")
    throw new LabError("LAB_REGISTRY_SPEC is not set", "run this through the registry's resource");
  const spec = JSON.parse(text) as RegistrySpec;
  if (verb === "power-on") await registryOn(spec, say);
  else if (verb === "power-off") await registryOff(spec, say);
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
