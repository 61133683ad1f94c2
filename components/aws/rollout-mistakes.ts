import type { EnaFleetArgs } from "./fleet-args";
import { ENVIRONMENT } from "./fleet-defaults";
import { type Refuse, refuseNoWholeNumber } from "./refusals";

/** Images, generations and protection that could not do what they are for. */
export function refuseRollout(args: EnaFleetArgs, refuse: Refuse): void {
  const { images, generation, rollout, instances, unprotected = [], environment = ENVIRONMENT } = args;
  for (const [architecture, { ami }] of Object.entries(images))
    if (!/^ami-([0-9a-f]{8}|[0-9a-f]{17})$/.test(ami))
      refuse(`images.${architecture}.ami is ${ami}`, "write one image's id, such as ami-0123456789abcdef0");
  refuseNoWholeNumber("generation", generation ?? 1, 1, refuse);
  if (rollout !== undefined) {
    if (generation !== undefined)
      refuse(
        `generation ${generation} stands beside rollout to ${rollout.to}`,
        "leave generation out until all batches are done, then write it in rollout's place",
      );
    refuseNoWholeNumber("rollout.to", rollout.to, 2, refuse);
    refuseNoWholeNumber("rollout.size", rollout.size, 1, refuse);
    refuseNoWholeNumber("rollout.batches", rollout.batches, 0, refuse);
  }
  const names = instances.map(({ name }) => name);
  const unknown = unprotected.find((name) => !names.includes(name));
  if (unknown !== undefined)
    refuse(`unprotected has ${unknown}, which no instance is called`, "write names of instances");
  if (unprotected.length > 0 && environment !== "mainnet")
    refuse(`unprotected stands in environment ${environment}`, "take it out: only mainnet is protected");
}
