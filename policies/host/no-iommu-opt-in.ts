import { instanceType } from "../aws/instance-types";
import { isNamed, namesSetting } from "../aws/known";
import { linesOf } from "../aws/user-data";
import { resourceRule } from "../rule";
import type { HostPlan } from "./plan";
import { type HostText, hostParts, noHost } from "./texts";

/**
 * vfio's mode without an IOMMU lets a card write anywhere in the memory, and taints the kernel. It is the only way on a virtual EC2
 * machine, which has no IOMMU; everywhere else somebody must have asked for it by name.
 */
export const noIommuOptIn = resourceRule({
  name: "dpdk-no-iommu-opt-in",
  displayName: "vfio without an IOMMU is asked for by name",
  description: "vfio's unsafe mode is on where the plan or the settings say so, or on a virtual EC2 machine.",
  why: "Without an IOMMU the card of a DPDK node writes wherever a program of it says, over the kernel too.",
  source: "https://doc.dpdk.org/guides/linux_gsg/linux_drivers.html#vfio-no-iommu-mode",
  group: "host",
  severity: "high",
  levels: { lab: "advisory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps:
    "Turn the IOMMU on; where there is none, write `kernel.vfioNoIommu: true` in the fleet file, or list the resource under `withoutIommu`.",
  settings: {
    withoutIommu: namesSetting("Commands of hosts without an IOMMU, by name, which may use vfio's unsafe mode."),
  },
  judge: (args) => {
    const { withoutIommu } = args.getConfig<{ withoutIommu?: string[] }>();
    if (isNamed(withoutIommu, args.name)) return "the host is declared to have no IOMMU";
    return hostParts(args, textMistakes, planMistakes) ?? noHost;
  },
});

const name = "enable_unsafe_noiommu_mode";
const on = String.raw`["']?(?:1|y|yes|on|true)\b`;
const asked = new RegExp(
  String.raw`\b${name}["']?\s*=\s*${on}|\b(?:echo|printf)\s+(?:-\w+\s+)*${on}.*(?:>|\btee\b)[^;&|]*${name}`,
  "i",
);

const asksFor = (text: string) => linesOf(text).some((line) => asked.test(line));

function textMistakes({ where, text, machine }: HostText): string[] {
  if (!asksFor(text)) return [];
  if (machine === null)
    return [
      `${where} turns ${name} on, so the card writes anywhere in memory; use the IOMMU, or list the resource under withoutIommu`,
    ];
  const type: unknown = machine.props.instanceType;
  // AWS gives an IOMMU to metal alone (amzn-drivers, userspace/dpdk/README.md).
  if (!instanceType(type)?.isMetal) return [];
  return [
    `${where} turns ${name} on for ${type}, which has an IOMMU; boot it with intel_iommu=on, or iommu.passthrough=1 on ARM`,
  ];
}

function planMistakes({ node, kernel, files = [], vfioNoIommu = false }: HostPlan): string[] {
  if (vfioNoIommu) return [];
  const places = [
    ...kernel.arguments.map((token) => ({ where: `kernel argument ${token}`, text: token })),
    ...files.map(({ path, content }) => ({ where: path, text: content })),
  ];
  return places
    .filter(({ text }) => asksFor(text))
    .map(({ where }) => `${node}: ${where} turns ${name} on, and vfioNoIommu does not ask for it; take it out, or ask`);
}
