import { join } from "node:path";
import { loadFleet } from "../../../components/fleet/load";
import { type HostPlan, hostPlan } from "../../../components/host/plan";

/** The plan of the lab's first node. */
export function labPlan(): HostPlan {
  return hostPlan(loadFleet(join(__dirname, "../../../stacks/lab.fleet.yaml")), "alpha");
}
