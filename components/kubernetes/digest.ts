import { createHash } from "node:crypto";

/** Changes whenever the text does: a pod's annotation, so that a change of its files makes a new pod. */
export function digestOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 16);
}
