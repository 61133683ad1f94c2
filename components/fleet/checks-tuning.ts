import { argumentKey } from "../host/kernel-arguments";
import { tuningArguments, tuningSysctl } from "../host/tuning";
import type { FleetProblem } from "./errors";
import type { FleetNode } from "./types";

/** A value that tuning and another key would both set stands in one place, or says the same in both. */
export function tuningMistakes({ tuning, cpus, sysctl, kernel }: FleetNode): FleetProblem[] {
  if (tuning === null) return [];
  const asked = new Map(tuningSysctl(tuning, cpus.housekeeping).map(({ key, value }) => [key, value]));
  const ofSysctl = sysctl.flatMap(({ key, value }) => {
    const other = asked.get(key.replaceAll("/", "."));
    if (other === undefined || other === value) return [];
    const remedy = `tuning sets it to ${other}; take one of the two out, or write keep for it under tuning`;
    return [{ path: ["sysctl", key], value, remedy }];
  });
  const own = new Map(tuningArguments(tuning, cpus.housekeeping).map((token) => [argumentKey(token), token]));
  const ofArguments = kernel.extraArguments.flatMap((token, index) => {
    const other = own.get(argumentKey(token));
    const remedy = `tuning writes ${other}; leave it out here`;
    return other === undefined ? [] : [{ path: ["kernel", "extraArguments", index], value: token, remedy }];
  });
  return [...ofSysctl, ...ofArguments];
}
