import { textsOf } from "../parts";
import type { Container } from "./pod";

export function isPrivileged({ props }: Container): boolean {
  return isTrue(props.securityContext?.privileged);
}

/** A flag as manifests have it: some write it as text. */
export function isTrue(value: unknown): boolean {
  return value === true || value === "true";
}

/** Names of capabilities that a container is given or loses, each by itself, as in `IPC_LOCK`. */
export function capabilitiesOf({ props }: Container, list: "add" | "drop"): (() => string)[] {
  return textsOf(() => props.securityContext?.capabilities?.[list] ?? []).map(
    (read) => () => read().toUpperCase().replace(/^CAP_/, ""),
  );
}
