import { allPackages, needed, packageName } from "../host/packages";
import type { FleetProblem } from "./errors";
import type { FleetNode } from "./types";

// Debian policy 5.6.1.
const debianName = /^[a-z0-9][a-z0-9+.-]+$/;

/** What packages, their package manager, what is held and where DPDK comes from mean together. */
export function packageMistakes(node: FleetNode): FleetProblem[] {
  return [
    ...consentMistakes(node),
    ...nameMistakes(node),
    ...holdMistakes(node),
    ...needMistakes(node),
    ...timeMistakes(node),
  ];
}

/** Said before the node is asked, which would refuse it too. */
function consentMistakes({ packageManager, acceptUnproved }: FleetNode): FleetProblem[] {
  if (packageManager === "apt" || acceptUnproved.includes(packageManager)) return [];
  const remedy = `has been tried on machines of tests only; accept that with acceptUnproved: [${packageManager}]`;
  return [{ path: ["packageManager"], value: packageManager, remedy }];
}

function nameMistakes({ packages, packageManager }: FleetNode): FleetProblem[] {
  const problems: FleetProblem[] = [];
  const names = packages.map(packageName);
  packages.forEach((spec, index) => {
    const name = names[index] as string;
    const say = (remedy: string) => problems.push({ path: ["packages", index], value: spec, remedy });
    if (packageManager === "apt" && !debianName.test(name)) say("must be the name of a Debian package");
    if (names.indexOf(name) !== index) say(`${name} is there already; remove one`);
  });
  return problems;
}

function holdMistakes(node: FleetNode): FleetProblem[] {
  const { holdPackages } = node;
  if (typeof holdPackages === "boolean") return [];
  const names = allPackages(node).map(packageName);
  return holdPackages.flatMap((name, index) => {
    const remedy = "is none of the node's packages; add it to packages, or use holdKernel for the kernel";
    return names.includes(name) ? [] : [{ path: ["holdPackages", index], value: name, remedy }];
  });
}

function needMistakes({ packageManager, service, dpdk }: FleetNode): FleetProblem[] {
  const needs = needed[packageManager];
  const problems: FleetProblem[] = [];
  if (service?.runtime === "podman" && needs.podman === null)
    problems.push({
      path: ["service", "runtime"],
      value: "podman",
      remedy: "Amazon Linux 2 has no podman; write native",
    });
  if (dpdk !== null && needs.dpdk === null) {
    // gcc 7.3 there; DPDK 24.11 wants 8 or newer (doc.dpdk.org, linux_gsg/sys_reqs).
    const remedy = "Amazon Linux 2 has no DPDK, and its compiler is too old to build one; take Amazon Linux 2023";
    problems.push({ path: ["dpdk", "source"], value: dpdk.source, remedy });
  }
  return problems;
}

/** `up` must not give a node up that still builds. */
function timeMistakes({ dpdk, limits }: FleetNode): FleetProblem[] {
  if (dpdk?.source !== "archive" || dpdk.buildSeconds < limits.answerSeconds) return [];
  const remedy = `up gives the node up after limits.answerSeconds (${limits.answerSeconds}); make that longer`;
  return [{ path: ["dpdk", "buildSeconds"], value: dpdk.buildSeconds, remedy }];
}
