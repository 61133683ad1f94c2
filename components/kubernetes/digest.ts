import { createHash } from "node:crypto";

/** The ConfigMap of a workload's files: another one whenever they change, which makes new pods. Pods read their files once, as they start. */
export function filesName(workload: string, digest: string): string {
  return `${workload}-${digest}`;
}

/** Changes whenever the text does. */
export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
