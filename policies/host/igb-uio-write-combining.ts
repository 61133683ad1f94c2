import { isNamed, namesSetting } from "../aws/known";
import { linesOf } from "../aws/user-data";
import { type RuleArgs, resourceRule } from "../rule";
import { withKey } from "./arguments";
import type { HostPlan } from "./plan";
import { type HostText, hostParts, noHost } from "./texts";

export const igbUioWriteCombining = resourceRule({
  name: "dpdk-igb-uio-write-combining",
  displayName: "igb_uio maps ENA with write combining",
  description: "igb_uio is loaded with wc_activate=1 where it drives an Amazon ENA.",
  why: "Without write combining each packet that an ENA sends costs the CPU many single writes over PCI, and the rate falls to a fraction.",
  source: "https://doc.dpdk.org/guides/nics/ena.html#prerequisites",
  group: "host",
  severity: "high",
  levels: { lab: "advisory", staging: "mandatory", mainnet: "mandatory" },
  remediationSteps:
    "Load it as `modprobe igb_uio wc_activate=1`, or write `options igb_uio wc_activate=1` into /etc/modprobe.d.",
  settings: {
    ena: namesSetting("Commands of hosts whose cards are Amazon ENA, by name, where nothing else tells it."),
  },
  judge: (args) => {
    const { ena } = args.getConfig<{ ena?: string[] }>();
    const isDeclared = isNamed(ena, args.name);
    return (
      hostParts(
        args,
        (text) => textMistakes(text, args, isDeclared),
        (plan) => planMistakes(plan, isDeclared),
      ) ?? noHost
    );
  },
});

const loads = /\b(?:modprobe|insmod)\b(?!\s+(?:-\w+\s+)*(?:-r|--remove)\b)[^;&|]*\bigb_uio\b[^;&|]*/;
// A file of /etc/modules-load.d, or /etc/modules, names modules alone, one a line.
const loadsAtBoot = /\bmodules-load\b|\/etc\/modules\b/;
const namedAlone = /^\s*(?:-\s+)?igb_uio\s*$/;

const combines = /\bwc_activate=1\b/;
const always = /\boptions\s+igb_uio\b[^\n]*\bwc_activate=1\b|\bigb_uio\.wc_activate=1\b/;

function textMistakes({ where, text, machine }: HostText, { props }: RuleArgs, isDeclared: boolean): string[] {
  if (always.test(text)) return [];
  const atBoot = loadsAtBoot.test(text) ? namedAlone : null;
  const load = linesOf(text)
    .map((line) => (loads.exec(line) ?? atBoot?.exec(line))?.[0])
    .find((each) => each !== undefined && !combines.test(each));
  if (load === undefined || !(machine !== null || isDeclared || isEna(text) || isOnAws(props))) return [];
  return [
    `${where} has ${load.trim()}, and an ENA without write combining sends a fraction of its rate; add wc_activate=1`,
  ];
}

/** Amazon's vendor id and its driver (DPDK, doc/guides/nics/ena.rst). */
const isEna = (text: string) => /\b1d0f\b|\bena\b/i.test(text);

/** By the names that AWS gives to machines. */
function isOnAws(props: RuleArgs["props"]): boolean {
  return /\.compute(-1)?\.(amazonaws\.com|internal)$|\.ec2\.internal$/.test(String(props.connection?.host ?? ""));
}

function planMistakes({ node, nics, modules = [], kernel, files = [] }: HostPlan, isDeclared: boolean): string[] {
  const taken = nics.filter(({ id = "", driver = "" }) => isDeclared || isEna(id) || driver === "ena");
  const drives = modules.includes("igb_uio") || taken.some(({ bind }) => bind === "igb_uio");
  const combined =
    withKey(kernel.arguments, "igb_uio.wc_activate").some(({ value }) => value === "1") ||
    files.some(({ content }) => always.test(content));
  if (taken.length === 0 || !drives || combined) return [];
  return [
    `${node}: module igb_uio is loaded for ${taken[0]?.name}, an ENA, without write combining; write a file of /etc/modprobe.d with options igb_uio wc_activate=1`,
  ];
}
