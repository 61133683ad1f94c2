import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

// Makes the resources that the stack's configuration lists. The text LATER in them is what a command prints once it has run, so a
// preview does not know it.
interface Listed {
  type: string;
  props: Record<string, unknown>;
}

class Resource extends pulumi.CustomResource {}

const config = new pulumi.Config();
const later = new local.Command("later", {
  create: 'printf %s "$TEXT"',
  environment: { TEXT: config.require("later") },
}).stdout;

for (const [name, { type, props }] of Object.entries(config.requireObject<Record<string, Listed>>("resources"))) {
  new Resource(type, name, filled(props) as pulumi.Inputs, { version: "1.2.1" });
}

function filled(value: unknown): unknown {
  if (value === "LATER") return later;
  if (Array.isArray(value)) return value.map(filled);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, filled(inner)]));
}
