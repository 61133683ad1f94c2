import { dirname } from "node:path";
import { LabRegistry } from "../components/lab/registry";
import { guestFolder } from "./ssh-address";

/** The lab's own registry, for a stack whose image repository is `lab`. */
export function labRegistry(repository: string, labFolder: string): LabRegistry | undefined {
  return repository === "lab" ? new LabRegistry("registry", { lab: guestsFolder(labFolder) }) : undefined;
}

/** The folder in which the lab's guests have theirs. */
export function guestsFolder(labFolder: string): string {
  return dirname(guestFolder(labFolder, "any"));
}
