import { matches } from "../exceptions";
import { resourceRule } from "../rule";
import { crioAnnotations, crioAnnotationsOf } from "./crio";
import { podOf } from "./pod";

export const crioWithRuntimeClass = resourceRule({
  name: "dpdk-crio-with-runtime-class",
  displayName: "CRI-O's annotations and their RuntimeClass come together",
  description:
    "A pod that asks CRI-O to leave its CPUs alone names the RuntimeClass that may, and the other way round.",
  why: "CRI-O ignores the annotations of any other runtime class, in silence: interrupts and the load balancer come back to the CPUs that poll.",
  source:
    "https://github.com/openshift/cluster-node-tuning-operator/blob/master/docs/performanceprofile/runtime-class.md",
  group: "kubernetes",
  severity: "medium",
  levels: { lab: "advisory", staging: "advisory", mainnet: "advisory" },
  remediationSteps: `Write \`runtimeClassName\` and the annotations (${crioAnnotations.join(", ")}: disable), or neither.`,
  settings: {
    runtimeClasses: {
      type: "array",
      description: "Runtime classes that act on CRI-O's annotations (`*` stands for any text).",
      items: { type: "string", minLength: 1 },
      default: ["performance-*"],
    },
  },
  judge: (args) => {
    const pod = podOf(args);
    if (pod === null) return "the resource makes no pod";
    if (pod.isPatch) return "a patch says only a part of a pod";
    const { runtimeClasses = ["performance-*"] } = args.getConfig<{ runtimeClasses?: string[] }>();
    return [
      () => {
        const annotations = crioAnnotationsOf(pod);
        const name: unknown = pod.spec().runtimeClassName;
        if (annotations.length > 0 && typeof name !== "string") return [withoutClass(annotations)];
        const isMeant = typeof name === "string" && runtimeClasses.some((pattern) => matches(pattern, name));
        return annotations.length === 0 && isMeant ? [withoutAnnotations(name)] : [];
      },
    ];
  },
});

function withoutClass(annotations: string[]): string {
  return `the pod has ${annotations.join(", ")} and no runtimeClassName, so CRI-O ignores them and its CPUs are interrupted; name the RuntimeClass of the node's performance profile`;
}

function withoutAnnotations(runtimeClass: string): string {
  return `runtimeClassName is ${runtimeClass} and the pod has none of CRI-O's annotations, so its CPUs are interrupted all the same; add ${crioAnnotations.join(", ")}, each with the value disable`;
}
