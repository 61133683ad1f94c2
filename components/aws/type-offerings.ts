import type { EnaFleetArgs } from "./fleet-args";
import { instanceTitle, type Refuse } from "./refusals";

/** Instance types that a zone offers, by zone. */
export type Offerings = Readonly<Record<string, readonly string[]>>;

/** A type that its zone does not have: AWS would say so when all else is made. Pure. */
export function refuseUnoffered({ instances, region }: EnaFleetArgs, offerings: Offerings, refuse: Refuse): void {
  instances.forEach((instance, at) => {
    const { type, zone } = instance;
    if ((offerings[zone] ?? []).includes(type)) return;
    const elsewhere = Object.keys(offerings).filter((each) => offerings[each]?.includes(type));
    const where = elsewhere.length > 0 ? zone : region;
    refuse(
      `${instanceTitle(at, instance)}: ${where} does not offer ${type}`,
      elsewhere.length > 0
        ? `write zone ${elsewhere.sort().join(" or ")}, or another type`
        : "take another type or region",
    );
  });
}
