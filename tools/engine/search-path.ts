import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { delimiter, join, resolve, sep } from "node:path";

/** The program of this name that a shell with this PATH would start; folders below `except` are passed over. */
export function findOnPath(name: string, path: string, except?: string): string | undefined {
  for (const folder of path.split(delimiter)) {
    if (folder === "") continue;
    const candidate = join(resolve(folder), name);
    if (isProgram(candidate) && !(except !== undefined && isBelow(candidate, except))) return candidate;
  }
  return undefined;
}

/** Whether the file is there and may be executed. */
export function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}

function isBelow(file: string, folder: string): boolean {
  const inFolder = (path: string) => path.startsWith(`${resolve(folder)}${sep}`);
  return inFolder(file) || inFolder(realpathSync(file));
}
