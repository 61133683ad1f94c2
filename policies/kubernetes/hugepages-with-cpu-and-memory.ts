import { resourceRule } from "../rule";
import { hugepagesOf, perContainer, podOf, resourcesOf } from "./pod";

export const hugepagesWithCpuAndMemory = resourceRule({
  name: "dpdk-hugepages-with-cpu-and-memory",
  displayName: "Hugepages come with CPU and memory",
  description: "A container that has hugepages asks for CPU and memory too.",
  why: "The API server refuses hugepages alone; with one of the two only, the pod is not Guaranteed and its threads have no CPU of their own.",
  source: "https://kubernetes.io/docs/tasks/manage-hugepages/scheduling-hugepages/",
  group: "kubernetes",
  severity: "high",
  levels: { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps: "Write `cpu` and `memory` under `resources.limits` of the container that has hugepages.",
  judge: (args) => {
    const pod = podOf(args);
    if (pod === null) return "the resource makes no pod";
    if (pod.isPatch) return "a patch says only a part of a pod";
    return perContainer(pod, (container) => {
      const pages = hugepagesOf(container);
      if (pages.length === 0) return [];
      const asked = resourcesOf(container);
      const missing = ["cpu", "memory"].filter((name) => !asked.has(name));
      return [() => mistakes(`${container.where} has ${pages.join(" and ")}`, missing)];
    });
  },
});

function mistakes(has: string, missing: readonly string[]) {
  if (missing.length === 2)
    return [`${has} and neither cpu nor memory, which the API server refuses; write both under limits`];
  return missing.map((name) => ({
    warning: `${has} and no ${name}, so the pod is not Guaranteed and shares its CPUs; write ${name} under limits`,
  }));
}
