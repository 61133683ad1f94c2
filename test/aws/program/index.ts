import { writeFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { EnaFleet } from "../../../components/aws/ena-fleet";
import type { EnaFleetArgs } from "../../../components/aws/fleet-args";

// Makes the fleet that the stack's configuration lists, and beside it whatever else of AWS is listed.
interface Listed {
  readonly type: string;
  readonly props: Record<string, unknown>;
}

class Beside extends pulumi.CustomResource {}

// For the benchmark: milliseconds from the start of this process until all is loaded.
if (process.env.PROGRAM_STARTED !== undefined) writeFileSync(process.env.PROGRAM_STARTED, String(performance.now()));

const config = new pulumi.Config();
const args = config.getObject<EnaFleetArgs>("fleet");
if (args !== undefined) new EnaFleet("validators", args);
for (const [name, { type, props }] of Object.entries(config.getObject<Record<string, Listed>>("beside") ?? {}))
  new Beside(type, name, props, { version: "7.48.0" });
