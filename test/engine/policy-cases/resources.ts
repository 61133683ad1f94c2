import { readFileSync } from "node:fs";
import { join } from "node:path";

/** A resource that the program of the tests makes, by type and properties. */
export interface Made {
  readonly type: string;
  readonly props: Record<string, unknown>;
}

/** What the engine is shown of one rule. The text `LATER` in a resource is known only after something else has run. */
export interface Case {
  /** Is refused, or advised against, and what is said of it. Several resources: a rule about the whole stack, which no other rule is run beside. */
  readonly violates: readonly [resources: Made | readonly Made[], says: RegExp];
  /** Cannot be judged in a preview. */
  readonly unknown: Made | readonly Made[];
}

export const example = JSON.parse(
  readFileSync(join(__dirname, "../../../components/host/plan.example.json"), "utf8"),
) as Record<string, unknown> & { kernel: object };
export const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIExample";
export const digest = `@sha256:${"0".repeat(64)}`;

/** A node's converge command, with these changes to the example of a host plan. */
export const plan = (changes: object): Made => ({
  type: "command:local:Command",
  props: { create: "true", stdin: JSON.stringify({ ...example, ...changes }) },
});

export const local = (create: string): Made => ({ type: "command:local:Command", props: { create } });

export const remote = (props: object): Made => ({
  type: "command:remote:Command",
  props: { create: "true", connection: { host: "192.0.2.1", hostKey }, ...props },
});

/** A pod with one container, named `node`. */
export const pod = (container: object, spec: object = {}, metadata: object = {}): Made => ({
  type: "kubernetes:core/v1:Pod",
  props: {
    metadata,
    spec: { containers: [{ name: "node", image: `registry.example.com/node${digest}`, ...container }], ...spec },
  },
});
