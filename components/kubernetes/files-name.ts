import { createHash } from "node:crypto";

/** The ConfigMap of files that pods read once, as they start: another one whenever a file is another, which makes new pods. */
export function filesName(owner: string, files: Readonly<Record<string, string>>): string {
  return `${owner}-${createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 16)}`;
}
