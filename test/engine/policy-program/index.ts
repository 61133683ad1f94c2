import { local } from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";

// Makes the resources that the stack's configuration lists. The text LATER in them is what a command prints once it has run, so a
// preview does not know it.
interface Listed {
  type: string;
  props: Record<string, unknown>;
}

class Command extends pulumi.CustomResource {}

/**
 * A resource that no provider makes: the engine asks the policies about it all the same, and needs no provider of that type. Rules about
 * a whole stack are shown what resources have become, their outputs, which are the program's to say where there is no provider.
 */
class Judged extends pulumi.Resource {
  constructor(type: string, name: string, props: pulumi.Inputs) {
    super(type, name, false, props);
    pulumi.runtime.registerResourceOutputs(this, props);
  }
}

const config = new pulumi.Config();
const later = new local.Command("later", {
  create: 'printf %s "$TEXT"',
  environment: { TEXT: config.require("later") },
}).stdout;

for (const [name, { type, props }] of Object.entries(config.requireObject<Record<string, Listed>>("resources"))) {
  const inputs = filled(props) as pulumi.Inputs;
  if (type.startsWith("command:")) new Command(type, name, inputs, { version: "1.2.1" });
  else new Judged(type, name, inputs);
}

function filled(value: unknown): unknown {
  if (value === "LATER") return later;
  if (Array.isArray(value)) return value.map(filled);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, filled(inner)]));
}
