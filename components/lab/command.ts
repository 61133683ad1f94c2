import { isAbsolute } from "node:path";
import { kvmProbe } from "./accelerator";
import { type DiskSpec, makeDisk, removeDisk } from "./disk";
import { LabError } from "./errors";
import { type PowerSpec, powerOff, powerOn } from "./power";
import { runCommand, say, variable } from "./run-command";

const OURS = "the guest's resources";

/**
 * The command that the resources of a guest run: `command VERB`, with its values in environment variables, as the command
 * provider passes them. Standard output is the resource's output and therefore the same whenever the guest is; what is said to
 * people goes to standard error.
 */
async function main(verb: string | undefined): Promise<string> {
  if (verb === "make-disk") return `${await makeDisk(JSON.parse(variable("LAB_DISK_SPEC", OURS)) as DiskSpec)}\n`;
  if (verb === "remove-disk") removeDisk(folder());
  else if (verb === "power-on") {
    const spec = JSON.parse(variable("LAB_POWER_SPEC", OURS)) as PowerSpec;
    await powerOn(spec, kvmProbe(variable("LAB_BASE_DISK", OURS), spec.firmware), say);
  } else if (verb === "power-off") await powerOff(folder(), say);
  else throw new LabError(`there is no verb ${verb}`, "use make-disk, remove-disk, power-on or power-off");
  return "";
}

function folder(): string {
  const path = variable("LAB_FOLDER", OURS);
  if (!isAbsolute(path)) throw new LabError(`LAB_FOLDER is not absolute: ${path}`, "give the guest's folder from / on");
  return path;
}

runCommand(main);
