import { type InstanceType, instanceType } from "../aws/instance-types";
import { isNamed } from "../aws/known";
import { linesOf } from "../aws/user-data";
import { resourceRule } from "../rule";
import { kernelArgument } from "./arguments";
import type { HostPlan } from "./plan";
import { type HostText, hostParts, noHost } from "./texts";

type Cpu = NonNullable<InstanceType["cpu"]>;
type Declared = readonly { readonly node: string; readonly cpu: Cpu }[];

/** What a plan or an instance type tells of its CPU; arguments of other vendors or architectures do nothing there. */
export const kernelArgumentsOfThisCpu = resourceRule({
  name: "dpdk-kernel-arguments-of-this-cpu",
  displayName: "Kernel arguments are of this CPU",
  description: "No kernel argument is for another CPU's vendor or architecture than the node has.",
  why: "The kernel passes over what is for another CPU, so that a node which was to have an IOMMU or a fixed clock boots without it, and nobody says so.",
  source: "https://docs.kernel.org/admin-guide/kernel-parameters.html",
  group: "host",
  severity: "medium",
  levels: { lab: "advisory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps:
    "Write intel_iommu=on iommu=pt on Intel, iommu=pt on AMD, iommu.passthrough=1 on ARM; `kernel.iommu` of the fleet file does it.",
  settings: {
    cpus: {
      type: "array",
      default: [],
      description:
        "Vendors of the nodes' CPUs, by the plan's node name (`*` for any text), where the plan does not tell.",
      items: {
        type: "object",
        properties: { node: { type: "string" }, cpu: { enum: ["intel", "amd", "arm"] } },
        required: ["node", "cpu"],
      },
    },
  },
  judge: (args) => {
    const { cpus = [] } = args.getConfig<{ cpus?: Declared }>();
    return hostParts(args, textMistakes, (plan) => planMistakes(plan, cpus)) ?? noHost;
  },
});

// Keys by whom they are for (Linux, kernel-parameters.txt; module names of KVM and of the IOMMU drivers).
const keys: Readonly<Record<Cpu | "x86", RegExp>> = {
  intel: /^(intel_iommu|intel_pstate|intel_idle\..+|kvm_intel\..+)$/,
  amd: /^(amd_iommu|amd_iommu_dump|amd_iommu_intr|amd_pstate|ivrs_\w+|kvm_amd\..+)$/,
  arm: /^(arm_smmu\..+|arm_smmu_v3\..+|arm64\..+|kvm_arm\..+)$/,
  // `iommu=` without a dot is x86's alone, so ARM does not pass through by it.
  x86: /^(iommu|tsc|idle|mce|noapic|nox2apic|x2apic_phys)$/,
};

const words: Readonly<Record<Cpu | "x86", string>> = { intel: "Intel", amd: "AMD", arm: "ARM", x86: "x86" };

function isForeign(key: string, cpu: Cpu): (Cpu | "x86")[] {
  const mine: readonly string[] = cpu === "arm" ? ["arm"] : [cpu, "x86"];
  return (Object.keys(keys) as (Cpu | "x86")[]).filter((one) => !mine.includes(one) && keys[one].test(key));
}

/** Turning something off that is not there is no mistake, and templates of images do it. */
const turnsOff = (value: string) => /^(off|disable|0|n)$/i.test(value);

function foreign(tokens: readonly string[], cpu: Cpu, of: string): string[] {
  return tokens.map(kernelArgument).flatMap(({ key, value, token }) => {
    const [theirs] = turnsOff(value) ? [] : isForeign(key, cpu);
    if (theirs === undefined) return [];
    return [
      `kernel argument ${token} is ${words[theirs]}'s and ${of} is ${words[cpu]}: it does nothing there; ${instead[cpu]}`,
    ];
  });
}

const instead: Readonly<Record<Cpu, string>> = {
  intel: "for the IOMMU write intel_iommu=on iommu=pt",
  amd: "for the IOMMU write iommu=pt",
  arm: "for the IOMMU write iommu.passthrough=1",
};

function planMistakes(plan: HostPlan, declared: Declared): string[] {
  const { node, kernel } = plan;
  const cpu = declared.find((one) => isNamed([one.node], node))?.cpu ?? cpuOf(plan);
  if (cpu !== null) return foreign(kernel.arguments, cpu, "the node").map((mistake) => `${node}: ${mistake}`);
  return bothVendors(kernel.arguments).map((mistake) => `${node}: ${mistake}`);
}

// Flags of /proc/cpuinfo that one vendor alone has (arch/x86/include/asm/cpufeatures.h, arch/arm64/include/uapi/asm/hwcap.h), and
// packages of microcode or of another architecture (Debian, Red Hat).
const signs: readonly (readonly [Cpu, RegExp])[] = [
  ["intel", /^(flag (vmx|pebs|hwp|arch_perfmon)|package (intel-microcode|microcode_ctl))(=|$)/],
  ["amd", /^(flag (svm|sse4a|perfctr_core|topoext)|package (amd64-microcode|amd-ucode-firmware))(=|$)/],
  ["arm", /^(flag (asimd|sve|atomics|fphp)|package \S*(arm64|aarch64))(=|$)/],
];

function cpuOf({ requirements, packages = [] }: HostPlan): Cpu | null {
  const said = [
    ...(requirements?.cpuFlags ?? []).map((flag) => `flag ${flag}`),
    ...packages.map((name) => `package ${name}`),
  ];
  return signs.find(([, sign]) => said.some((each) => sign.test(each)))?.[0] ?? null;
}

/** Nobody tells which CPU it is; of two vendors' arguments one must be another's. */
function bothVendors(tokens: readonly string[]): string[] {
  const of = (cpu: Cpu) =>
    tokens.map(kernelArgument).find(({ key, value }) => keys[cpu].test(key) && !turnsOff(value))?.token;
  const found = (["intel", "amd", "arm"] as const).map(of).filter((token) => token !== undefined);
  if (found.length < 2) return [];
  return [
    `kernel arguments ${found.join(" and ")} are for CPUs of two vendors: one does nothing there; keep the node's own`,
  ];
}

// A script that looks at its CPU first chooses by itself.
const looksFirst = /GenuineIntel|AuthenticAMD|\blscpu\b|\buname -m\b|\barch\)|\/proc\/cpuinfo/;
const setsArguments = /grubby|kernel_?(arg|param|cmd)|\bkargs\b|cmdline|bootargs|settings\.boot/i;

function textMistakes({ text, machine }: HostText): string[] {
  if (machine === null || looksFirst.test(text)) return [];
  const tokens = linesOf(text)
    .filter((line) => setsArguments.test(line))
    .flatMap((line) => line.split(/[\s"'`]+/))
    .map((token) => token.replace(/^(--(args|append|append-if-missing)|GRUB_CMDLINE_LINUX\w*)\+?=/, ""));
  if (!tokens.some((token) => Object.values(keys).some((key) => key.test(kernelArgument(token).key)))) return [];
  const type: unknown = machine.props.instanceType;
  const cpu = instanceType(type)?.cpu ?? null;
  return cpu === null ? [] : [...new Set(foreign(tokens, cpu, String(type)))];
}
