import { resourceRule } from "../rule";
import { type Container, containersOf, hugepagesOf, perContainer, podOf, resourcesOf } from "./pod";
import { quantityOf } from "./quantity";

export const hugepagesRequestIsLimit = resourceRule({
  name: "dpdk-hugepages-request-is-limit",
  displayName: "Hugepages are requested as they are limited",
  description: "A container's request of hugepages equals its limit, and is a whole number of pages.",
  why: "Hugepages cannot be overcommitted: the API server refuses anything else, when the roll-out is under way.",
  source: "https://kubernetes.io/docs/tasks/manage-hugepages/scheduling-hugepages/",
  group: "kubernetes",
  severity: "high",
  levels: { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps: "Write the same amount under `resources.requests` and `resources.limits`, or the limit alone.",
  judge: (args) => {
    const pod = podOf(args);
    if (pod === null) return "the resource makes no pod";
    return perContainer(pod, (container) =>
      hugepagesOf(container).map((name) => () => mistakes(container.where, name, resourcesOf(container).get(name))),
    );
  },
  // Safe: without the limit the API server refuses the pod, and no other limit would be let in.
  remedy: (args) => {
    const pod = podOf(args);
    const containers = pod === null ? [] : containersOf(pod).map((read) => read());
    return containers.map(limitAsRequested).includes(true) ? args.props : undefined;
  },
});

/** Whether something was to change. */
function limitAsRequested(container: Container): boolean {
  const { resources } = container.props;
  const unlimited = hugepagesOf(container).filter((name) => resourcesOf(container).get(name)?.limit === undefined);
  for (const name of unlimited) {
    resources.limits ??= {};
    resources.limits[name] = resources.requests[name];
  }
  return unlimited.length > 0;
}

function mistakes(where: string, name: string, asked: { request: unknown; limit: unknown } | undefined): string[] {
  const { request, limit } = asked ?? {};
  const page = quantityOf(name.slice("hugepages-".length));
  if (limit === undefined)
    return [`${where} requests ${request} of ${name} and has no limit; write the same amount under limits`];
  if (quantityOf(request) !== quantityOf(limit))
    return [
      `${where} requests ${request} of ${name} and its limit is ${limit}; hugepages cannot be overcommitted, write one amount for both`,
    ];
  if (quantityOf(limit) % page !== 0)
    return [`${where} has ${limit} of ${name}, which is no whole number of pages; round it up to one`];
  return [];
}
