import { getInstanceTypeOfferings } from "@pulumi/aws/ec2/getInstanceTypeOfferings";
import * as pulumi from "@pulumi/pulumi";
import type { EnaFleetArgs } from "./fleet-args";
import type { Making } from "./make-network";
import { refusing } from "./refusals";
import { type Offerings, refuseUnoffered } from "./type-offerings";

/**
 * Gives a type once it is known that its zone offers it. Without a list of the operator's, AWS is asked; a type that a zone does not have
 * then ends the preview with an AwsError.
 */
export function offeredTypes(
  args: EnaFleetArgs,
  { fleet, region, parent }: Making,
): (type: string) => pulumi.Input<string> {
  if (args.offerings !== undefined) return (type) => type; // the plan has looked
  const values = [...new Set(args.instances.map(({ type }) => type))].sort();
  const filters = [{ name: "instance-type", values }];
  const asked = getInstanceTypeOfferings({ region, locationType: "availability-zone", filters }, { parent });
  const looked = pulumi.output(lookedAt(fleet, args, asked));
  return (type) => looked.apply(() => type);
}

/** What AWS answers to DescribeInstanceTypeOfferings: pairs, in two lists. */
interface Answer {
  readonly instanceTypes: readonly string[];
  readonly locations: readonly string[];
}

/** @throws AwsError where a type is not offered. */
export async function lookedAt(fleet: string, args: EnaFleetArgs, asked: Promise<Answer>): Promise<true> {
  refuseUnoffered(args, offeringsOf(await asked), refusing(fleet));
  return true;
}

function offeringsOf({ instanceTypes, locations }: Answer): Offerings {
  const found: Record<string, string[]> = {};
  locations.forEach((zone, at) => {
    found[zone] = [...(found[zone] ?? []), instanceTypes[at] as string];
  });
  return found;
}
