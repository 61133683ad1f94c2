/** Tags of everything that a fleet makes. */
export type Tags = Readonly<Record<string, string>>;

/** What the policies read: whose interface or instance is DPDK's is told, never guessed from a name. */
export const ROLE_TAG = "pantheonchain.org/dpdk-role";
export const FORWARDING_TAG = "pantheonchain.org/dpdk-forwarding";
const FLEET_TAG = "pantheonchain.org/fleet";

/** The operator's own come first: ours are not his to change. */
export function fleetTags(fleet: string, own: Tags = {}): (title: string, more?: Tags) => Tags {
  return (title, more = {}) => ({ ...own, [FLEET_TAG]: fleet, Name: title, ...more });
}
