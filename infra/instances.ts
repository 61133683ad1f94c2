import * as pulumi from "@pulumi/pulumi";
import { EnaFleet, type EnaNode } from "../components/aws/ena-fleet";
import { AwsError } from "../components/aws/errors";
import { InstanceHostKey } from "../components/aws/instance-host-key";
import type { Fleet } from "../components/fleet/types";
import { hostKeyFile } from "./ssh-address";

/** An instance as its node is entered and prepared. */
export interface Instance {
  readonly id: pulumi.Output<string>;
  /** What is done on the instance goes with it. */
  readonly resource: pulumi.Resource;
  readonly hostKey: pulumi.Output<string>;
  /** MACs of its interfaces by their names in the plan: `management`, `dpdk0`, … */
  readonly nics: Readonly<Record<string, pulumi.Output<string>>>;
}

/** The fleet's EC2 instances by their nodes; none where it has none. `stackFolder`: where this stack keeps its things. */
export function startInstances({ aws, site, file }: Fleet, stackFolder: string): Map<string, Instance> {
  if (aws === null) return new Map();
  const fleet = refusedInOneLine(file, () => new EnaFleet(site, aws));
  return new Map(fleet.nodes.map((node) => [node.name, instanceOf(node, aws.region, stackFolder)]));
}

function instanceOf(node: EnaNode, region: string, stackFolder: string): Instance {
  const { name, instanceId, instance, interfaces } = node;
  const { hostKey } = new InstanceHostKey(name, { region, instanceId, file: hostKeyFile(stackFolder, name) });
  return {
    id: instanceId,
    resource: instance,
    hostKey,
    nics: Object.fromEntries(interfaces.map((one) => [one.name, one.mac])),
  };
}

function refusedInOneLine<T>(file: string, make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw error instanceof AwsError ? new pulumi.RunError(`${file}: ${error.message}`) : error;
  }
}
