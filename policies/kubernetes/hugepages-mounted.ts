import { anyOf, partsOf, textsOf } from "../parts";
import { type Part, resourceRule } from "../rule";
import { type Container, containersOf, hugepagesOf, type Pod, perContainer } from "./pod";
import { wholePodInRole } from "./role";
import { hugepagesMediumOf, type Volume, volumesOf } from "./volumes";

export const hugepagesMounted = resourceRule({
  name: "dpdk-hugepages-mounted",
  displayName: "Hugepages are mounted",
  description:
    "Each container with hugepages mounts an emptyDir of medium HugePages, HugePages-SIZE where the pod has several sizes.",
  why: "DPDK makes its memory from files of a hugetlbfs: without one it ends at once, and a medium that fits no request is never mounted.",
  source: "https://kubernetes.io/docs/tasks/manage-hugepages/scheduling-hugepages/",
  group: "kubernetes",
  severity: "high",
  levels: { lab: "mandatory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps:
    "Add a volume `emptyDir: { medium: HugePages-1Gi }` and mount it at /dev/hugepages in each container that has hugepages.",
  judge: (args) => {
    const pod = wholePodInRole(args, "dpdk");
    if (typeof pod === "string") return pod;
    return [
      ...volumeParts(pod),
      ...perContainer(pod, (container) => sizesOf(container).map(mountPart(pod, container))),
    ];
  },
});

function sizesOf(container: Container): string[] {
  return hugepagesOf(container).map((name) => name.slice("hugepages-".length));
}

function mountPart(pod: Pod, container: Container) {
  return (size: string): Part =>
    () => {
      const fits = [`HugePages-${size}`, "HugePages"];
      if (isInMemory(container) || mounts(pod, container, fits)) return [];
      return [
        `${container.where} has hugepages-${size} and mounts no emptyDir of medium ${fits[0]}, so DPDK finds no memory; add the volume and mount it at /dev/hugepages`,
      ];
    };
}

function mounts(pod: Pod, { props }: Container, media: readonly string[]): boolean {
  const names = partsOf(() =>
    [...(props.volumeMounts ?? []).keys()].map((at: number) => () => String(props.volumeMounts[at]?.name)),
  );
  return anyOf(
    volumesOf(pod),
    (volume) => media.includes(hugepagesMediumOf(volume) ?? "") && anyOf(names, (name) => name === volume.props.name),
  );
}

/** EAL's `--in-memory` takes pages without a file system (DPDK, eal_hugepage_info.c). */
function isInMemory({ props }: Container): boolean {
  const texts = (["command", "args"] as const).flatMap((place) => textsOf(() => props[place] ?? []));
  return anyOf(texts, (text) => /(^|[\s"'])--in-memory(\s|["']|$)/.test(text));
}

/** The kubelet mounts a medium only where the pod's requests tell the size of its pages (kubernetes, pkg/volume/emptydir). */
function volumeParts(pod: Pod): Part[] {
  const sizes = () => [...new Set(containersOf(pod).flatMap((read) => sizesOf(read())))];
  return volumesOf(pod).map((read) => () => {
    const volume = read();
    const medium = hugepagesMediumOf(volume);
    return medium === null ? [] : mediumMistakes(volume, medium, sizes());
  });
}

function mediumMistakes({ where }: Volume, medium: string, sizes: readonly string[]): string[] {
  const size = medium.slice("HugePages-".length);
  if (sizes.length === 0 || (size !== "" && !sizes.includes(size)))
    return [
      `${where} is of medium ${medium} and no container has hugepages${size && `-${size}`}, so it is never mounted and the pod never starts; give the container the pages`,
    ];
  if (size === "" && sizes.length > 1)
    return [
      `${where} is of medium HugePages and the pod has pages of ${sizes.join(" and ")}, so it is never mounted; write one volume a size, as HugePages-${sizes[0]}`,
    ];
  return [];
}
