import { isAbsolute } from "node:path";
import { kvmProbe } from "./accelerator";
import { type DiskSpec, makeDisk, removeDisk } from "./disk";
import { LabError } from "./errors";
import { type PowerSpec, powerOff, powerOn } from "./power";

/**
 * The command that the resources of a guest run: `command VERB`, with its values in environment variables, as the command
 * provider passes them. Standard output is the resource's output and therefore the same whenever the guest is; what is said to
 * people goes to standard error.
 */
async function main(verb: string | undefined): Promise<string> {
  if (verb === "make-disk") return `${await makeDisk(JSON.parse(variable("LAB_DISK_SPEC")) as DiskSpec)}\n`;
  if (verb === "remove-disk") removeDisk(folder());
  else if (verb === "power-on") {
    const spec = JSON.parse(variable("LAB_POWER_SPEC")) as PowerSpec;
    await powerOn(spec, kvmProbe(variable("LAB_BASE_DISK"), spec.firmware), say);
  } else if (verb === "power-off") await powerOff(folder(), say);
  else throw new LabError(`there is no verb ${verb}`, "use make-disk, remove-disk, power-on or power-off");
  return "";
}

function folder(): string {
  const path = variable("LAB_FOLDER");
  if (!isAbsolute(path)) throw new LabError(`LAB_FOLDER is not absolute: ${path}`, "give the guest's folder from / on");
  return path;
}

function variable(name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "")
    throw new LabError(`${name} is not set`, "run this through the guest's resources");
  return value;
}

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

main(process.argv[2]).then(
  (output) => process.stdout.write(output),
  (error: unknown) => {
    if (!(error instanceof LabError)) throw error;
    process.stderr.write(`lab: ${error.message}\n`);
    process.exitCode = 1;
  },
);
